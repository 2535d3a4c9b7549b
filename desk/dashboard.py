"""The figures page: its period, its cards, its table, its trend and its tiles."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.http import QueryDict
from django.utils.translation import gettext as _

from contracts.models import BINDING, Contract
from customers.regions import LETTERS, PROVINCES
from figures.compare import growth
from figures.measures import measures
from figures.totals import Number, Row, figures, rows_url
from kit.calendar import shifted, workdays_between
from kit.forms import number
from kpi.models import Period as Close
from org.access import after
from org.models import Member, Unit
from tenancy.calendar import work_table

KEYS = ("signed_amount", "contracts", "visits", "new_customers")
MONTHS = 12
CHOICE = 24  # months to choose among; older ones open by their address
BEST = 6


Span = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Period:
    """The days asked for, and the whole periods they are compared with."""

    name: str
    label: str
    first: date
    last: date
    end: date
    before: Span
    year_ago: Span

    @property
    def pace(self) -> Decimal:
        """The share of its working days that is over, 0 to 1."""
        table_ = work_table()
        whole = workdays_between(self.first, self.end, table_)
        done = workdays_between(self.first, self.last, table_)
        return (Decimal(done) / whole).quantize(Decimal("0.0001")) if whole else Decimal(1)


def period_of(name: str, month: str, today: date) -> Period:
    """A month, quarter or year up to today, or one past month as YYYY-MM.

    Compared with the whole period before and with the same one a year ago, at the pace of the
    working days, so that a month half gone is not called bad.
    """
    label, size = "", 1
    if chosen := parsed(month, today):
        first, name = chosen, ""
        label = f"{first:%Y-%m}"
    elif name == "year":
        first, size, label = today.replace(month=1, day=1), 12, _("This year")
    elif name == "quarter":
        first = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
        size, label = 3, _("This quarter")
    else:
        name, first, label = "month", today.replace(day=1), _("This month")
    whole = span(first, size)
    before, year_ago = span(shifted(first, -size), size), span(shifted(first, -12), size)
    return Period(name, label, first, min(whole[1], today), whole[1], before, year_ago)


def asked(query: QueryDict, today: date) -> tuple[Period, Unit | None, Member | None]:
    """Period, unit and person of an address; the tree is open to all, its numbers are not."""

    def chosen(name: str, model: Any) -> Any:
        value = query.get(name)
        return model.objects.filter(pk=number(value)).first() if value else None

    period = period_of(query.get("period", "month"), query.get("month", ""), today)
    return period, chosen("unit", Unit), chosen("owner", Member)


def span(first: date, months: int) -> Span:
    return first, shifted(first, months) - timedelta(1)


def parsed(month: str, today: date) -> date | None:
    try:
        chosen = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    return chosen if date(2000, 1, 1) <= chosen <= today else None


def history(
    member: Member, period: Period, today: date, within: Unit | None, owner: Member | None
) -> list[Row]:
    """Every month that the cards and the trend need, in one question."""
    begin = min(period.before[0], period.year_ago[0], shifted(today.replace(day=1), 1 - MONTHS))
    return figures(member, KEYS, begin, today, by="month", within=within, owner=owner)


def summed(months: list[Row], key: str, days: Span) -> Number:
    return sum(row.values[key] for row in months if days[0] <= row.key <= days[1])


def cards(period: Period, months: list[Row], args: dict[str, Any]) -> list[dict[str, Any]]:
    pace = period.pace
    return [card(key, period, months, args, pace) for key in KEYS]


def card(
    key: str, period: Period, months: list[Row], args: dict[str, Any], pace: Decimal
) -> dict[str, Any]:
    """A number beside the whole period before, with the share reached and the working days gone."""
    measure = measures[key]
    value = summed(months, key, (period.first, period.end))
    old, year_ago = summed(months, key, period.before), summed(months, key, period.year_ago)
    change = growth(Decimal(value), Decimal(old) * pace)
    return {
        "label": _(measure.label),
        "icon": measure.icon,
        "value": value,
        "is_money": measure.is_money,
        "url": rows_url(measure, args, period.first, period.last),
        "old": old,
        "year_ago": year_ago,
        "share": min(100, int(Decimal(value) / Decimal(old) * 100)) if old else None,
        "pace": int(pace * 100),
        "delta": change[0],
        "delta_class": change[1],
    }


def limits(within: Unit | None, owner: Member | None) -> dict[str, Any]:
    """The same as arguments of a list."""
    unit = {"unit": within.pk} if within else {}
    return {"counted": "true"} | unit | ({"owner": owner.pk} if owner else {})


def table(
    member: Member, period: Period, within: Unit | None, owner: Member | None, seat: Unit | None
) -> tuple[str, list[Row]]:
    """One level deeper than what is open: regions, then teams, then people, then months."""
    within = within or seat
    if owner:
        way = "month"
    elif within is None:
        way = "region" if member.scope.sees_all() else "member"
    else:
        way = "team" if within.children.filter(is_active=True).exists() else "member"
    rows = figures(member, KEYS, period.first, period.last, by=way, within=within, owner=owner)
    if way == "member":
        rows.sort(key=lambda row: -Decimal(row.values["signed_amount"]))
    # one line alone would only repeat the cards
    return way, rows if len(rows) > 1 or way in {"region", "team"} else []


def leading(member: Member, period: Period, within: Unit | None) -> list[dict[str, Any]]:
    """The people with the largest signed amounts, with their share of the first one's."""
    rows = figures(
        member, ("signed_amount",), period.first, period.last, by="member", within=within, most=BEST
    )
    amounts = [(Decimal(row.values["signed_amount"]), row) for row in rows]
    ranked = sorted(((a, row) for a, row in amounts if a), key=lambda pair: -pair[0])
    return [
        {
            "key": row.key,
            "name": row.label,
            "amount": amount,
            "url": row.urls["signed_amount"],
            "share": int(amount / ranked[0][0] * 100),
        }
        for amount, row in ranked
    ]


def close_of(member: Member, period: Period) -> Close | None:
    """The review of a single month, which says whether it is frozen."""
    if period.name not in {"", "month"}:
        return None
    return Close.objects.visible_to(member).filter(month=period.first).first()


def recent_months(today: date) -> list[str]:
    """The months offered for choice, newest first."""
    first = today.replace(day=1)
    return [f"{shifted(first, -back):%Y-%m}" for back in range(CHOICE)]


def seat_of(member: Member) -> Unit | None:
    """Where a leader of one part of the tree begins; the whole company begins at its regions."""
    ranges = member.scope.ranges("see")
    if len(ranges) != 1 or member.scope.sees_all():
        return None
    return Unit.objects.filter(path=ranges[0][0]).first()


def chart(rows: list[Row]) -> dict[str, Any]:
    measure = measures["signed_amount"]
    label = _(measure.label)
    values = [str(row.values["signed_amount"]) for row in rows]
    series = [{"name": label, "kind": "bar", "colour": "primary", "values": values}]
    return {"labels": [row.label[2:] for row in rows], "series": series, "unit": "¥"}


def provinces(
    member: Member, period: Period, within: Unit | None, owner: Member | None
) -> dict[str, Any]:
    """Signed amount by the customer's province, as tiles; one province alone is no comparison."""
    rows = Contract.objects.filter(
        member.scope.counts(),
        status__in=BINDING,
        signed_on__range=(period.first, period.last),
    )
    if within:
        rows = rows.filter(org_path__gte=within.path, org_path__lt=after(within.path))
    if owner:
        rows = rows.filter(owner=owner)
    sums = dict(
        rows.order_by().values("customer__province").annotate(sum=Sum("gross_amount"))
        .values_list("customer__province", "sum")
    )  # fmt: skip
    args = limits(within, owner)
    tiles = [
        {
            "adcode": code,
            "name": name,
            "letters": LETTERS[code],
            "amount": sums.get(code),
            "shown": f"{(sums.get(code) or 0) / 10_000:,.0f}",
            "url": rows_url(
                measures["signed_amount"], args | {"province": code}, period.first, period.last
            ),
        }
        for code, name in PROVINCES
    ]
    known = [tile["amount"] for tile in tiles if tile["amount"]]
    return {"tiles": tiles, "most": max(known) if len(known) > 1 else None, "unknown": sums.get("")}


def crumbs(member: Member, within: Unit | None) -> list[dict[str, Any]]:
    """The way back up, as far as the reader's sight goes."""
    if within is None:
        return []
    above = (
        Unit.objects.filter(pk__in=within.ancestor_ids[1:]).exclude(parent=None).order_by("path")
    )
    return [
        {"label": unit.name, "unit": unit.pk}
        for unit in above
        if member.scope.covering("see", unit.path)
    ]
