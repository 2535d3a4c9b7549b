"""The company's calendar: deadlines in working hours of its own zone."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from kit.calendar import add_work_hours, official
from tenancy.context import Origin, company, memo, required
from tenancy.models import Company, WorkDay

NOVEMBER = 11


def zone() -> ZoneInfo:
    store = memo()
    key = ("zone", required())
    if key not in store:
        store[key] = ZoneInfo(Company.objects.get(pk=required()).zone)
    return store[key]


@contextmanager
def working(pk: int) -> Iterator[int]:
    """One transaction of a job inside a company, by the company's own clock."""
    with company(pk, came=Origin(channel="job")), timezone.override(zone()):
        yield pk


def work_table() -> Mapping[date, bool]:
    """Days that differ from Monday to Friday, as the company keeps them; read once."""
    store = memo()
    key = ("work_table", required())
    if key not in store:
        store[key] = dict(WorkDay.objects.values_list("date", "is_workday"))
    return store[key]


def due(start: datetime, hours: int) -> datetime:
    """The moment `hours` working hours after `start`."""
    return add_work_hours(start, hours, work_table(), zone())


def missing_year(on: date) -> int | None:
    """T11: a year the calendar does not know: this one, or from 1 November the next."""
    wanted = [on.year] + ([on.year + 1] if on.month >= NOVEMBER else [])
    known = set(WorkDay.objects.values_list("date__year", flat=True).distinct())
    return next((year for year in wanted if year not in known), None)


def seed_workdays(*years: int) -> int:
    """T11: load the official days of the years; returns how many (0 for a year not published)."""
    rows = [
        WorkDay(date=day, is_workday=is_workday, name=name)
        for year in years
        for day, (is_workday, name) in official(year).items()
    ]
    return len(WorkDay.objects.bulk_create(rows, ignore_conflicts=True))
