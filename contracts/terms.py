"""T18: how near the end of a contract's validity is, in three steps."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contracts.models import Contract
from tenancy.params import param

COLOURS = ("info", "amber", "red")


@dataclass(frozen=True, slots=True)
class Mark:
    """What a list shows beside the status."""

    label: str
    colour: str


def marks() -> list[tuple[int, str]]:
    """(days, colour), the farthest first."""
    return [(param(f"contracts.ending_days_{n}"), c) for n, c in enumerate(COLOURS, 1)]


def farthest() -> int:
    return max(days for days, _colour in marks())


def ending_of(contract: Contract, today: date | None = None) -> Mark | None:
    """None unless the contract binds and ends within the days; exactly at a limit it is marked."""
    if not contract.is_binding or contract.ends_on is None:
        return None
    left = (contract.ends_on - (today or timezone.localdate())).days
    reached = [colour for days, colour in marks() if 0 <= left <= days]
    if not reached:
        return None
    if left == 0:
        return Mark(_("Ends today"), reached[-1])
    text = ngettext("Ends in %(n)s day", "Ends in %(n)s days", left)
    return Mark(text % {"n": left}, reached[-1])
