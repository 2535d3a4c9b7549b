"""What happens to each kind of record when a person leaves or changes post: every app says so."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from org.models import Member

FATES = {
    "goes": (_("Goes to the successor"), "blue"),
    "waits": (_("To be finished first"), "amber"),
    "ends": (_("Ends"), "grey"),
    "itself": (_("Settles by itself"), "grey"),
    "stays": (_("Stays as it is"), "grey"),
}
AT_A_TIME = 200


@dataclass(frozen=True, slots=True)
class Estate:
    """One kind of record in a person's name.

    `rows(member)` are those it is about; for what goes or ends `pass_on(pks, to=, reason=, by=)`
    takes up to 200 of them out of the name, in one transaction, and says how many.
    """

    model: str
    key: str
    fate: str
    label: str
    text: str
    rows: Callable[[Member], QuerySet]
    order: int
    pass_on: Callable[..., int] | None = None


estates: list[Estate] = []


def leave(**facts: Any) -> None:
    """Declare in apps.ready what happens to a kind of record; label and text are msgids."""
    estate = Estate(**facts)
    if estate.fate not in FATES or (estate.pass_on is None) == (estate.fate in {"goes", "ends"}):
        raise ValueError(f"not said what happens: {estate.model} {estate.key}")
    kept = [e for e in estates if (e.model, e.key) != (estate.model, estate.key)]
    estates[:] = sorted([*kept, estate], key=lambda e: e.order)


def moving() -> list[Estate]:
    return [estate for estate in estates if estate.pass_on is not None]


def batch(estate: Estate, member: Member) -> Sequence[int]:
    """The next rows to be passed on, the oldest first."""
    return list(estate.rows(member).order_by("pk").values_list("pk", flat=True)[:AT_A_TIME])


def count(member: Member) -> int:
    """How many records would move."""
    return sum(estate.rows(member).count() for estate in moving())


def inventory(member: Member) -> Iterator[dict[str, Any]]:
    """Each kind with its number and its fate, for the page."""
    for estate in estates:
        label, colour = FATES[estate.fate]
        yield {
            "estate": estate,
            "label": _(estate.label),
            "text": _(estate.text),
            "count": estate.rows(member).count(),
            "fate": label,
            "colour": colour,
        }
