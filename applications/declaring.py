"""A form as it is declared: what it asks, what is reckoned of the answers, who decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.utils.translation import override

from applications.fields import Amount, Day, Days, Field, Span
from approvals.kinds import StepPlan, Term
from kit.because import Line
from tenancy.calendar import work_table

Said = Mapping[str, Any]
APP = "applications"


@dataclass(frozen=True)
class Form:
    """One kind of application; everything but fields and plan has a default that will do.

    `named` are the fields that make its title; `check(said, application)` maps inputs to what is
    wrong across fields, while it is typed and again when it is submitted; `risks(said,
    application)` are what approvers are warned of; `on_done(application, by)` runs in the
    transaction of the last approval.
    """

    key: str
    label: str
    icon: str
    number: str
    fields: tuple[Field, ...]
    plan: tuple[StepPlan, ...]
    help: str = ""
    named: tuple[str, ...] = ()
    party: str = ""
    check: Callable[[Said, Any], Mapping[str, str]] = lambda _said, _application: {}
    risks: Callable[[Said, Any], tuple[Line, ...]] = lambda _said, _application: ()
    on_done: Callable[[Any, Any], None] | None = None
    points: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of its kind: `applications.leave`."""
        return f"{APP}.{self.key}"

    def said(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        return {one.key: one.value(answers) for one in self.fields}

    def inputs(self, member: Any) -> dict[str, Any]:
        return {name: one for f in self.fields for name, one in f.inputs(member).items()}

    def first(self, *types: type) -> Field | None:
        return next((one for one in self.fields if isinstance(one, types)), None)

    def span(self, said: Said) -> Span | None:
        """The days it is about, if it asks for any."""
        one = self.first(Days, Day)
        return one.span(said[one.key]) if one else None

    @property
    def terms(self) -> tuple[Term, ...]:
        """What the company may make its own steps depend on, beside the amount."""
        days = (Term("workdays", N_("Working days"), "number"),) if self.counts_days else ()
        return (*(one.term for one in self.fields if one.term), *days)

    @property
    def has_amount(self) -> bool:
        return self.first(Amount) is not None

    def values(self, said: Said, days: Decimal | None) -> dict[str, Any]:
        """The answers to `terms`."""
        found = {one.key: one.fact(said[one.key]) for one in self.fields if one.term}
        return found | ({"workdays": days} if self.counts_days else {})

    @property
    def counts_days(self) -> bool:
        return self.first(Days) is not None

    def reckoned(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """What is kept beside the answers: for lists, search, comparison and routing."""
        said = self.said(answers)
        span, money = self.span(said), self.first(Amount)
        days = span.workdays(work_table()) if span and self.counts_days else None
        return {
            "title": self.title(said, days),
            "begins_on": span.first if span else None,
            "ends_on": span.last if span else None,
            "days": days,
            "amount": (said[money.key] if money else None) or Decimal(0),
        }

    def title(self, said: Said, days: Decimal | None) -> str:
        """In the company's own language, as what people write themselves is."""
        with override(settings.LANGUAGE_CODE):
            words = [one.text(said[one.key]) for one in self.fields if one.key in self.named]
            if days:
                words.append(_("%(days)s working days") % {"days": f"{days.normalize():f}"})
            return " · ".join(filter(None, (_(self.label), *words)))[:160]


forms: dict[str, Form] = {}
