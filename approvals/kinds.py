"""The kinds of document the engine moves; an upper floor registers its own at start-up."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kit.because import Line
from kit.registry import bind, place


@dataclass(frozen=True, slots=True)
class StepPlan:
    """A step as the manual fixes it; `checklist` names points that are each ticked or commented.

    `mode` is "any", "all" or "in_order" of several people; a step that is not fixed was added by
    the company, and whoever decides another step is not asked at it again.
    """

    position: int
    key: str
    name: str
    role: str
    clause: str
    hours: int = 24
    checklist: tuple[str, ...] = ()
    mode: str = "any"
    is_fixed: bool = True


@dataclass(frozen=True, slots=True)
class Facts:
    """What the inbox shows of a document and what routing asks of it."""

    title: str
    party: str
    amount: Decimal
    risks: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of document meets the engine.

    `snapshot(doc)` is exactly what an approver is shown and what the hash covers; `check(doc)` maps
    fields to what is missing before submission; `take_number(doc)` gives the number at the first
    submission; `on_done(doc, by)` runs in the transaction of the last approval.
    """

    name: str
    label: str
    model: type
    url: str
    plan: tuple[StepPlan, ...]
    snapshot: Callable[[Any], dict[str, Any]]
    facts: Callable[[Any], Facts]
    take_number: Callable[[Any], str]
    check: Callable[[Any], Mapping[str, str]] = lambda _doc: {}
    on_done: Callable[[Any, Any], None] | None = None
    points: Mapping[str, str] = field(default_factory=dict)

    @property
    def record(self) -> str:
        """The label of its table, by which notices, papers and the log know its documents."""
        return self.model._meta.label_lower


kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known and declare the clauses its steps enforce."""
    kinds[kind.name] = kind
    place(kind.record, kind.url)
    for step in kind.plan:
        if step.clause:
            bind(step.clause, "step", f"{kind.name}:{step.key}", "prevents")
