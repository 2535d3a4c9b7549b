"""When a month is over, when it freezes, and why it is not frozen yet: pure rules of the clock."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kit.calendar import Table, add_workdays, month_of, shifted


def month_at(moment: dt.datetime, zone: ZoneInfo) -> dt.date:
    """The first day of the month a moment falls in, by the company's own clock."""
    return moment.astimezone(zone).date().replace(day=1)


def last_day(month: dt.date, days: int, table: Table) -> dt.date:
    """KPI-2.1: the working day of the following month up to which late documents are taken in."""
    return add_workdays(month_of(month)[1], days, table)


def days_on(day: dt.date, days: int, table: Table) -> dt.date:
    """The last working day on which a re-opened month takes documents in."""
    return add_workdays(day, days, table)


@dataclass(frozen=True, slots=True)
class Month:
    """What the clock needs to know of a period."""

    month: dt.date
    state: str
    collects_until: dt.date = dt.date.max


def next_step(months: list[Month], now: dt.date, today: dt.date) -> tuple[str, dt.date] | None:
    """("open" | "collect" | "freeze", month): the one thing to be done next, or None.

    `now` is the first day of the present month. After a standstill the months are opened, then
    closed in their order: a month is frozen only after the one before it.
    """
    newest = max((one.month for one in months), default=None)
    if newest is None or newest < now:
        return "open", shifted(newest, 1) if newest else now
    in_order = sorted(months, key=lambda one: one.month)
    for one in in_order:
        if one.state == "open" and one.month < now:
            return "collect", one.month
    first = next((one for one in in_order if one.state != "frozen"), None)
    if first and first.state == "collecting" and first.collects_until < today:
        return "freeze", first.month
    return None
