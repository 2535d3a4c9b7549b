"""The kinds of document the engine moves; an upper floor registers its own at start-up."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.urls import reverse

from kit.because import Line
from kit.registry import bind, place


@dataclass(frozen=True, slots=True)
class StepPlan:
    """A step as the manual fixes it; `checklist` names points that are each ticked or commented.

    `mode` is "any", "all" or "in_order" of several people; a step that is not fixed is the
    company's own, whoever decides another step is not asked at it again, and `conditions` (fact,
    op, value) say when it is asked at all.
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
    conditions: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """A fact of a document that a step may depend on; the key `category` is the kind's category.

    `type` is "choice" (of `choices`, key to label), "yes_no" or "number" (Decimal).
    """

    key: str
    label: str
    type: str = "choice"
    choices: Mapping[str, str] = field(default_factory=dict)


CATEGORY, AMOUNT = "category", "amount"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the inbox shows of a document and what routing asks of it.

    `values` answers the kind's terms by key; one that is missing is unknown, and whoever is asked
    because of it is asked.
    """

    title: str
    party: str
    amount: Decimal
    risks: tuple[Line, ...] = ()
    values: Mapping[str, str | bool | Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of document meets the engine.

    `snapshot(doc)` is exactly what an approver is shown and what the hash covers; `check(doc)` maps
    fields to what is missing before submission; `take_number(doc)` gives the number at the first
    submission; `on_done(doc, by)` runs in the transaction of the last approval. `terms` are the
    facts a company may make its own steps depend on, beside the amount.
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
    terms: tuple[Term, ...] = ()
    has_amount: bool = True

    @property
    def stages(self) -> list[list[StepPlan]]:
        """What the manual fixes, in order; what stands in one stage runs side by side."""
        found: dict[int, list[StepPlan]] = {}
        for plan in sorted(self.plan, key=lambda one: one.position):
            if plan.is_fixed:
                found.setdefault(plan.position, []).append(plan)
        return list(found.values())

    @property
    def record(self) -> str:
        """The label of its table, by which notices, papers and the log know its documents."""
        return self.model._meta.label_lower

    def term(self, key: str) -> Term | None:
        return next((term for term in self.terms if term.key == key), None)


def frozen(facts: Facts) -> dict[str, Any]:
    """What routing asks, as it is kept with a submission."""
    values = {AMOUNT: facts.amount, **facts.values}
    return {key: str(v) if isinstance(v, Decimal) else v for key, v in values.items()}


def thawed(kept: Mapping[str, Any], terms: Iterable[Term]) -> dict[str, Any]:
    """The same read again: numbers are numbers."""
    numbers = {AMOUNT, *(term.key for term in terms if term.type == "number")}
    return {key: Decimal(v) if key in numbers and v is not None else v for key, v in kept.items()}


kinds: dict[str, Kind] = {}


def document_url(case: Any) -> str:
    """The page of the document behind a case."""
    return reverse(kinds[case.kind].url, args=[case.object_id])


def register(kind: Kind) -> None:
    """Make a kind known and declare the clauses its steps enforce."""
    kinds[kind.name] = kind
    place(kind.record, kind.url)
    for step in kind.plan:
        if step.clause:
            bind(step.clause, "step", f"{kind.name}:{step.key}", "prevents")
