"""Pages one may open, for the search everywhere."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from kit.registry import commands, doors
from kit.search import Found, Sought
from org.models import Member


def pages(member: Member, sought: Sought, limit: int) -> Iterator[Found]:
    """Entries of the navigation and commands, by their name in the reader's language or English."""
    for one in [*commands, *doors]:
        label = _(one.label)
        roles = getattr(one, "roles", frozenset())
        if (
            sought.fits(label, one.label)
            and (not roles or roles & member.scope.roles)
            and member.may(one.rule)
        ):
            yield Found(label=label, url=reverse(one.url), icon=one.icon)
