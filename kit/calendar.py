"""Working days and working hours, as pure arithmetic over a table {day: is it a workday}."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as N_

Table = Mapping[dt.date, bool]

OPENS, CLOSES = dt.time(9), dt.time(18)
LUNCH = (dt.time(12), dt.time(13))
HORIZON = 3660  # days searched before a table without workdays is refused

# Spring Festival, Qingming, Dragon Boat, Mid-Autumn: no rule short of astronomy gives them.
MOVABLE = {
    2020: ("01-25", "04-04", "06-25", "10-01"),
    2021: ("02-12", "04-04", "06-14", "09-21"),
    2022: ("02-01", "04-05", "06-03", "09-10"),
    2023: ("01-22", "04-05", "06-22", "09-29"),
    2024: ("02-10", "04-04", "06-10", "09-17"),
    2025: ("01-29", "04-04", "05-31", "10-06"),
    2026: ("02-17", "04-05", "06-19", "09-25"),
    2027: ("02-06", "04-05", "06-09", "09-15"),
    2028: ("01-26", "04-04", "05-28", "10-03"),
    2029: ("02-13", "04-04", "06-16", "09-22"),
    2030: ("02-03", "04-05", "06-05", "09-12"),
    2031: ("01-23", "04-05", "06-24", "10-01"),
    2032: ("02-11", "04-04", "06-12", "09-19"),
    2033: ("01-31", "04-04", "06-01", "09-08"),
    2034: ("02-19", "04-05", "06-20", "09-27"),
    2035: ("02-08", "04-05", "06-10", "09-16"),
}
# what the published tables and the list below call them
HOLIDAYS = {
    "元旦": N_("New Year's Day"),
    "春节": N_("Spring Festival"),
    "清明": N_("Qingming Festival"),
    "清明节": N_("Qingming Festival"),
    "劳动节": N_("Labour Day"),
    "端午": N_("Dragon Boat Festival"),
    "端午节": N_("Dragon Boat Festival"),
    "中秋": N_("Mid-Autumn Festival"),
    "中秋节": N_("Mid-Autumn Festival"),
    "国庆节": N_("National Day"),
}
LONGER_SINCE = 2025  # New Year's Eve and 2 May became statutory: 13 days instead of 11


def holiday_label(name: str) -> str:
    """A public holiday in the reader's language; what the company named itself stays."""
    return gettext(HOLIDAYS[name]) if name in HOLIDAYS else name


@cache
def statutory(year: int) -> Mapping[dt.date, str]:
    """{day: Chinese name} of the statutory days; outside 2020–2035 only those of fixed date."""
    days = {dt.date(year, 1, 1): "元旦", dt.date(year, 5, 1): "劳动节"}
    days |= {dt.date(year, 10, n): "国庆节" for n in (1, 2, 3)}
    if year >= LONGER_SINCE:
        days[dt.date(year, 5, 2)] = "劳动节"
    if year in MOVABLE:
        spring, *others = (dt.date.fromisoformat(f"{year}-{day}") for day in MOVABLE[year])
        first = -1 if year >= LONGER_SINCE else 0
        days |= {spring + dt.timedelta(n): "春节" for n in range(first, 3)}
        names = ("清明节", "端午节", "中秋节")
        days |= {day: days.get(day, name) for day, name in zip(others, names, strict=True)}
    return days


@cache
def official(year: int) -> Mapping[dt.date, tuple[bool, str]]:
    """{day: (is it a workday, Chinese name)} of the published holidays and make-up days of a year.

    Only the days that differ from Monday to Friday or have a name; empty for a year that is not
    published yet, so that the caller can warn.
    """
    table = {
        day: (works, chinese_calendar.Holiday(name).chinese)
        for days, works in (
            (chinese_calendar.constants.holidays, False),
            (chinese_calendar.constants.workdays, True),
        )
        for day, name in days.items()
        if day.year == year
    }
    return dict(sorted(table.items()))


def is_workday(day: dt.date, table: Table) -> bool:
    """What the table says; for other days Monday to Friday without the statutory days."""
    if day in table:
        return table[day]
    return day.weekday() < 5 and day not in statutory(day.year)


def days_of(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Every day from first to last, both included; none when last is earlier."""
    return (first + dt.timedelta(n) for n in range((last - first).days + 1))


def workdays_between(first: dt.date, last: dt.date, table: Table) -> int:
    """How many workdays there are from first to last, both included; 0 when last is earlier."""
    return sum(is_workday(day, table) for day in days_of(first, last))


def add_workdays(day: dt.date, count: int, table: Table) -> dt.date:
    """The `count`-th workday after `day` (before it when negative); `day` itself for 0."""
    step = dt.timedelta(1 if count > 0 else -1)
    left = abs(count)
    for _ in range(HORIZON):
        if not left:
            return day
        day += step
        left -= is_workday(day, table)
    raise ValueError("the calendar has no workdays")


def month_of(day: dt.date) -> tuple[dt.date, dt.date]:
    """First and last day of the month."""
    first = day.replace(day=1)
    return first, (first + dt.timedelta(32)).replace(day=1) - dt.timedelta(1)


def shifted(first: dt.date, months: int) -> dt.date:
    """The first of a month some months away."""
    count = first.year * 12 + first.month - 1 + months
    return dt.date(count // 12, count % 12 + 1, 1)


def elapsed_share(day: dt.date, month: dt.date, table: Table) -> Decimal:
    """Time progress: workdays of the month up to and including `day` ÷ all its workdays, 0 to 1.

    `month` is any day of the month; four places; a month without workdays counts as over.
    """
    first, last = month_of(month)
    whole = workdays_between(first, last, table)
    done = workdays_between(first, min(day, last), table)
    return (Decimal(done) / whole if whole else Decimal(1)).quantize(Decimal("0.0001"))


def add_work_hours(
    start: dt.datetime,
    hours: Decimal | int,
    table: Table,
    zone: ZoneInfo,
    *,
    opens: dt.time = OPENS,
    closes: dt.time = CLOSES,
    lunch: tuple[dt.time, dt.time] = LUNCH,
) -> dt.datetime:
    """The moment (in `zone`) when `hours` working hours after `start` are over.

    A start outside working hours counts from the next opening; a deadline that falls on closing
    time stays there. TypeError for a naive start, ValueError for negative hours or a table
    without workdays.
    """
    if start.tzinfo is None:
        raise TypeError("a deadline needs a start with its zone")
    if hours < 0:
        raise ValueError("working hours cannot be negative")
    if not hours:
        return start.astimezone(zone)
    left = dt.timedelta(seconds=int(hours * 3600))
    shifts = [(begin, end) for begin, end in ((opens, lunch[0]), (lunch[1], closes)) if begin < end]
    today = start.astimezone(zone).date()
    for day in days_of(today, today + dt.timedelta(HORIZON)):
        if not is_workday(day, table):
            continue
        for begin, end in shifts:
            # lengths are taken in UTC: on a day when the clocks change, wall clock hours differ
            opening = max(dt.datetime.combine(day, begin, zone).astimezone(dt.UTC), start)
            closing = dt.datetime.combine(day, end, zone).astimezone(dt.UTC)
            if opening >= closing:
                continue
            if closing - opening >= left:
                return (opening + left).astimezone(zone)
            left -= closing - opening
    raise ValueError("the calendar has no workdays")
