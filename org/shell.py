"""What every page's frame shows: navigation by rule, phone tabs by role, waiting counts."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kit.registry import Door, doors


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `nav` groups and `tabs` for the phone; nothing for strangers."""
    member = getattr(request, "member", None)
    if member is None:
        return {"nav": [], "tabs": [], "theme": theme(request)}
    mine = [
        d for d in doors if member.may(d.rule) and (not d.roles or d.roles & member.scope.roles)
    ]
    counts = {d.url: d.count(member) for d in mine if d.count}
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in mine:
        groups.setdefault(entry.group, []).append(shown(entry, request, counts))
    tabs = sorted((d for d in mine if d.phone), key=lambda d: d.phone)[:4]
    return {
        "nav": [{"label": _(label), "items": items} for label, items in groups.items()],
        "tabs": [shown(entry, request, counts) for entry in tabs],
        "theme": theme(request),
    }


def shown(entry: Door, request: HttpRequest, counts: dict[str, int]) -> dict[str, Any]:
    url = reverse(entry.url)
    is_current = request.path == url if url == "/" else request.path.startswith(url)
    return {
        "url": url,
        "label": _(entry.label),
        "icon": entry.icon,
        "count": counts.get(entry.url, 0),
        "is_current": is_current,
        "fab": entry.is_centre,
    }


def theme(request: HttpRequest) -> str:
    return "dark" if request.COOKIES.get("so-theme") == "dark" else "light"
