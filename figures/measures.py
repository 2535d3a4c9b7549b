"""What can be counted: upper floors register their measures at start-up."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Expression, Q

from kit.registry import bind


@dataclass(frozen=True, slots=True)
class Measure:
    """One number over the rows of an owned model.

    `model` is "app.model"; `at` its day or moment; `value` an aggregate such as Sum("gross_amount")
    or Count("pk"); `url` names the list that opens the rows, with `fixed` as its other arguments.
    The list takes the days as the names in `span`, by default signed_from and signed_to for
    signed_on. `label` is a msgid. The table's migration credits the same to the rollup
    (`figures.operations.credits_of`); that both agree is what `reconcile` compares.
    """

    key: str
    label: str
    model: str
    at: str
    value: Expression
    where: Q = field(default_factory=Q)
    url: str = ""
    clause: str = ""
    is_money: bool = False
    is_hours: bool = False
    icon: str = "chart-bar"
    fixed: Mapping[str, str] = field(default_factory=dict)
    span: tuple[str, str] = ("", "")

    @property
    def is_fraction(self) -> bool:
        """Whether its numbers have places after the point; a count has none."""
        return self.is_money or self.is_hours

    @property
    def days(self) -> tuple[str, str]:
        """Names of the list's two arguments that bound the day."""
        name = self.at.removesuffix("_on").removesuffix("_at")
        return self.span if self.span[0] else (f"{name}_from", f"{name}_to")


measures: dict[str, Measure] = {}


def register(measure: Measure) -> None:
    """Make a measure known and declare the clause it serves."""
    measures[measure.key] = measure
    if measure.clause:
        bind(measure.clause, "measure", measure.key, "measures")
