"""The figures page: its period, its cards, its table, its trend and its tiles."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from contracts.models import BINDING, Contract
from customers.regions import LETTERS, PROVINCES
from figures.measures import measures
from figures.totals import Row, figures, rows_url
from kit.calendar import month_of
from org.access import after
from org.models import Member, Unit

KEYS = ("signed_amount", "contracts", "visits", "new_customers")
ICONS = {
    "signed_amount": "file-text",
    "contracts": "writing-sign",
    "visits": "map-pin",
    "new_customers": "user-plus",
}
MONTHS = 12
CHOICE = 24  # months to choose among; older ones open by their address
BEST = 6


@dataclass(frozen=True, slots=True)
class Period:
    """The days asked for, the days before them, and how they are called."""

    name: str
    label: str
    first: date
    last: date
    last_first: date
    last_last: date


def period_of(name: str, month: str, today: date) -> Period:
    """A month, quarter or year up to today, or one past month as YYYY-MM.

    Compared with as many days of the period before, so that a month half gone is not called bad.
    """
    if chosen := parsed(month, today):
        first, last = month_of(chosen)
        before = month_of(first - timedelta(1))
        return Period("", f"{first:%Y-%m}", first, min(last, today), *before)
    if name == "year":
        first = today.replace(month=1, day=1)
        begin = first.replace(year=first.year - 1)
        end = begin + (today - first)
        return Period(name, _("This year"), first, today, begin, end)
    if name == "quarter":
        first = today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1)
        begin = shifted(first, -3)
    else:
        name, first = "month", today.replace(day=1)
        begin = shifted(first, -1)
    end = min(begin + (today - first), first - timedelta(1))
    label = _("This quarter") if name == "quarter" else _("This month")
    return Period(name, label, first, today, begin, end)


def parsed(month: str, today: date) -> date | None:
    try:
        chosen = date.fromisoformat(f"{month}-01")
    except ValueError:
        return None
    return chosen if date(2000, 1, 1) <= chosen <= today else None


def shifted(first: date, months: int) -> date:
    """The first of a month some months away."""
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def cards(
    member: Member, period: Period, within: Unit | None, owner: Member | None
) -> list[dict[str, Any]]:
    limits = {"within": within, "owner": owner}
    now = figures(member, KEYS, period.first, period.last, **limits)[0]
    before = figures(member, KEYS, period.last_first, period.last_last, **limits)[0]
    return [card(key, now, before) for key in KEYS]


def card(key: str, now: Row, before: Row) -> dict[str, Any]:
    measure, value, old = measures[key], now.values[key], before.values[key]
    change = growth(Decimal(value), Decimal(old))
    return {
        "label": _(measure.label),
        "icon": ICONS[key],
        "value": value,
        "is_money": measure.is_money,
        "url": now.urls[key],
        "old": old,
        "delta": change[0],
        "delta_class": change[1],
    }


def growth(value: Decimal, old: Decimal) -> tuple[str, str]:
    """("+12.4%", look); no per cent of nothing."""
    if not old:
        return "", ""
    share = ((value - old) / old * 100).quantize(Decimal("0.1"))
    if not share:
        return _("unchanged"), ""
    return f"{share:+}%", "so-good" if share >= 0 else "so-bad"


def table(
    member: Member, period: Period, within: Unit | None, owner: Member | None
) -> tuple[str, list[Row]]:
    """One level deeper than what is open: regions, then teams, then people, then months."""
    within = within or seat_of(member)
    if owner:
        way = "month"
    elif within is None:
        way = "region" if member.scope.sees_all() else "member"
    else:
        way = "team" if within.children.filter(is_active=True).exists() else "member"
    limits = {"within": within, "owner": owner}
    rows = figures(member, KEYS, period.first, period.last, by=way, **limits)
    if way == "member":
        rows.sort(key=lambda row: -Decimal(row.values["signed_amount"]))
    # one line alone would only repeat the cards
    return way, rows if len(rows) > 1 or way in {"region", "team"} else []


def leading(
    member: Member, period: Period, within: Unit | None, owner: Member | None
) -> list[dict[str, Any]]:
    """The people with the largest signed amounts, with their share of the first one's."""
    if owner:
        return []
    limits = {"by": "member", "within": within or seat_of(member)}
    rows = figures(member, ("signed_amount",), period.first, period.last, **limits)
    amounts = [(Decimal(row.values["signed_amount"]), row) for row in rows]
    ranked = sorted(((a, row) for a, row in amounts if a), key=lambda pair: -pair[0])[:BEST]
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


def trend(member: Member, today: date, within: Unit | None, owner: Member | None) -> list[Row]:
    """The last twelve months."""
    first = shifted(today.replace(day=1), 1 - MONTHS)
    keys = ("signed_amount", "contracts")
    return figures(member, keys, first, today, by="month", within=within, owner=owner)


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
    rows = Contract.objects.visible_to(member).filter(
        status__in=BINDING, signed_on__range=(period.first, period.last)
    )
    if within:
        rows = rows.filter(org_path__gte=within.path, org_path__lt=after(within.path))
    if owner:
        rows = rows.filter(owner=owner)
    sums = dict(
        rows.order_by().values("customer__province").annotate(sum=Sum("gross_amount"))
        .values_list("customer__province", "sum")
    )  # fmt: skip
    args = ({"unit": within.pk} if within else {}) | ({"owner": owner.pk} if owner else {})
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
