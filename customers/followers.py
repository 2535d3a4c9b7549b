"""What upper floors hang on customers and what may go along when they are handed over."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from org.models import Member


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that would go along, or the sentence why it stays."""

    title: str
    note: str
    url: str
    stays: str = ""


@dataclass(frozen=True, slots=True)
class Follower:
    """`items(customers, by)` is the preview of `move(customers, to=, reason=, by=)`; ids."""

    label: str
    items: Callable[[Collection[int], Member], list[Item]]
    move: Callable[..., int]


followers: list[Follower] = []


def follow(follower: Follower) -> None:
    """Called at start-up by the floor that owns what follows."""
    followers[:] = [*(f for f in followers if f.label != follower.label), follower]


def preview(customers: Collection[int], by: Member) -> list[dict[str, Any]]:
    """Of each kind what goes along and what stays, for the page."""
    found = [(f.label, f.items(customers, by)) for f in followers]
    return [
        {
            "label": label,
            "go": [item for item in items if not item.stays],
            "stay": [item for item in items if item.stays],
        }
        for label, items in found
        if items
    ]
