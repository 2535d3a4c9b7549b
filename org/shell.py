"""What every page's frame shows: navigation by rule, phone tabs by role, waiting counts."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kit.lists import capped, capped_counts
from kit.registry import Door, doors
from org.mark import mark_of
from org.models import SupportAccess

MOST_COUNTED = 99


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `nav` groups, `tabs` for the phone, the `bell`; nothing for strangers."""
    member = getattr(request, "member", None)
    if member is None:
        return {"nav": [], "tabs": [], "bell": None}
    mine = [
        d for d in doors if member.may(d.rule) and (not d.roles or d.roles & member.scope.roles)
    ]
    counts = counts_of(mine, member)
    bell = next((d for d in mine if not d.group), None)
    mine = [d for d in mine if d.group]
    roles = member.scope.roles
    mine = [d for d in mine if not d.always or d.always & roles or counts.get(d.url)]
    here = current_of(mine, request.path)
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in mine:
        groups.setdefault(entry.group, []).append(shown(entry, here, counts))
    tabs = tabs_of(mine, member.scope.roles)
    return {
        "mark": mark_of(member),
        "supports": (there := supports_of(member)),
        "may_end_support": bool(there) and bool(member.may("org.administer")),
        "nav": [{"label": _(label), "items": items} for label, items in groups.items()],
        "tabs": [shown(entry, here, counts) for entry in tabs],
        "bell": bell and shown(bell, current_of([bell], request.path), counts),
    }


def counts_of(mine: list[Door], member: Any) -> dict[str, str]:
    """What waits behind each entry, as text and in one statement; nothing is no entry.

    A page that has counted already says the number itself.
    """
    found = {d.url: d.waiting(member) for d in mine if d.waiting}
    rows = {url: some for url, some in found.items() if not isinstance(some, int)}
    counted = capped_counts(*rows.values(), cap=MOST_COUNTED) if rows else []
    said = {url: capped(some, MOST_COUNTED) for url, some in found.items() if url not in rows}
    said |= zip(rows, counted, strict=True)
    return {url: text for url, (n, text) in said.items() if n}


def supports_of(member: Any) -> list[SupportAccess]:
    """ORG-1.6: everybody in the company sees that the operator may read along, and who."""
    if not getattr(member, "has_support", False):
        return []
    return list(SupportAccess.objects.in_force().select_related("user").order_by("expires_at"))


def tabs_of(mine: list[Door], roles: frozenset[str]) -> list[Door]:
    """The four tabs of the phone; one's own page is the fifth, the centre button the third."""
    fit = [d for d in mine if d.phone and (not d.phone_roles or d.phone_roles & roles)]
    tabs = sorted(fit, key=lambda d: d.phone)[:4]
    centre = [d for d in tabs if d.is_centre]
    rest = [d for d in tabs if not d.is_centre]
    return [*rest[:2], *centre, *rest[2:]]


@cache
def address(name: str) -> str:
    """Where an entry leads: the same for everybody, asked three times on every page."""
    return reverse(name)


def current_of(mine: list[Door], path: str) -> str:
    """Name of the entry a page belongs to: of nested addresses the longest."""
    urls = {address(d.url): d.url for d in mine}
    found = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return urls[max(found, key=len)] if found else ""


def shown(entry: Door, here: str, counts: dict[str, str]) -> dict[str, Any]:
    return {
        "url": address(entry.url),
        "label": _(entry.label),
        "icon": entry.icon,
        "count": counts.get(entry.url, ""),
        "is_current": entry.url == here,
        "fab": entry.is_centre,
    }
