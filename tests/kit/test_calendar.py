"""Working days, make-up days and deadlines in working hours."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest

from kit import calendar as c

SHANGHAI = ZoneInfo("Asia/Shanghai")
TABLE_2026 = {day: works for day, (works, _name) in c.official(2026).items()}


def d(text):
    return dt.date.fromisoformat(text)


def at(text, zone=SHANGHAI):
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-28", True),
        ("2026-05-09", True),
        ("2026-09-20", True),
        ("2026-10-10", True),
        ("2026-02-16", False),
        ("2026-10-01", False),
        ("2026-11-21", False),
        ("2026-11-20", True),
    ],
)
def test_make_up_days_are_workdays_and_holidays_are_not(day, works):
    assert c.is_workday(d(day), TABLE_2026) is works


@pytest.mark.parametrize("year", range(2004, 2027))
def test_the_official_table_agrees_with_its_source_on_every_day(year):
    table = {day: works for day, (works, _name) in c.official(year).items()}
    for day in c.days_of(dt.date(year, 1, 1), dt.date(year, 12, 31)):
        assert c.is_workday(day, table) == chinese_calendar.is_workday(day), day


def test_a_year_that_is_not_published_is_empty():
    assert c.official(2027) == {}
    assert c.official(2026)[d("2026-02-17")] == (False, "春节")


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2027-02-10", True),
        ("2027-02-05", False),
        ("2027-02-08", False),
        ("2027-02-09", True),
        ("2027-05-03", True),
        ("2027-06-09", False),
        ("2033-09-08", False),
        ("2034-02-20", False),
        ("2031-10-02", False),
        ("2036-10-02", False),
        ("2036-01-28", True),
    ],
)
def test_without_a_table_the_statutory_days_are_off(day, works):
    assert c.is_workday(d(day), {}) is works


@pytest.mark.parametrize("year", range(2025, 2036))
def test_there_are_thirteen_statutory_days_unless_two_fall_together(year):
    assert len(c.statutory(year)) == (12 if year in {2028, 2031} else 13)


def test_the_own_table_beats_the_law():
    assert c.is_workday(d("2027-02-06"), {d("2027-02-06"): True}) is True
    assert c.is_workday(d("2027-02-10"), {d("2027-02-10"): False}) is False


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2026-11-16", "2026-11-20", 5),
        ("2026-11-21", "2026-11-22", 0),
        ("2026-11-20", "2026-11-16", 0),
        ("2026-10-01", "2026-10-31", 18),
    ],
)
def test_workdays_are_counted_with_both_ends(first, last, count):
    assert c.workdays_between(d(first), d(last), TABLE_2026) == count


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2026-11-20", 1, "2026-11-23"),
        ("2026-11-21", 0, "2026-11-21"),
        ("2026-11-23", -1, "2026-11-20"),
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-18", 1, "2026-09-20"),
    ],
)
def test_workdays_are_added_over_weekends_and_holidays(day, count, expected):
    assert c.add_workdays(d(day), count, TABLE_2026) == d(expected)


@pytest.mark.parametrize(
    ("day", "month", "share"),
    [
        ("2026-11-15", "2026-11-01", "0.4762"),
        ("2026-10-31", "2026-11-01", "0.0000"),
        ("2026-12-01", "2026-11-09", "1.0000"),
        ("2026-11-30", "2026-11-30", "1.0000"),
    ],
)
def test_time_progress_counts_workdays(day, month, share):
    assert str(c.elapsed_share(d(day), d(month), TABLE_2026)) == share


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-20T09:00", 8, "2026-11-20T18:00"),
        ("2026-11-20T09:00", 3, "2026-11-20T12:00"),
        ("2026-11-20T10:00", 3, "2026-11-20T14:00"),
        ("2026-11-20T12:30", 1, "2026-11-20T14:00"),
        ("2026-11-20T17:00", 8, "2026-11-23T17:00"),
        ("2026-11-20T20:00", 24, "2026-11-25T18:00"),
        ("2026-11-21T11:00", Decimal("0.5"), "2026-11-23T09:30"),
        ("2026-09-30T17:00", 2, "2026-10-08T10:00"),
        ("2026-10-09T17:30", 1, "2026-10-10T09:30"),
        ("2026-11-20T07:00", 0, "2026-11-20T07:00"),
    ],
)
def test_deadlines_pass_over_lunch_nights_weekends_and_holidays(start, hours, end):
    assert c.add_work_hours(at(start), hours, TABLE_2026, SHANGHAI) == at(end)


def test_the_company_zone_decides_not_that_of_the_start():
    start = at("2026-11-20T01:00", dt.UTC)
    assert c.add_work_hours(start, 8, TABLE_2026, SHANGHAI) == at("2026-11-20T18:00")


def test_a_day_when_the_clocks_change_keeps_its_true_hours():
    zone = ZoneInfo("America/Los_Angeles")
    night = {"opens": dt.time(0), "closes": dt.time(8), "lunch": (dt.time(8), dt.time(8))}
    sunday = {d("2026-03-08"): True}
    end = c.add_work_hours(at("2026-03-08T00:00", zone), 7, sunday, zone, **night)
    assert end == at("2026-03-08T08:00", zone)


def test_deadlines_that_cannot_be_told_are_refused():
    with pytest.raises(TypeError):
        c.add_work_hours(dt.datetime(2026, 11, 20), 8, {}, SHANGHAI)  # noqa: DTZ001
    with pytest.raises(ValueError, match="negative"):
        c.add_work_hours(at("2026-11-20T09:00"), -1, {}, SHANGHAI)
    never = dict.fromkeys(c.days_of(d("2026-01-01"), d("2037-12-31")), False)
    with pytest.raises(ValueError, match="no workdays"):
        c.add_work_hours(at("2026-11-20T09:00"), 8, never, SHANGHAI)
    with pytest.raises(ValueError, match="no workdays"):
        c.add_workdays(d("2026-11-20"), 1, never)
