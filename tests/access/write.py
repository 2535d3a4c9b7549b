"""How a valid request is written down."""

from collections.abc import Callable
from dataclasses import dataclass, field

ONE = "(?P<pk>[^/.]+)"


@dataclass(frozen=True)
class Write:
    """Who may send what to which record; `refs` are the body's names of other records."""

    who: str
    on: str = ""
    body: Callable[..., dict] = field(default=lambda _world: {})
    refs: dict[str, str] = field(default_factory=dict)
    # names that the address takes by design although the body here leaves them out
    takes: frozenset[str] = frozenset()
