"""A change of a chain as typed: hours of the fixed steps, and the steps of the company's own."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop as N_

from approvals.kinds import CATEGORY, Kind
from approvals.models import Step
from approvals.proposal import LEAST_HOURS, MOST_ADDED, MOST_HOURS, ROLES, Row, said
from kit.because import Refused
from org.models import Role

PREFIX = "own"
CONDITIONS = 2
ONLY_IF = N_("Only if (%(n)s)")
BEFORE, BESIDE, AT_END = N_("before %(step)s"), N_("beside %(step)s"), N_("at the end")


class StepForm(forms.Form):
    """One step of the company's own; what it may be is checked in `approvals.proposal`."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    name = forms.CharField(label=_("Name of the step"), required=False, max_length=60)
    role = forms.ChoiceField(label=_("Role"), required=False)
    mode = forms.ChoiceField(
        label=_("How many decide"), required=False, choices=Step.Mode, initial="any"
    )
    place = forms.TypedChoiceField(label=_("Place"), coerce=int, empty_value=0, required=False)
    order = forms.IntegerField(
        label=_("Order at this place"),
        required=False,
        min_value=1,
        max_value=MOST_ADDED,
        help_text=_("Equal numbers run side by side."),
    )
    hours = forms.IntegerField(
        label=_("Working hours"), required=False, min_value=LEAST_HOURS, max_value=MOST_HOURS
    )
    amount_from = forms.CharField(label=_("Amount from"), required=False, max_length=20)
    amount_below = forms.CharField(label=_("Amount below"), required=False, max_length=20)
    categories = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None ticked means all.")
    )
    checklist = forms.MultipleChoiceField(
        label=_("Check points"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.fields["role"].choices = [("", "—"), *((r, Role(r).label) for r in ROLES)]
        self.fields["place"].choices = list(enumerate(places_of(kind)))
        for name in ("amount_from", "amount_below"):
            self.fields[name].widget.attrs["inputmode"] = "decimal"
            if not kind.has_amount:
                del self.fields[name]
        offered = {"categories": kind.term(CATEGORY), "checklist": kind.points}
        if not offered["categories"]:
            del self.fields["categories"]
        else:
            term = offered["categories"]
            self.fields["categories"].label = _now(term.label)
            self.fields["categories"].choices = choices(term.choices)
        if not kind.points:
            del self.fields["checklist"]
        else:
            self.fields["checklist"].choices = choices(kind.points)
        if [term for term in kind.terms if term.key != CATEGORY]:
            for number in range(1, CONDITIONS + 1):
                self._condition(number)

    def _condition(self, number: int) -> None:
        """One choice says fact and comparison; a number is typed beside it."""
        kept = self.initial.get(f"fact_{number}", "")
        offered = [("", "—"), *facts_of(self.kind)]
        if kept and kept not in dict(offered):
            offered.append((kept, said(self.kind, condition(kept, ""))))
        label = _now(ONLY_IF) % {"n": number}
        self.fields[f"fact_{number}"] = forms.ChoiceField(
            label=label, required=False, choices=offered
        )
        self.fields[f"value_{number}"] = forms.CharField(
            label=_("Figure"),
            required=False,
            max_length=20,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        )

    def rest(self) -> list[forms.BoundField]:
        """The conditions, as pairs the template walks through."""
        names = [n for n in self.fields if n.startswith(("fact_", "value_"))]
        return [self[name] for name in names]

    @property
    def is_blank(self) -> bool:
        typed = self.cleaned_data
        return not (typed.get("name") or typed.get("role") or typed.get("key"))

    def row(self) -> Row:
        typed = self.cleaned_data
        names = ("key", "name", "role", "mode", "amount_from", "amount_below")
        row: Row = {name: typed.get(name) or "" for name in names}
        row["hours"] = typed.get("hours") or 24
        row["categories"] = typed.get("categories", [])
        row["checklist"] = typed.get("checklist", [])
        row["conditions"] = [
            condition(typed[f"fact_{n}"], typed.get(f"value_{n}", ""))
            for n in range(1, CONDITIONS + 1)
            if typed.get(f"fact_{n}")
        ]
        return row


def choices(found: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(key, _now(label)) for key, label in found.items()]


def facts_of(kind: Kind) -> list[tuple[str, str]]:
    """Every comparison that is offered, each with its words."""
    found = []
    for term in kind.terms:
        pairs: Iterable[tuple[str, Any]] = ()
        if term.key == CATEGORY:
            continue
        if term.type == "yes_no":
            pairs = (("eq", True), ("eq", False))
        elif term.type == "number":
            pairs = (("ge", ""), ("lt", ""))
        else:
            pairs = ((op, one) for one in term.choices for op in ("eq", "ne"))
        for op, value in pairs:
            code = json.dumps([term.key, op, value])
            found.append((code, said(kind, condition(code, "…"))))
    return found


def condition(code: str, number: str) -> Row:
    """A choice of the form as a condition; what is typed beside it is the number."""
    fact, op, value = json.loads(code)
    return {"fact": fact, "op": op, "value": number.strip() if value == "" else value}


def places_of(kind: Kind) -> list[str]:
    """Where a step may stand: before, beside and after each stage the manual fixes."""
    found = []
    for stage in kind.stages:
        names = "、".join(_now(plan.name) for plan in stage)
        found += [_now(text) % {"step": names} for text in (BEFORE, BESIDE)]
    return [*found, _now(AT_END)]


class ChangeForm(forms.Form):
    """The whole change: day, reason, hours of what is fixed, and the rows of `StepForm`."""

    starts_on = forms.DateField(
        label=_("In force from"),
        help_text=_("Tomorrow at the earliest, or the day after approval."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, kind: Kind, rows: Iterable[Row], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind, rows = kind, list(rows)
        hours = {row["key"]: row["hours"] for row in rows}
        for stage in kind.stages:
            for plan in stage:
                self.fields[f"hours_{plan.key}"] = forms.IntegerField(
                    label=_now(plan.name),
                    min_value=LEAST_HOURS,
                    max_value=MOST_HOURS,
                    initial=hours.get(plan.key, plan.hours),
                )
        made = forms.formset_factory(StepForm, can_delete=True, extra=1, max_num=MOST_ADDED * 2)
        data: QueryDict | None = self.data if self.is_bound else None
        self.own = made(
            data, prefix=PREFIX, initial=initial_of(kind, rows), form_kwargs={"kind": kind}
        )
        self.origin: list[tuple[str, Any]] = []

    def fixed(self) -> list[tuple[list[Any], list[forms.BoundField]]]:
        """The stages of the manual with the fields of their hours."""
        return [
            (stage, [self[f"hours_{plan.key}"] for plan in stage]) for stage in self.kind.stages
        ]

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.own.is_valid()])

    def act(self, do: Any) -> Any:
        """`do(starts_on, reason, steps)`; what it refuses is written beside the fields."""
        try:
            return do(
                starts_on=self.cleaned_data["starts_on"],
                reason=self.cleaned_data["reason"],
                steps=self.rows(),
            )
        except Refused as refused:
            if refused.status != 409 or not refused.errors:
                raise
            for name, sentence in refused.errors.items():
                self._say(name, sentence)
        return None

    def rows(self) -> list[Row]:
        """The steps in the order of the chain, as the action takes them."""
        places: dict[int, list[tuple[int, int]]] = {}
        for index, form in enumerate(self.own.forms):
            if not form.is_blank and not form.cleaned_data.get("DELETE"):
                said_ = form.cleaned_data
                place = places.setdefault(said_["place"] or 0, [])
                place.append((said_.get("order") or MOST_ADDED, index))
        rows: list[Row] = []
        self.origin = []

        def add(origin: tuple[str, Any], row: Row, *, beside: bool) -> None:
            self.origin.append(origin)
            rows.append(row | {"beside": beside})

        for number in range(2 * len(self.kind.stages) + 1):
            last, here = None, sorted(places.get(number, ()))
            if number % 2:
                for first, plan in enumerate(self.kind.stages[number // 2]):
                    hours = self.cleaned_data[f"hours_{plan.key}"]
                    add(("fixed", plan.key), {"key": plan.key, "hours": hours}, beside=first > 0)
            for order, index in here:
                beside = bool(number % 2) or order == last
                add(("own", index), self.own.forms[index].row(), beside=beside)
                last = order
        return rows

    def _say(self, name: str, sentence: str) -> None:
        if name in self.fields:
            self.add_error(name, sentence)
            return
        _word, number, field = [*name.split("-"), "", ""][:3]
        if not number:
            self.add_error(None, sentence)
            return
        where, which = self.origin[int(number)]
        if where == "fixed":
            self.add_error(f"hours_{which}", sentence)
            return
        form = self.own.forms[which]
        field = "fact_1" if field == "conditions" and "fact_1" in form.fields else field
        form.add_error(field if field in form.fields else None, sentence)


def initial_of(kind: Kind, rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The steps of the company's own as the form shows them."""
    rows = list(rows)
    at = {row["key"]: row["position"] for row in rows if row["is_fixed"]}
    stages = [min(at[plan.key] for plan in stage) for stage in kind.stages]
    found = []
    for row in rows:
        if row["is_fixed"]:
            continue
        before = sum(position < row["position"] for position in stages)
        is_beside = row["position"] in stages
        one = {**row, "place": 2 * before + is_beside, "order": row["position"]}
        for number, said_ in enumerate(row["conditions"][:CONDITIONS], 1):
            typed = isinstance(said_["value"], str) and kind.term(said_["fact"]).type == "number"
            value = "" if typed else said_["value"]
            one[f"fact_{number}"] = json.dumps([said_["fact"], said_["op"], value])
            one[f"value_{number}"] = said_["value"] if typed else ""
        found.append(one)
    lowest: dict[int, list[int]] = {}
    for one in found:
        lowest.setdefault(one["place"], []).append(one["order"])
    for one in found:
        one["order"] = sorted(set(lowest[one["place"]])).index(one["order"]) + 1
    return found
