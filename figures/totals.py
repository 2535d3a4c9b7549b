"""Totals of measures over what a member sees, by region, team, member or month."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import DateField, F, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from figures import rollup
from figures.measures import Measure, measures
from kit.calendar import month_of
from org.access import after
from org.models import Member, Post, Unit
from org.roles import SELLING
from tenancy.calendar import zone
from tenancy.params import today

Number = Decimal | int
Days = tuple[date, date]
Moments = tuple[datetime, datetime]
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
        """The limits as arguments of a list; `counted` leaves out what is only lent to read."""
        unit = {"unit": self.within.pk} if self.within else {}
        owner = {"owner": self.owner.pk} if self.owner else {}
        return {"counted": "true"} | unit | owner


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
    most: int = 0,
) -> list[Row]:
    """Rows of totals from `first` to `last`, both included, in the company's zone.

    by: none (one row), region (children of the root), team (a record's own unit), member, month.
    `within` limits to a unit and everything below it, `owner` to one person's records; `most`
    keeps the people with the largest numbers alone. Only rows the member sees by owner or post are
    added up (`Scope.counts`), so a total reveals nothing that the lists would not. Whole months
    come from the rollup, with what was written a moment ago; single days are counted.
    """
    if by not in WAYS:
        raise ValueError(f"unknown grouping: {by}")
    asked = [measures[key] for key in keys]
    question = Question(member, first, last, by, within, owner)
    found: dict[Any, dict[str, Number]] = defaultdict(dict)
    for key, group, number in _numbers(question, asked, most):
        if number:
            found[group][key] = found[group].get(key, 0) + number
    groups = _groups(question, set(found), is_short=bool(most))
    return [_row(group, asked, found.get(group.key, {})) for group in groups]


def _numbers(
    question: Question, asked: Sequence[Measure], most: int
) -> Iterable[tuple[str, Any, Number]]:
    months, days = split(question.first, question.last)
    if months:
        summed = rollup.summed(
            rollup.Asked(
                question.member, [measure.key for measure in asked], *months,
                question.by, question.within, question.owner,
            ),
            most=0 if days else most,
        )  # fmt: skip
        for key, group, number in summed:
            yield key, group, number if measures[key].is_fraction else int(number)
    for span in days:
        for measure in asked:
            for group, number in _counted(question, measure, *span):
                yield measure.key, group, number


def split(first: date, last: date) -> tuple[tuple[date, date] | None, list[Days]]:
    """First days of the first and last whole month, or None, and the stretches beside them.

    A month that is not over yet is whole up to today.
    """
    if last >= today():
        last = month_of(last)[1]
    begin, end = first, last
    days: list[Days] = []
    if first.day > 1:
        days.append((first, min(month_of(first)[1], last)))
        begin = month_of(first)[1] + timedelta(1)
    if last != month_of(last)[1] and begin <= last:
        days.append((last.replace(day=1), last))
        end = last.replace(day=1) - timedelta(1)
    return ((begin, end.replace(day=1)) if begin <= end else None), days


def _rows(question: Question, measure: Measure, first: date, last: date) -> QuerySet:
    rows = apps.get_model(measure.model).objects.filter(question.member.scope.counts())
    rows = rows.filter(measure.where)
    if is_day(measure):
        rows = rows.filter(**{f"{measure.at}__gte": first, f"{measure.at}__lte": last})
    else:
        start, end = moments(first, last)
        rows = rows.filter(**{f"{measure.at}__gte": start, f"{measure.at}__lt": end})
    if unit := question.within:
        rows = rows.filter(org_path__gte=unit.path, org_path__lt=after(unit.path))
    return rows.filter(owner=question.owner) if question.owner else rows


def is_day(measure: Measure) -> bool:
    field_ = apps.get_model(measure.model)._meta.get_field(measure.at)
    return field_.get_internal_type() == "DateField"


def moments(first: date, last: date) -> Moments:
    """[start, end) of the days in the company's zone."""
    start = datetime.combine(first, time(), zone())
    return start, datetime.combine(last + timedelta(1), time(), zone())


def month_at(measure: Measure) -> TruncMonth:
    """The first day of the month a row counts in, in the company's zone."""
    options = {} if is_day(measure) else {"tzinfo": zone()}
    return TruncMonth(measure.at, output_field=DateField(), **options)


def _counted(
    question: Question, measure: Measure, first: date, last: date
) -> Iterable[tuple[Any, Number]]:
    """The same question to the rows themselves, for days the rollup does not know singly."""
    rows = _rows(question, measure, first, last).order_by()
    if question.by == "none":
        return [(None, rows.aggregate(number=measure.value)["number"])]
    group = {
        "month": month_at(measure),
        "member": F("owner_id"),
        "team": F("unit_id"),
        "region": F("unit__path"),
    }[question.by]
    found = rows.values(so_group=group).annotate(so_number=measure.value)
    pairs = found.values_list("so_group", "so_number")
    if question.by == "region":
        return [(region_of(path), number) for path, number in pairs]
    return pairs


def region_of(path: str) -> int:
    """The second part of the path; the root stands for what hangs on it alone."""
    parts = path.strip("/").split("/")
    return int(parts[1] if len(parts) > 1 else parts[0])


def _groups(question: Question, found: set[Any], *, is_short: bool) -> list[Group]:
    """The rows to show: what has numbers, and what the reader leads even when it has none."""
    if question.by == "none":
        return [Group(None, "", question.args, question.first, question.last)]
    if question.by == "month":
        return _months(question)
    if question.by == "member":
        return _members(question, found, is_short=is_short)
    return _units(question, found)


def _units(question: Question, found: set[int]) -> list[Group]:
    units = Unit.objects.order_by("path")
    if question.by == "region":
        units = units.filter(Q(parent=None) | Q(parent__parent=None))
    elif unit := question.within:
        units = units.filter(path__gte=unit.path, path__lt=after(unit.path))
    units = list(units)
    parents = {unit.parent_id for unit in units}
    return [
        Group(
            unit.pk,
            unit.name,
            question.args | _unit_args(unit, question.by, parents),
            question.first,
            question.last,
        )
        for unit in units
        if unit.pk in found or (unit.is_active and _is_led(question, unit))
    ]


def _is_led(question: Question, unit: Unit) -> bool:
    is_level = unit.depth == 2 if question.by == "region" else unit.kind == Unit.Kind.TEAM
    inside = question.within is None or unit.path.startswith(question.within.path)
    return is_level and inside and question.member.scope.covering("see", unit.path) is not None


def _unit_args(unit: Unit, by: str, parents: set[int | None]) -> dict[str, Any]:
    """`unit` opens a subtree, `at_unit` only what hangs on the unit itself."""
    is_own = unit.pk in parents and (by == "team" or unit.depth == 1)
    return {"at_unit": unit.pk} if is_own else {"unit": unit.pk}


def _months(question: Question) -> list[Group]:
    groups, start = [], question.first
    while start <= question.last:
        begin, end = month_of(start)
        last = min(end, question.last)
        groups.append(Group(begin, f"{begin:%Y-%m}", question.args, start, last))
        start = end + timedelta(1)
    return groups


def _members(question: Question, found: set[int], *, is_short: bool) -> list[Group]:
    """Whoever has numbers, and whoever sells under the reader."""
    led = set() if is_short else _sellers(question)
    people = Member.objects.filter(pk__in=found | led).order_by("name", "id")
    return [
        Group(pk, name, question.args | {"owner": pk}, question.first, question.last)
        for pk, name in people.values_list("pk", "name")
    ]


def _sellers(question: Question) -> set[int]:
    posts = Post.objects.in_force().filter(role__in=SELLING)
    if unit := question.within:
        posts = posts.filter(unit__path__gte=unit.path, unit__path__lt=after(unit.path))
    scope = question.member.scope
    led = {
        pk
        for pk, path in posts.values_list("member_id", "unit__path")
        if scope.covering("see", path)
    }
    return led & {question.owner.pk} if question.owner else led


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
