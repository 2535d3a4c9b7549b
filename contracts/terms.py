"""T14, T18: where a contract stands in its term, and how near its end, in three steps."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contracts.models import BINDING, Contract
from tenancy.params import param

COLOURS = ("info", "amber", "red")


class Term(models.TextChoices):
    """Where a binding contract stands in its validity."""

    IN_FORCE = "in_force", gettext_lazy("Contract in force")
    IN_30 = "30", gettext_lazy("Ends within 30 days")
    IN_60 = "60", gettext_lazy("Ends within 60 days")
    IN_90 = "90", gettext_lazy("Ends within 90 days")
    ENDED = "ended", gettext_lazy("Ended")
    LATER = "later", gettext_lazy("Starts later")


def in_term(rows: models.QuerySet, term: str, today: date) -> models.QuerySet:
    """Binding contracts by their term; one without days is in force from the start."""
    binding = rows.filter(status__in=BINDING)
    if term == Term.ENDED:
        return binding.filter(ends_on__lt=today)
    if term == Term.LATER:
        return binding.filter(starts_on__gt=today)
    begun = binding.filter(models.Q(starts_on=None) | models.Q(starts_on__lte=today))
    if term == Term.IN_FORCE:
        return begun.filter(models.Q(ends_on=None) | models.Q(ends_on__gte=today))
    return begun.filter(ends_on__range=(today, today + timedelta(days=int(term))))


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
