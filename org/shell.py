"""What every page's frame shows: navigation by rule, phone tabs by role, waiting counts."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from kit.registry import Door, doors
from org.mark import mark_of
from org.models import SupportAccess


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `nav` groups, `tabs` for the phone, the `bell`; nothing for strangers."""
    member = getattr(request, "member", None)
    if member is None:
        return {"nav": [], "tabs": [], "bell": None}
    mine = [
        d for d in doors if member.may(d.rule) and (not d.roles or d.roles & member.scope.roles)
    ]
    bell = next((d for d in mine if not d.group), None)
    mine = [d for d in mine if d.group]
    counts = {d.url: d.count(member) for d in mine if d.count}
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
        # counted only by the pages that show the frame
        "bell": bell and SimpleLazyObject(lambda: rung(bell, member, request.path)),
    }


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


def current_of(mine: list[Door], path: str) -> str:
    """Name of the entry a page belongs to: of nested addresses the longest."""
    urls = {reverse(d.url): d.url for d in mine}
    found = [url for url in urls if path == url or (url != "/" and path.startswith(url))]
    return urls[max(found, key=len)] if found else ""


def rung(entry: Door, member: Any, path: str) -> dict[str, Any]:
    """The entry without a group: the bell of the frame, with the number of what is unread."""
    counts = {entry.url: entry.count(member)} if entry.count else {}
    return shown(entry, current_of([entry], path), counts)


def shown(entry: Door, here: str, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "url": reverse(entry.url),
        "label": _(entry.label),
        "icon": entry.icon,
        "count": counts.get(entry.url, 0),
        "is_current": entry.url == here,
        "fab": entry.is_centre,
    }
