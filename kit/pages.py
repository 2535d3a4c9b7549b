"""Marks on views: every address says which rule guards it, or that it is public."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands in front of a view: a rule's name, or `public`; and the model it loads."""

    rule: str
    model: Any = None


def public(view: Callable[..., Any]) -> Callable[..., Any]:
    """A page for anybody, logged in or not. Marked so that a test can list them all."""
    view.guard = Guard("public")
    return view


@cache
def guards() -> dict[str, Guard]:
    """The guard of every page by the name of its address: `contracts:sign`."""
    return dict(_named(get_resolver(), ()))


def _named(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[tuple[str, Guard]]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from _named(entry, inner)
        elif isinstance(entry, URLPattern) and hasattr(entry.callback, "guard"):
            yield ":".join((*spaces, entry.name or "")), entry.callback.guard
