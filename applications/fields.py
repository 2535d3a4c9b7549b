"""The types a declared form is made of: how each is typed, kept as JSON, read and shown."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.kinds import Term
from kit.calendar import Table, is_workday, workdays_between
from kit.money import show
from org.models import Member, Post

MOST_PEOPLE = 300
HALF = Decimal("0.5")
BEGINS = {"morning": N_("from the morning"), "noon": N_("from noon")}
ENDS = {"evening": N_("to the evening"), "noon": N_("to noon")}


@dataclass(frozen=True)
class Span:
    """Days from a first to a last one, by halves: its ends may fall on noon."""

    first: dt.date
    last: dt.date
    from_noon: bool = False
    to_noon: bool = False

    @property
    def begin(self) -> tuple[dt.date, bool]:
        return self.first, self.from_noon

    @property
    def end(self) -> tuple[dt.date, bool]:
        """The half-day it ends before, so that a morning and an afternoon do not meet."""
        return (self.last, True) if self.to_noon else (self.last + dt.timedelta(1), False)

    @property
    def is_empty(self) -> bool:
        return self.begin >= self.end

    def meets(self, other: "Span") -> bool:
        return self.begin < other.end and other.begin < self.end

    def workdays(self, table: Table) -> Decimal:
        """T11: working days by the company's calendar, make-up days too; halves count a half."""
        days = Decimal(workdays_between(self.first, self.last, table))
        if self.from_noon and is_workday(self.first, table):
            days -= HALF
        if self.to_noon and is_workday(self.last, table):
            days -= HALF
        return max(days, Decimal(0))

    def __str__(self) -> str:
        begin = f"{self.first:%Y-%m-%d}" + (" " + _("afternoon") if self.from_noon else "")
        style = "%m-%d" if self.last.year == self.first.year else "%Y-%m-%d"
        last = self.last.strftime(style) if self.last != self.first else ""
        end = " ".join(filter(None, (last, _("morning") if self.to_noon else "")))
        return f"{begin} – {end}" if last else f"{begin} {end}".strip()


@dataclass(frozen=True)
class Field(ABC):
    """One question of a form, with one input of its name or several that begin with it.

    `value(answers)` is the answer as a type of ours, None when nothing was said; `shown` is how
    the snapshot keeps it (choices as msgids), `text` how a page says it.
    """

    key: str
    label: str
    required: bool = True
    help: str = ""
    is_wide: ClassVar[bool] = False

    @abstractmethod
    def inputs(self, member: Member) -> dict[str, forms.Field]:
        """Its inputs by name."""

    @property
    def hint(self) -> str:
        return _(self.help) if self.help else ""

    @property
    def term(self) -> Term | None:
        """The fact that steps may depend on, for the types that are one."""
        return None

    def value(self, answers: Mapping[str, Any]) -> Any:
        return answers.get(self.key)

    def shown(self, value: Any) -> Any:
        return value

    def text(self, value: Any) -> str:
        return "" if value is None else str(value)

    def fact(self, value: Any) -> Any:
        """The answer as routing compares it."""
        return value


@dataclass(frozen=True)
class Single(Field):
    """A question with one input of its name."""

    def inputs(self, member: Member) -> dict[str, forms.Field]:
        words = {"label": _(self.label), "required": self.required, "help_text": self.hint}
        return {self.key: self.input(member, **words)}

    @abstractmethod
    def input(self, member: Member, **words: Any) -> forms.Field:
        """The input, with what all inputs have."""


@dataclass(frozen=True)
class Text(Single):
    """Words: one line, or several."""

    rows: int = 1
    most: int = 200

    @property
    def is_wide(self) -> bool:
        return True

    def input(self, member: Member, **words: Any) -> forms.Field:
        area = forms.Textarea(attrs={"rows": self.rows})
        look = {"widget": area} if self.rows > 1 else {}
        return forms.CharField(max_length=self.most, **look, **words)


@dataclass(frozen=True)
class Number(Single):
    """A whole number."""

    low: int = 0
    high: int = 1_000_000

    @property
    def term(self) -> Term:
        return Term(self.key, self.label, "number")

    def fact(self, value: int | None) -> Decimal | None:
        return None if value is None else Decimal(value)

    def input(self, member: Member, **words: Any) -> forms.Field:
        return forms.IntegerField(min_value=self.low, max_value=self.high, **words)


@dataclass(frozen=True)
class Amount(Single):
    """Yuan; the first one of a form is what its case says and what amount bands ask for."""

    def input(self, member: Member, **words: Any) -> forms.Field:
        most = Decimal("999999999999.99")
        bounds = {"min_value": Decimal("0.01"), "max_value": most, "decimal_places": 2}
        return forms.DecimalField(max_digits=14, **bounds, **words)

    def value(self, answers: Mapping[str, Any]) -> Decimal | None:
        said = answers.get(self.key)
        return None if said is None else Decimal(said)

    def text(self, value: Decimal | None) -> str:
        return "" if value is None else show(value)


@dataclass(frozen=True)
class YesNo(Single):
    """A box to tick."""

    required: bool = False

    @property
    def term(self) -> Term:
        return Term(self.key, self.label, "yes_no")

    def input(self, member: Member, **words: Any) -> forms.Field:
        return forms.BooleanField(**words)

    def value(self, answers: Mapping[str, Any]) -> bool:
        return bool(answers.get(self.key))

    def shown(self, value: bool) -> str:
        return N_("Yes") if value else N_("No")

    def text(self, value: bool) -> str:
        return _(self.shown(value))


@dataclass(frozen=True)
class Choice(Single):
    """One of several, each with its msgid."""

    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def term(self) -> Term:
        return Term(self.key, self.label, choices=self.options)

    def input(self, member: Member, **words: Any) -> forms.Field:
        options = [(key, _(label)) for key, label in self.options.items()]
        return forms.ChoiceField(choices=[("", _("Please choose")), *options], **words)

    def shown(self, value: str | None) -> str:
        return self.options.get(value or "", value or "")

    def text(self, value: str | None) -> str:
        return _(self.shown(value)) if value else ""


@dataclass(frozen=True)
class Day(Single):
    """A single day."""

    def input(self, member: Member, **words: Any) -> forms.Field:
        return forms.DateField(**words)

    def value(self, answers: Mapping[str, Any]) -> dt.date | None:
        said = answers.get(self.key)
        return dt.date.fromisoformat(said) if said else None

    def span(self, value: dt.date | None) -> Span | None:
        return Span(value, value) if value else None


@dataclass(frozen=True)
class Days(Field):
    """From a first to a last day, on request by halves; the case counts their working days."""

    halves: bool = False

    def inputs(self, member: Member) -> dict[str, forms.Field]:
        """The label of the field is that of its group; each end has its own."""
        need = {"required": self.required}
        found = {"first": forms.DateField(label=_("First day"), **need)}
        if self.halves:
            found["from"] = self.half(_("Begins"), BEGINS)
        found["last"] = forms.DateField(label=_("Last day"), help_text=self.hint, **need)
        if self.halves:
            found["until"] = self.half(_("Ends at"), ENDS)
        return {f"{self.key}_{name}": one for name, one in found.items()}

    @staticmethod
    def half(label: str, options: Mapping[str, str]) -> forms.Field:
        choices = [(key, _(text)) for key, text in options.items()]
        return forms.ChoiceField(label=label, choices=choices, required=False)

    def value(self, answers: Mapping[str, Any]) -> Span | None:
        first, last = (answers.get(f"{self.key}_{name}") for name in ("first", "last"))
        if not first or not last:
            return None
        noons = (answers.get(f"{self.key}_{name}") == "noon" for name in ("from", "until"))
        return Span(dt.date.fromisoformat(first), dt.date.fromisoformat(last), *noons)

    def span(self, value: Span | None) -> Span | None:
        return value

    def shown(self, value: Span | None) -> dict[str, Any] | None:
        if value is None:
            return None
        begins, ends = ("noon" if noon else "" for noon in (value.from_noon, value.to_noon))
        halves = {N_("Begins"): BEGINS[begins or "morning"], N_("Ends at"): ENDS[ends or "evening"]}
        days = {N_("First day"): value.first, N_("Last day"): value.last}
        return days | halves if self.halves else days


class Colleague(forms.ModelChoiceField):
    """A colleague by name and number, which tells people of one name apart."""

    def label_from_instance(self, member: Member) -> str:
        return f"{member.name}（{member.employee_no}）" if member.employee_no else member.name


@dataclass(frozen=True)
class Person(Single):
    """A colleague at hand: of one's own unit, of those above it, or with one's post beside it."""

    def input(self, member: Member, **words: Any) -> forms.Field:
        return Colleague(colleagues(member), **words)

    def text(self, value: Mapping[str, Any] | None) -> str:
        return value["name"] if value else ""

    def shown(self, value: Mapping[str, Any] | None) -> str:
        return self.text(value)


def colleagues(member: Member) -> QuerySet[Member]:
    near = Q(pk__in=())
    for seat in member.scope.seats:
        units = [int(part) for part in seat.path.split("/") if part]
        beside = {"role": seat.role, "unit__parent": units[-2] if len(units) > 1 else None}
        near |= Q(unit__in=units) | Q(**beside)
    held = Post.objects.in_force().filter(near).values("member")
    found = Member.objects.filter(is_active=True, pk__in=held).exclude(pk=member.pk)
    return found.order_by("name", "id")


def kept(value: Any) -> Any:
    """What was typed, as JSON keeps it; of a person the name too, which a paper shows for ever."""
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, Model):
        return {"id": value.pk, "name": value.name}
    return value or None if isinstance(value, str) else value


def typed(answer: Any) -> Any:
    """What JSON keeps, as an input takes it."""
    return answer.get("id") if isinstance(answer, Mapping) else answer
