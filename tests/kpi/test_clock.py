"""E1, E2: the right month, once, at every awkward instant, by the company's zone and calendar."""

import datetime as dt
import threading
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from kit.calendar import official
from kpi import actions, closing, tasks
from kpi.models import Freeze, Period
from tenancy.calendar import seed_workdays
from tenancy.context import company
from tenancy.models import Company, JobRun, Param, WorkDay
from tests.conftest import cast_of
from tests.kpi.test_freeze import close_until

CHINA, PACIFIC = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/Los_Angeles")
UTC = dt.UTC
BOTH = official(2025) | official(2026)
TABLE = {day: works for day, (works, _name) in BOTH.items()}


def utc(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=UTC)


# instant in UTC, zone, the month it belongs to
INSTANTS = [
    ("2026-10-31T15:59:59", CHINA, "2026-10"),
    ("2026-10-31T16:00:00", CHINA, "2026-11"),
    ("2026-02-28T15:59:59", CHINA, "2026-02"),
    ("2026-02-28T16:00:00", CHINA, "2026-03"),
    ("2024-02-28T16:00:00", CHINA, "2024-02"),
    ("2024-02-29T15:59:59", CHINA, "2024-02"),
    ("2024-02-29T16:00:00", CHINA, "2024-03"),
    ("2025-12-31T15:59:59", CHINA, "2025-12"),
    ("2025-12-31T16:00:00", CHINA, "2026-01"),
    ("2026-01-01T00:00:00", CHINA, "2026-01"),
    ("2026-03-31T15:59:59", CHINA, "2026-03"),
    ("2026-03-31T16:00:00", CHINA, "2026-04"),
    ("2026-06-30T16:00:00", CHINA, "2026-07"),
    ("2026-09-30T15:59:59", CHINA, "2026-09"),
    ("2020-12-31T16:00:00", CHINA, "2021-01"),  # ISO week 53 of 2020
    ("2026-11-01T06:59:59", PACIFIC, "2026-10"),  # before the clocks go back
    ("2026-11-01T07:00:00", PACIFIC, "2026-11"),
    ("2026-11-01T08:59:59", PACIFIC, "2026-11"),  # the hour that comes twice
    ("2026-03-01T07:59:59", PACIFIC, "2026-02"),
    ("2026-03-01T08:00:00", PACIFIC, "2026-03"),
    ("2026-03-08T10:00:00", PACIFIC, "2026-03"),  # the hour that is left out
    ("2026-04-01T06:59:59", PACIFIC, "2026-03"),
    ("2026-04-01T07:00:00", PACIFIC, "2026-04"),
    ("2026-01-01T07:59:59", PACIFIC, "2025-12"),
    ("2026-01-01T08:00:00", PACIFIC, "2026-01"),
]


@pytest.mark.parametrize(("instant", "zone", "month"), INSTANTS)
def test_an_instant_belongs_to_the_month_of_the_company(instant, zone, month):
    assert f"{closing.month_at(utc(instant), zone):%Y-%m}" == month


# month, working day, last day of collecting
DAYS = [
    ("2025-12", 3, "2026-01-06"),  # 1 to 3 January off, Sunday the 4th made up: 4, 5, 6
    ("2026-01", 1, "2026-02-02"),
    ("2026-01", 3, "2026-02-04"),
    ("2026-02", 3, "2026-03-04"),
    ("2026-04", 3, "2026-05-08"),  # 1 to 5 May off: 6, 7, 8
    ("2026-04", 4, "2026-05-09"),  # a Saturday made up
    ("2026-09", 3, "2026-10-10"),  # 1 to 7 October off, Saturday the 10th made up: 8, 9, 10
    ("2026-09", 4, "2026-10-12"),
    ("2026-10", 3, "2026-11-04"),
    ("2025-09", 3, "2025-10-11"),  # 1 to 8 October off, Saturday the 11th made up: 9, 10, 11
    ("2024-01", 3, "2024-02-05"),
]


@pytest.mark.parametrize(("month", "days", "expected"), DAYS)
def test_the_day_is_counted_in_working_days_of_the_following_month(month, days, expected):
    found = closing.last_day(dt.date.fromisoformat(f"{month}-01"), days, TABLE)
    assert found == dt.date.fromisoformat(expected)


def at_the_second(pk, month, freeze):
    """(before, at) of both turns of a month: nothing, then exactly one step of its kind."""
    second = dt.timedelta(seconds=1)
    with company(pk):
        assert close_until(month - second) == []
        steps = close_until(month)
        assert [step.split()[0] for step in steps] == ["open", "collect"]
        assert close_until(month) == []
        assert close_until(freeze - second) == []
        assert [step.split()[0] for step in close_until(freeze)] == ["freeze"]
        assert close_until(freeze) == []
        return {step.split()[1] for step in steps}


# zone, a moment before, the first moment of the next month, the first moment after the third day
TURNS = [
    ("Asia/Shanghai", "2026-10-15T00:00:00", "2026-10-31T16:00:00", "2026-11-04T16:00:00"),
    ("Asia/Shanghai", "2025-12-15T00:00:00", "2025-12-31T16:00:00", "2026-01-06T16:00:00"),
    ("Asia/Shanghai", "2024-02-15T00:00:00", "2024-02-29T16:00:00", "2024-03-05T16:00:00"),
    ("Asia/Shanghai", "2026-02-10T00:00:00", "2026-02-28T16:00:00", "2026-03-04T16:00:00"),
    ("Asia/Shanghai", "2026-09-10T00:00:00", "2026-09-30T16:00:00", "2026-10-10T16:00:00"),
    # summer time ends on 1 November: midnight is at 07:00, from the 2nd on at 08:00
    ("America/Los_Angeles", "2026-10-15T00:00:00", "2026-11-01T07:00:00", "2026-11-05T08:00:00"),
    ("America/Los_Angeles", "2026-02-15T00:00:00", "2026-03-01T08:00:00", "2026-03-05T08:00:00"),
]


@pytest.mark.parametrize(("zone", "begin", "month", "freeze"), TURNS)
def test_each_step_is_taken_at_its_second_and_once(acme, zone, begin, month, freeze):
    """E1, E4: a second before nothing happens, at the second one step, then nothing more."""
    Company.objects.filter(pk=acme.company.pk).update(zone=zone)
    with company(acme.company.pk):
        WorkDay.objects.all().delete()
        seed_workdays(2024, 2025, 2026)
        close_until(utc(begin))
        at_the_second(acme.company.pk, utc(month), utc(freeze))
    runs = JobRun.objects.filter(job="kpi.close")
    assert runs.count() == len({(run.period, run.subject) for run in runs})
    assert not runs.filter(finished_at=None).exists()


def test_the_parameter_of_the_month_sets_the_day(acme):
    seed_workdays(2026)
    month = dt.date(2026, 9, 1)
    Param.objects.create(key="kpi.freeze_day", value=1, during=(dt.date(2026, 1, 1), None))
    assert actions.collects_until(month) == dt.date(2026, 10, 10) - dt.timedelta(2)
    assert actions.collects_until(dt.date(2025, 9, 1)) > dt.date(2025, 10, 2)


def test_every_beat_may_come_at_once_and_often(acme, rival):
    """E1: exactly once for each company, whichever beat comes first."""
    assert tasks.close() >= 2
    assert tasks.close() == 0
    with company(rival.company.pk):
        assert Period.objects.count() == 1
    with company(acme.company.pk):
        assert Period.objects.count() == 1
        assert JobRun.objects.filter(job="kpi.people").count() == 1


@pytest.mark.django_db(transaction=True)
def test_several_beats_at_the_same_moment_freeze_once():
    """E1: four beats, three missed months: each opened, collected and frozen by one of them."""
    acme = cast_of("acme")
    with company(acme.company.pk):
        close_until(utc("2026-05-20T00:00:00"))
    gate, errors = threading.Barrier(4), []

    def beat():
        try:
            gate.wait()
            while True:
                with company(acme.company.pk):
                    if not actions.advance(utc("2026-08-20T00:00:00")):
                        break
        except Exception as error:  # noqa: BLE001  told by the main thread
            errors.append(error)
        finally:
            connection.close()

    beats = [threading.Thread(target=beat) for _number in range(4)]
    for thread in beats:
        thread.start()
    for thread in beats:
        thread.join()
    assert errors == []
    with company(acme.company.pk):
        frozen = Freeze.objects.order_by("id").values_list("period__month", "version")
        assert [(f"{month:%m}", version) for month, version in frozen] == [
            ("05", 1), ("06", 1), ("07", 1),
        ]  # fmt: skip
        assert Period.objects.unfrozen().count() == 1
