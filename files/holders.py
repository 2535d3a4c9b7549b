"""What papers may hang on: an upper floor registers its documents at start-up."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Holder:
    """One kind of record with papers: who sees it sees them, its own rule says who adds them.

    `rules` maps the purposes of its papers to the rule asked before one is added or taken away.
    """

    kind: str
    model: Any
    url: str
    rules: Mapping[str, str]


holders: dict[str, Holder] = {}


def register(holder: Holder) -> None:
    holders[holder.kind] = holder
