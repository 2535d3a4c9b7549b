"""Totals of measures over what a member sees, by region, team, member or month."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import DateField, F, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from figures.measures import Measure, measures
from kit.calendar import month_of
from org.access import after
from org.models import Member, Post, Unit
from org.roles import SELLING
from tenancy.calendar import zone

Number = Decimal | int
WAYS = ("none", "region", "team", "member", "month")


@dataclass(slots=True)
class Row:
    """One group: its numbers by measure, and for each number the address that opens its rows."""

    key: Any
    label: str
    values: dict[str, Number] = field(default_factory=dict)
    urls: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks for which days, how they are cut and to what they are limited."""

    member: Member
    first: date
    last: date
    by: str
    within: Unit | None
    owner: Member | None

    @property
    def args(self) -> dict[str, Any]:
        """The limits as arguments of a list."""
        unit = {"unit": self.within.pk} if self.within else {}
        return unit | ({"owner": self.owner.pk} if self.owner else {})


@dataclass(frozen=True, slots=True)
class Group:
    """What a row stands for, as arguments of a list."""

    key: Any
    label: str
    args: Mapping[str, Any]
    first: date
    last: date


def figures(
    member: Member,
    keys: Sequence[str],
    first: date,
    last: date,
    *,
    by: str = "none",
    within: Unit | None = None,
    owner: Member | None = None,
) -> list[Row]:
    """Rows of totals from `first` to `last`, both included, in the company's zone.

    by: none (one row), region (children of the root), team (a record's own unit), member, month.
    `within` limits to a unit and everything below it, `owner` to one person's records. Only rows
    the member sees are added up, so a total reveals nothing that the lists would not.
    """
    if by not in WAYS:
        raise ValueError(f"unknown grouping: {by}")
    asked = [measures[key] for key in keys]
    question = Question(member, first, last, by, within, owner)
    is_tree = by in {"region", "team"}
    units = {unit.pk: unit for unit in Unit.objects.order_by("path")} if is_tree else {}
    found: dict[Any, dict[str, Number]] = defaultdict(dict)
    for measure in asked:
        for key, number in _grouped(question, measure):
            group = _region(units[key]) if by == "region" else key
            found[group][measure.key] = found[group].get(measure.key, 0) + (number or 0)
    groups = _groups(question, set(found), units)
    return [_row(group, asked, found.get(group.key, {})) for group in groups]


def _rows(question: Question, measure: Measure) -> QuerySet:
    model = apps.get_model(measure.model)
    rows = model.objects.visible_to(question.member).filter(measure.where)
    if is_day(measure):
        rows = rows.filter(
            **{f"{measure.at}__gte": question.first, f"{measure.at}__lte": question.last}
        )
    else:
        start, end = moments(question.first, question.last)
        rows = rows.filter(**{f"{measure.at}__gte": start, f"{measure.at}__lt": end})
    if unit := question.within:
        rows = rows.filter(org_path__gte=unit.path, org_path__lt=after(unit.path))
    return rows.filter(owner=question.owner) if question.owner else rows


def is_day(measure: Measure) -> bool:
    field_ = apps.get_model(measure.model)._meta.get_field(measure.at)
    return field_.get_internal_type() == "DateField"


def moments(first: date, last: date) -> tuple[datetime, datetime]:
    """[start, end) of the days in the company's zone."""
    start = datetime.combine(first, time(), zone())
    return start, datetime.combine(last + timedelta(1), time(), zone())


def _grouped(question: Question, measure: Measure) -> Iterable[tuple[Any, Number]]:
    rows = _rows(question, measure)
    if question.by == "none":
        return [(None, rows.order_by().aggregate(number=measure.value)["number"])]
    if question.by == "month":
        options = {} if is_day(measure) else {"tzinfo": zone()}
        group = TruncMonth(measure.at, output_field=DateField(), **options)
    else:
        group = F("owner_id") if question.by == "member" else F("unit_id")
    found = rows.order_by().values(so_group=group).annotate(so_number=measure.value)
    return found.values_list("so_group", "so_number")


def _region(unit: Unit) -> int:
    """The second part of the path; the root stands for what hangs on it alone."""
    parts = unit.ancestor_ids
    return parts[-2] if len(parts) > 1 else parts[-1]


def _groups(question: Question, found: set[Any], units: Mapping[int, Unit]) -> list[Group]:
    """The rows to show: what has numbers, and what the reader leads even when it has none."""
    first, last, args = question.first, question.last, question.args
    if question.by == "none":
        return [Group(None, "", args, first, last)]
    if question.by == "month":
        return _months(question)
    if question.by == "member":
        return _members(question, found)
    return [
        Group(unit.pk, unit.name, args | _unit_args(unit, question.by, units), first, last)
        for unit in units.values()
        if unit.pk in found or (unit.is_active and _is_led(question, unit))
    ]


def _is_led(question: Question, unit: Unit) -> bool:
    is_level = unit.depth == 2 if question.by == "region" else unit.kind == Unit.Kind.TEAM
    inside = question.within is None or unit.path.startswith(question.within.path)
    return is_level and inside and question.member.scope.covering("see", unit.path) is not None


def _unit_args(unit: Unit, by: str, units: Mapping[int, Unit]) -> dict[str, Any]:
    """`unit` opens a subtree, `at_unit` only what hangs on the unit itself."""
    has_children = any(other.parent_id == unit.pk for other in units.values())
    is_own = has_children and (by == "team" or unit.depth == 1)
    return {"at_unit": unit.pk} if is_own else {"unit": unit.pk}


def _months(question: Question) -> list[Group]:
    groups, start = [], question.first
    while start <= question.last:
        begin, end = month_of(start)
        last = min(end, question.last)
        groups.append(Group(begin, f"{begin:%Y-%m}", question.args, start, last))
        start = end + timedelta(1)
    return groups


def _members(question: Question, found: set[int]) -> list[Group]:
    """Whoever has numbers, and whoever sells under the reader."""
    posts = Post.objects.in_force().filter(role__in=SELLING)
    if unit := question.within:
        posts = posts.filter(unit__path__gte=unit.path, unit__path__lt=after(unit.path))
    scope = question.member.scope
    led = {
        pk for pk, path in posts.values_list("member_id", "unit__path")
        if scope.covering("see", path)
    }
    if question.owner:
        led &= {question.owner.pk}
    people = Member.objects.filter(pk__in=found | led).order_by("name", "id")
    return [
        Group(pk, name, question.args | {"owner": pk}, question.first, question.last)
        for pk, name in people.values_list("pk", "name")
    ]


def _row(group: Group, asked: Iterable[Measure], numbers: Mapping[str, Number]) -> Row:
    row = Row(group.key, group.label)
    for measure in asked:
        empty: Number = Decimal(0) if measure.is_money else 0
        row.values[measure.key] = numbers.get(measure.key) or empty
        row.urls[measure.key] = rows_url(measure, group.args, group.first, group.last)
    return row


def rows_url(measure: Measure, args: Mapping[str, Any], first: date, last: date) -> str:
    """The list that shows exactly the rows of a number; empty when the measure has no list."""
    try:
        address = reverse(measure.url)
    except NoReverseMatch:
        return ""
    start, end = measure.days
    query = {**measure.fixed, start: first.isoformat(), end: last.isoformat(), **args}
    return f"{address}?{urlencode(query)}"
