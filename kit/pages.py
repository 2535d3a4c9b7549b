"""Marks on views: every address says which rule guards it, or that it is public."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands in front of a view: a rule's name, or `public`; and the model it loads."""

    rule: str
    model: Any = None


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page for anybody, logged in or not. Marked so that a test can list them all."""
    view.guard = Guard("public")
    return view
