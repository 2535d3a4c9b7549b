"""CUS-1.8, CUS-1.9: owners are reminded on working days, once each, in order after a pause."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine

from customers import actions as customers
from customers.models import Customer, Visit
from customers.tasks import remind
from notices.models import Notice
from tenancy.calendar import seed_workdays
from tenancy.jobs import MOST_TRIES, jobs
from tenancy.models import Company, JobRun, Param

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
VISIT, CONTACT = "customers.visit_due", "customers.contact_due"


def at(text, zone=SHANGHAI):
    return time_machine.travel(dt.datetime.fromisoformat(text).replace(tzinfo=zone), tick=False)


@pytest.fixture
def year(acme):
    seed_workdays(2026)
    Customer.objects.update(archived_at=dt.datetime.now(dt.UTC))
    return acme


def made(cast, day, tier="A", **fields):
    """A customer whose last contact was on a day, or whose next visit is planned."""
    customer = customers.create(by=cast.east_rep, name=f"华东机械 {Customer.objects.count()}")
    moment = dt.datetime.combine(day, dt.time(10), SHANGHAI)
    fields = {"tier": tier, "last_contact_at": moment} | fields
    Customer.objects.filter(pk=customer.pk).update(**fields)
    return customer


def told(topic):
    rows = Notice.objects.filter(topic=topic).order_by("pk")
    return [(row.target_id, row.values["day"]) for row in rows]


def test_a_cadence_that_runs_out_is_told_once_a_spell(year):
    with at("2026-03-11T08:00"):  # Wednesday; tier A is seven days
        late = made(year, dt.date(2026, 3, 3))
        made(year, dt.date(2026, 3, 4))  # seven days today: overdue from tomorrow on
        made(year, dt.date(2026, 2, 10))  # told long ago
        made(year, dt.date(2026, 3, 3), tier="B")
        planned = made(year, dt.date(2026, 2, 1), next_visit_on=dt.date(2026, 3, 10))
        made(year, dt.date(2026, 2, 1), next_visit_on=dt.date(2026, 3, 12))
        gone = made(year, dt.date(2026, 3, 3))
        customers.archive(gone, by=year.east_rep)
        assert set(Customer.objects.overdue(dt.date(2026, 3, 11)).values_list("pk", flat=True)) >= {
            late.pk, planned.pk
        }  # fmt: skip
        assert remind() == 2  # the other company too, where there is nothing to tell
        assert remind() == 0
    assert sorted(told(CONTACT)) == sorted(
        [(late.pk, "2026-03-03"), (planned.pk, "2026-03-10")]
    )
    assert set(Notice.objects.values_list("member_id", flat=True)) == {year.east_rep.pk}
    run = JobRun.objects.get(job="customers.remind", company=year.company)
    assert run.did == {"visits": 0, "contacts": 2}
    with at("2026-03-12T08:00"):
        remind()
    assert len(told(CONTACT)) == 3


def test_a_visit_is_told_on_its_day_or_days_before(year):
    customer = made(year, dt.date(2026, 3, 10))
    with at("2026-03-11T06:59"):
        visit = customers.plan_visit(customer, by=year.east_rep, planned_on=dt.date(2026, 3, 11))
        cancelled = customers.plan_visit(
            made(year, dt.date(2026, 3, 10)), by=year.east_rep, planned_on=dt.date(2026, 3, 11)
        )
        customers.cancel_visit(cancelled, by=year.east_rep, reason="客户出差")
        assert remind() == 0  # before the working day
    with at("2026-03-11T07:00"):
        remind()
    assert told(VISIT) == [(customer.pk, "2026-03-11")]
    Param.objects.create(
        key="customers.visit_ahead_days", value=2, during=(dt.date(2026, 3, 12), None)
    )
    Visit.objects.filter(pk=visit.pk).update(planned_on=dt.date(2026, 3, 14))
    with at("2026-03-12T08:00"):
        remind()
    assert told(VISIT)[1:] == [(customer.pk, "2026-03-14")]


def test_three_days_without_a_worker_are_made_up_for_in_order(year):
    with at("2026-03-09T08:00"):
        remind()
        days = [dt.date(2026, 3, day) for day in (2, 3, 4)]  # overdue on the 10th, 11th, 12th
        lost = [made(year, day) for day in reversed(days)]
    with at("2026-03-12T08:00"):
        assert remind() == 6
        assert remind() == 0
    assert told(CONTACT) == [
        (pk, f"{day}") for pk, day in zip([c.pk for c in reversed(lost)], days, strict=True)
    ]
    periods = JobRun.objects.filter(job="customers.remind").order_by("started_at", "pk")
    assert list(periods.values_list("period", flat=True)) == [
        f"2026-03-{day:02}" for day in (9, 10, 11, 12)
    ]


def test_holidays_are_told_on_the_next_working_day(year):
    with at("2026-09-30T08:00"):
        remind()
    on_holiday = made(year, dt.date(2026, 9, 25))  # overdue on 3 October
    for moment in ("2026-10-01T09:00", "2026-10-05T09:00"):
        with at(moment):
            remind()
            assert told(CONTACT) == []
    with at("2026-10-08T08:00"):
        assert remind() >= 1
    assert told(CONTACT) == [(on_holiday.pk, "2026-09-25")]
    # a Saturday that makes up for them is a working day
    makes_up = made(year, dt.date(2026, 10, 2))
    with at("2026-10-10T08:00"):
        remind()
    assert told(CONTACT)[1:] == [(makes_up.pk, "2026-10-02")]


def test_a_pause_longer_than_a_week_loses_nothing(year):
    with at("2026-03-02T08:00"):
        remind()
    old = made(year, dt.date(2026, 2, 26))  # overdue on 6 March
    with at("2026-03-31T08:00"):
        assert remind() >= 5
    assert told(CONTACT) == [(old.pk, "2026-02-26")]


def test_the_companys_zone_says_which_day_it_is(year):
    Company.objects.filter(pk=year.company.pk).update(zone="America/New_York")
    with at("2026-03-11T06:59", ZoneInfo("America/New_York")):
        remind()
        assert not JobRun.objects.filter(job="customers.remind").exists()
    with at("2026-03-11T07:00", ZoneInfo("America/New_York")):
        remind()
        assert JobRun.objects.get(job="customers.remind").period == "2026-03-11"


def test_a_day_that_fails_is_undone_noted_and_tried_again_before_the_next(year, monkeypatch):
    with at("2026-03-09T08:00"):
        remind()
    late = made(year, dt.date(2026, 3, 2))  # overdue on the 10th

    def fail(_after, _day):
        Notice.objects.create(member=year.east_rep, topic="x", text="x", event="half")
        raise ZeroDivisionError("华东机械")

    known = jobs["customers.remind"]
    import dataclasses

    monkeypatch.setitem(jobs, "customers.remind", dataclasses.replace(known, work=fail))
    with at("2026-03-11T08:00"):
        remind()
        remind()
    run = JobRun.objects.get(job="customers.remind", period="2026-03-10")
    assert (run.tries, run.error) == (1, "ZeroDivisionError")
    assert not Notice.objects.filter(event="half").exists()
    assert not JobRun.objects.filter(job="customers.remind", period="2026-03-11").exists()
    monkeypatch.setitem(jobs, "customers.remind", known)
    with at("2026-03-11T08:04"):
        remind()
        assert told(CONTACT) == []
    with at("2026-03-11T08:06"):
        assert remind() == 4  # two days in two companies
    assert told(CONTACT) == [(late.pk, "2026-03-02")]
    run.refresh_from_db()
    assert run.error == ""
    # what fails again and again lets the next days go, and they take its span along
    monkeypatch.setitem(jobs, "customers.remind", dataclasses.replace(known, work=fail))
    for minute in range(0, 600, 30):
        with at(f"2026-03-12T{7 + minute // 60:02}:{minute % 60:02}"):
            remind()
    assert JobRun.objects.get(job="customers.remind", period="2026-03-12").tries == MOST_TRIES
    other = made(year, dt.date(2026, 3, 4))  # overdue on the 12th
    monkeypatch.setitem(jobs, "customers.remind", known)
    with at("2026-03-13T08:00"):
        remind()
    assert (other.pk, "2026-03-04") in told(CONTACT)


@pytest.mark.parametrize("number", [1, 40])
def test_one_and_many_take_the_same_statements(year, number, django_assert_num_queries):
    days = (dt.date(2026, 3, 10), dt.date(2026, 3, 11))
    customer = customers.create(by=year.east_rep, name="华东机械")
    moment = dt.datetime(2026, 3, 3, 10, tzinfo=SHANGHAI)
    rows = [
        Customer(
            name=f"客户{n}", owner=year.east_rep, unit=customer.unit, org_path=customer.org_path,
            tier="A", last_contact_at=moment,
        )
        for n in range(number)
    ]  # fmt: skip
    Customer.objects.bulk_create(rows)
    from customers.actions import reminders

    reminders.remind(*days)  # the parameters are read
    Notice.objects.all().delete()
    with django_assert_num_queries(6):
        did = reminders.remind(*days)
    assert did["contacts"] == number
