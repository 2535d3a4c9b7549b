"""What the pages show of months: frozen numbers where there are any, else those of this moment."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from figures.compare import growth
from figures.measures import Measure, measures
from figures.totals import figures
from kit.calendar import elapsed_share, month_of, shifted
from kit.registry import places
from kpi import counting
from kpi.models import Period, Review, Standing, Value
from org.access import after
from org.models import Member, Unit
from tenancy.calendar import work_table, zone
from tenancy.context import required

YEAR = 12
# of the tables; a page of one person shows every measure there is
CHIEF = ("signed_amount", "contracts", "visits", "new_customers")
DOCUMENTS = 100
# months in which a person's numbers are not those that were counted
DIFFERENT = """
SELECT measure, month FROM (
  SELECT measure, month, number FROM figures_cell
   WHERE company_id = %(company)s AND owner_id = %(owner)s AND month = ANY(%(months)s)
  UNION ALL
  SELECT measure, month, number FROM figures_delta
   WHERE company_id = %(company)s AND owner_id = %(owner)s AND month = ANY(%(months)s)
  UNION ALL
  SELECT v.measure, v.month, -v.number FROM kpi_value v
    JOIN kpi_period p ON p.company_id = v.company_id AND p.freeze_id = v.freeze_id
   WHERE v.company_id = %(company)s AND v.owner_id = %(owner)s AND v.month = ANY(%(months)s)
) found GROUP BY 1, 2 HAVING sum(number) <> 0
"""
WAITING = """
SELECT f.measure, f.month, f.id, f.number, u.path FROM ({rows}) f
  JOIN org_unit u ON u.id = f.unit_id
 WHERE f.owner_id = %s AND NOT EXISTS (
   SELECT FROM kpi_value v
     JOIN kpi_period p ON p.company_id = v.company_id AND p.freeze_id = v.freeze_id
    WHERE v.company_id = %s AND v.measure = f.measure AND v.month = f.month AND f.id = ANY(v.ids))
 ORDER BY 2, 1, 3
"""


@dataclass(slots=True)
class Number:
    """What was reached in a month: its own documents, and those that came late."""

    own: Decimal = Decimal(0)
    late: Decimal = Decimal(0)

    @property
    def total(self) -> Decimal:
        return self.own + self.late


Numbers = dict[str, Number]


def shown() -> list[Measure]:
    """The indicators of a review: whatever is registered; a later scheme may choose others."""
    rest = [measure for key, measure in measures.items() if key not in CHIEF]
    return [*chief(), *rest]


def chief() -> list[Measure]:
    return [measures[key] for key in CHIEF if key in measures]


def last_of(period: Period) -> date:
    """The last day that is over or running."""
    return min(month_of(period.month)[1], timezone.now().astimezone(zone()).date())


def pace_of(period: Period) -> Decimal:
    return elapsed_share(last_of(period), period.month, work_table())


def in_months(
    reader: Member,
    months: Iterable[date],
    *,
    owner: Member | None = None,
    unit: Unit | None = None,
) -> dict[date, Numbers]:
    """Numbers of one person or one unit in some months, as far as the reader sees them.

    A frozen month is what was frozen, late credits included; any other is counted now.
    """
    months = sorted(months)
    found: dict[date, Numbers] = {month: defaultdict(Number) for month in months}
    who = Q(owner=owner) if owner else Q(owner=None, unit=unit)
    frozen = (
        Value.objects.visible_to(reader).in_force().filter(who, freeze__period__month__in=months)
    )
    for month, true, key, number in frozen.values_list(
        "freeze__period__month", "month", "measure"
    ).annotate(sum=Sum("number")):
        part = found[month][key]
        if true == month:
            part.own += number
        else:
            part.late += number
    done = set(Period.objects.frozen().filter(month__in=months).values_list("month", flat=True))
    live = [month for month in months if month not in done]
    keys = [measure.key for measure in shown()]
    for first, last in _spans(live):
        rows = figures(reader, keys, first, month_of(last)[1], by="month", within=unit, owner=owner)
        for row in rows:
            if row.key in live:
                for key, value in row.values.items():
                    found[row.key][key].own = Decimal(value)
    return found


def _spans(months: list[date]) -> list[tuple[date, date]]:
    """Neighbouring months together; a month a year ago is asked for by itself."""
    spans: list[tuple[date, date]] = []
    for month in months:
        if spans and shifted(spans[-1][1], 1) == month:
            spans[-1] = (spans[-1][0], month)
        else:
            spans.append((month, month))
    return spans


def cards(
    reader: Member,
    period: Period,
    *,
    owner: Member | None = None,
    unit: Unit | None = None,
    keys: Iterable[Measure] = (),
) -> list[dict[str, Any]]:
    """Each number beside last month and the same month last year, at the pace of working days."""
    before, year_ago = shifted(period.month, -1), shifted(period.month, -YEAR)
    found = in_months(reader, (period.month, before, year_ago), owner=owner, unit=unit)
    pace = pace_of(period)
    return [
        card(
            measure,
            *(found[month][measure.key] for month in (period.month, before, year_ago)),
            pace,
        )
        for measure in keys or shown()
    ]


def card(
    measure: Measure, now: Number, old: Number, year_ago: Number, pace: Decimal
) -> dict[str, Any]:
    change = growth(now.total, old.total * pace)
    return {
        "key": measure.key,
        "label": _(measure.label),
        "icon": measure.icon,
        "is_money": measure.is_money,
        "value": plain(measure, now.total),
        "late": plain(measure, now.late) if now.late else None,
        "old": plain(measure, old.total),
        "year_ago": plain(measure, year_ago.total),
        "share": max(0, min(100, int(now.total / old.total * 100))) if old.total else None,
        "pace": int(pace * 100),
        "delta": change[0],
        "delta_class": change[1],
    }


def plain(measure: Measure, number: Decimal) -> Decimal | int:
    """Counts without places."""
    return number if measure.is_fraction else int(number)


# --- the people and units of a month --------------------------------------------------------------


@dataclass(slots=True)
class Line:
    """One unit or person of the table, with its numbers by measure."""

    key: int
    name: str
    note: str = ""
    review: Review | None = None
    values: dict[str, Number] = field(default_factory=lambda: defaultdict(Number))

    def shown(self) -> list[dict[str, Any]]:
        return [
            {
                "label": _(measure.label),
                "is_money": measure.is_money,
                "value": plain(measure, self.values[measure.key].total),
                "late": plain(measure, self.values[measure.key].late)
                if self.values[measure.key].late
                else None,
            }
            for measure in chief()
        ]


def units_of(reader: Member, period: Period, unit: Unit) -> list[Line]:
    """The units right below one, in the tree of that month, with what each reached."""
    if not period.is_frozen:
        return _live_units(reader, period, unit)
    stood = Standing.objects.visible_to(reader).filter(freeze=period.freeze, owner=None)
    place = stood.filter(unit=unit).values_list("place", flat=True).first()
    if place is None:
        return []
    rows = stood.filter(place__gt=place, place__lt=after(place)).order_by("place")
    lines = {
        pk: Line(pk, name)
        for pk, name, path in rows.values_list("unit_id", "name", "place")
        if path.count("/") == place.count("/") + 1
    }
    numbers = Value.objects.visible_to(reader).filter(
        freeze=period.freeze, owner=None, unit__in=lines, measure__in=CHIEF
    )
    _fill(lines, period, numbers.values_list("unit_id", "measure", "month", "number"))
    return list(lines.values())


def _live_units(reader: Member, period: Period, unit: Unit) -> list[Line]:
    children = list(unit.children.filter(is_active=True).order_by("path"))
    lines = {child.pk: Line(child.pk, child.name) for child in children}
    keys = [measure.key for measure in chief()]
    if not children:
        return []
    found = figures(reader, keys, period.month, last_of(period), by="team", within=unit)
    paths = dict(Unit.objects.filter(pk__in=[row.key for row in found]).values_list("pk", "path"))
    for row in found:
        for child in children:
            if paths.get(row.key, "").startswith(child.path):
                for key, value in row.values.items():
                    lines[child.pk].values[key].own += value
    return list(lines.values())


def people_of(
    reader: Member, period: Period, reviews: Iterable[Review], unit: Unit | None
) -> list[Line]:
    """The reviews of a page with the numbers of their people."""
    lines = {
        row.owner_id: Line(row.owner_id, row.owner.name, row.role_label, row) for row in reviews
    }
    if period.is_frozen:
        numbers = Value.objects.visible_to(reader).filter(
            freeze=period.freeze, owner__in=lines, measure__in=CHIEF
        )
        _fill(lines, period, numbers.values_list("owner_id", "measure", "month", "number"))
    elif lines:
        keys = [measure.key for measure in chief()]
        owner = next(iter(reviews)).owner if len(lines) == 1 else None
        rows = figures(
            reader,
            keys,
            period.month,
            last_of(period),
            by="member",
            within=unit if not owner else None,
            owner=owner,
        )
        for row in rows:
            if row.key in lines:
                for key, value in row.values.items():
                    lines[row.key].values[key].own += value
    return list(lines.values())


def _fill(
    lines: Mapping[int, Line], period: Period, rows: Iterable[tuple[int, str, date, Decimal]]
) -> None:
    for pk, key, month, number in rows:
        part = lines[pk].values[key]
        if month == period.month:
            part.own += number
        else:
            part.late += number


# --- late documents -------------------------------------------------------------------------------


@dataclass(slots=True)
class Late:
    """Documents of one measure and true month that count in a later one."""

    label: str
    month: date
    is_money: bool
    number: Decimal | int = 0
    documents: list[dict[str, Any]] = field(default_factory=list)
    hidden: int = 0


def late_of(reader: Member, period: Period, owner: Member) -> list[Late]:
    """KPI-2.1: what came late, with its true date; a document out of sight is only counted."""
    if period.is_frozen:
        rows = Value.objects.visible_to(reader).filter(
            freeze=period.freeze, owner=owner, month__lt=period.month
        )
        found = [
            (key, month, pk, number)
            for key, month, ids, numbers in rows.order_by("month", "measure").values_list(
                "measure", "month", "ids", "numbers"
            )
            for pk, number in zip(ids, numbers, strict=True)
        ]
    else:
        scope, is_own = reader.scope, reader.pk == owner.pk
        # as with the frozen ones: one's own, and those of units one covers
        found = [
            row
            for *row, path in waiting(period, owner)
            if is_own or scope.covering("see", path) is not None
        ]
    groups: dict[tuple[str, date], list[tuple[int, Decimal]]] = defaultdict(list)
    for key, month, pk, number in found:
        if key in measures:
            groups[key, month].append((pk, number))
    return [_late(reader, measures[key], month, parts) for (key, month), parts in groups.items()]


def _late(reader: Member, measure: Measure, month: date, parts: list[tuple[int, Decimal]]) -> Late:
    model = apps.get_model(measure.model)
    numbers = dict(parts[:DOCUMENTS])
    seen = model.objects.visible_to(reader).filter(pk__in=numbers).order_by(measure.at, "pk")
    place = places.get(measure.model.lower())
    late = Late(
        _(measure.label), month, measure.is_money, plain(measure, sum(n for _pk, n in parts))
    )
    late.documents = [
        {
            "name": str(row),
            "pk": row.pk,
            "place": place.url if place and not place.is_own else "",
            "at": getattr(row, measure.at),
            "number": plain(measure, numbers[row.pk]),
        }
        for row in seen
    ]
    late.hidden = len(parts) - len(late.documents)
    return late


def waiting(period: Period, owner: Member) -> list[tuple[str, date, int, Decimal, str]]:
    """What would be credited late if it were frozen now.

    (measure, true month, id, number, path of its unit)
    """
    earlier = Period.objects.unfrozen().filter(month__lt=period.month)
    if earlier.exists():
        return []
    months = list(
        Period.objects.frozen().filter(month__lt=period.month).values_list("month", flat=True)
    )
    facts = {"company": required(), "owner": owner.pk, "months": months}
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT, facts)
        pairs = [(key, month) for key, month in cursor.fetchall() if key in measures]
        if not pairs:
            return []
        text, values = counting.union(pairs)
        statement = WAITING.replace("{rows}", text)
        cursor.execute(statement, [*values, owner.pk, required()])
        return cursor.fetchall()
