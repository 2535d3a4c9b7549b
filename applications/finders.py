"""Applications, for the search everywhere."""

from collections.abc import Iterator

from django.urls import reverse

from applications.models import Application
from kit.names import normalise
from kit.search import Found, Sought, best
from org.models import Member

LOOKED_AT = 500


def applications(member: Member, sought: Sought, limit: int) -> Iterator[Found]:
    """By number, title or name, among those touched last; a number is found however old it is."""
    rows = Application.objects.visible_to(member).order_by("-updated_at", "-id")
    rows = rows.select_related("owner").only("number", "title", "status", "owner__name")
    if sought.is_empty:
        found = list(rows[:limit])
    else:
        found = [r for r in rows[:LOOKED_AT] if sought.fits(r.number, r.title, r.owner.name)]
        if any(sign.isdigit() for sign in sought.text):
            known = {row.pk for row in found}
            exact = rows.filter(number=sought.text.upper())
            found = [row for row in exact if row.pk not in known] + found
    for row in best(found, sought, name=lambda one: one.number):
        yield Found(
            label=str(row),
            url=reverse("applications:detail", args=[row.pk]),
            note=f"{row.owner.name} · {row.state.label}",
            is_exact=bool(row.number) and normalise(row.number) == sought.key,
        )
