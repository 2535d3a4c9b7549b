"""D8, E1, E3, E4: every job of the clock, each period once, whatever clocks and beats do."""

import datetime as dt
import random
import threading
import time
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction

from accounts.models import Letter
from audit.verify import verify
from contracts import actions as contracts
from contracts.models import Contract
from contracts.terms import farthest
from customers import actions as customers
from customers.models import Customer, Visit
from kit.calendar import add_workdays
from kpi.models import Period
from notices.models import Mail, Notice
from salesops.beat import Scheduler
from salesops.celery import app
from tenancy.actions import post
from tenancy.calendar import seed_workdays, work_table, working
from tenancy.jobs import begin, finish, jobs, look_everywhere, note_failure
from tenancy.models import Company, JobRun, Outbox, Param
from tests.conftest import cast_of, client_of, inside
from tests.contracts.conftest import make_contract, make_customer

CHINA, PACIFIC = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/Los_Angeles")
BY_DAYS = sorted(key for key, job in jobs.items() if job.is_by_days)
ON_WORKDAYS = {key for key in BY_DAYS if jobs[key].pace == "workday"}
EVERY_DAY = {*BY_DAYS, "kpi.people"} - ON_WORKDAYS


def scheduled():
    app.loader.import_default_modules()
    return [app.tasks[entry["task"]] for entry in app.conf.beat_schedule.values()]


def at(text, zone=CHINA):
    return time_machine.travel(dt.datetime.fromisoformat(text).replace(tzinfo=zone), tick=False)


def periods(job):
    rows = JobRun.objects.filter(job=job, subject="").exclude(period="latest")
    assert not rows.exclude(error="", finished_at__isnull=False).exists(), job
    return list(rows.order_by("started_at", "pk").values_list("period", flat=True))


def days(*texts):
    return [f"2026-{text}" for text in texts]


# --- D8: three beats, and a clock that jumps ------------------------------------------------------

JUMPS = [
    "2026-10-28T08:00:00",
    "2026-10-29T08:00:00",
    "2026-10-29T09:00:00",  # an hour ahead
    "2026-10-29T08:00:00",  # and back
    "2026-10-30T23:30:00",
    "2026-10-31T00:30:00",  # ahead over midnight
    "2026-10-30T23:30:00",
    "2026-10-31T23:59:59",
    "2026-11-01T00:00:00",  # over the month's end
    "2026-10-31T23:00:00",  # back into the old month
    "2026-11-01T00:00:01",
    "2026-11-02T10:00:00",
    "2026-11-05T10:00:00",  # three days down
    "2026-11-05T10:05:00",
]
# company -> working days told, days looked at, nights compared, steps of the months
EXPECTED = {
    "acme": (
        days("10-28", "10-29", "10-30", "11-02", "11-03", "11-04", "11-05"),
        days("10-28", "10-29", "10-30", "10-31", "11-01", "11-02", "11-05"),
        days("10-28", "10-29", "10-30", "10-31", "11-02", "11-05"),
        ["10 open", "11 open", "10 collect", "10 freeze-1"],
    ),
    "rival": (  # in Los Angeles, fifteen hours behind, sixteen from 1 November on
        days("10-27", "10-28", "10-29", "10-30", "11-02", "11-03", "11-04"),
        days("10-27", "10-28", "10-30", "10-31", "11-01", "11-04"),
        days("10-27", "10-28", "10-30", "10-31", "11-01", "11-04"),
        ["10 open", "11 open", "10 collect"],
    ),
}
# last contact of customers of tier A: told after seven days and one more
LATE = days("10-21", "10-22", "10-24", "10-25", "10-26", "10-27")
VISITS = days("10-29", "10-31", "11-03", "11-04")


def three_beats():
    """Every scheduled job by three at the same moment, each in an order of its own."""
    gate, errors, tasks = threading.Barrier(3, timeout=30), [], scheduled()

    def beat():
        mine = random.sample(tasks, len(tasks))
        try:
            gate.wait()
            for task in mine:
                task.run()
        except Exception as error:  # noqa: BLE001  told by the main thread
            errors.append(error)
        finally:
            connection.close()

    beats = [threading.Thread(target=beat) for _n in range(3)]
    for thread in beats:
        thread.start()
    for thread in beats:
        thread.join()
    assert errors == []


def told(topic):
    rows = Notice.objects.filter(topic=topic).order_by("pk")
    return [row.values["day"] for row in rows]


def business(cast):
    """Customers and visits that come due one day after the other, and a letter to a login."""
    seed_workdays(2026)
    contracts.seed_vat_rates()
    for day in LATE:
        one = make_customer(cast.east_rep, name=f"客户{day}")
        contact = dt.datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=CHINA)
        Customer.objects.filter(pk=one.pk).update(last_contact_at=contact)
    visited = make_customer(cast.east_rep, name="乙方", tier="D")
    for day in VISITS:
        on = dt.date.fromisoformat(day)
        customers.plan_visit(visited, by=cast.east_rep, planned_on=on)
    Letter.objects.create(user=cast.east_rep.user, kind="password", language="en", base="")
    return visited


@pytest.mark.django_db(transaction=True)
def test_three_beats_and_jumps_of_the_clock(settings, tmp_path):
    """D8: each period exactly once, what was missed in order, and nothing is told twice."""
    settings.HAS_MAIL, settings.DATA = True, tmp_path
    acme, rival = cast_of("acme"), cast_of("rival")
    Company.objects.filter(pk=rival.company.pk).update(zone="America/Los_Angeles")
    with at("2026-10-27T09:00:00"), inside(acme):
        visited = business(acme)
    with at("2026-10-28T09:00:00"), inside(acme):
        contract = make_contract(acme.east_rep, visited)  # what is submitted on the 29th
    for number, moment in enumerate(JUMPS):
        with at(moment):
            if number == 1:
                with inside(acme):
                    contracts.submit(contract, by=acme.east_rep)
            three_beats()
    for slug, (workdays, looked, nights, steps) in EXPECTED.items():
        with inside(cast_of(slug)):
            found = {key: periods(key) for key in {*BY_DAYS, "kpi.people", "figures.reconcile"}}
            wanted = {key: looked if key in EVERY_DAY else workdays for key in found}
            assert found == wanted | {"figures.reconcile": nights}
            runs = JobRun.objects.filter(job="kpi.close").exclude(period="latest").order_by("pk")
            assert [f"{run.period[5:]} {run.subject}" for run in runs] == steps
            assert verify(cast_of(slug).company.pk).ok
    with inside(acme):
        # the planned customer is late after the first of its days
        assert told("customers.contact_due") == [*LATE[:2], VISITS[0], *LATE[2:]]
        assert told("customers.visit_due") == VISITS
        news = Outbox.objects.filter(topic__in=("approvals.due_soon", "approvals.escalated"))
        assert list(news.order_by("pk").values_list("topic", flat=True)) == [
            "approvals.due_soon", "approvals.escalated"
        ]  # fmt: skip
        sent = Mail.objects.filter(state="sent")
        assert sent.filter(period="2026-11-05").exists()
        assert not Mail.objects.exclude(state__in=("sent", "dropped")).exists()
        assert len(mail.outbox) == sent.count() + 1  # and the letter


# --- E1: instants ---------------------------------------------------------------------------------

# instant in UTC, zone, its day, whether a working day has begun (seven o'clock), its month
INSTANTS = [
    ("2026-10-31T15:59:59", CHINA, "2026-10-31", False, "2026-10"),
    ("2026-10-31T16:00:00", CHINA, "2026-11-01", False, "2026-11"),
    ("2024-02-28T15:59:59", CHINA, "2024-02-28", True, "2024-02"),
    ("2024-02-28T16:00:00", CHINA, "2024-02-29", False, "2024-02"),
    ("2024-02-28T22:59:59", CHINA, "2024-02-29", False, "2024-02"),
    ("2024-02-28T23:00:00", CHINA, "2024-02-29", True, "2024-02"),
    ("2024-02-29T15:59:59", CHINA, "2024-02-29", True, "2024-02"),
    ("2024-02-29T16:00:00", CHINA, "2024-03-01", False, "2024-03"),
    ("2026-02-28T15:59:59", CHINA, "2026-02-28", True, "2026-02"),  # a Saturday made up
    ("2026-02-28T16:00:00", CHINA, "2026-03-01", False, "2026-03"),
    ("2025-12-31T15:59:59", CHINA, "2025-12-31", True, "2025-12"),
    ("2025-12-31T16:00:00", CHINA, "2026-01-01", False, "2026-01"),
    ("2026-01-01T04:00:00", CHINA, "2026-01-01", False, "2026-01"),  # a holiday at noon
    ("2026-01-04T04:00:00", CHINA, "2026-01-04", True, "2026-01"),  # a Sunday made up
    ("2020-12-31T04:00:00", CHINA, "2020-12-31", True, "2020-12"),  # ISO week 53
    ("2021-01-03T23:00:00", CHINA, "2021-01-04", True, "2021-01"),
    ("2026-03-31T15:59:59", CHINA, "2026-03-31", True, "2026-03"),  # ends of quarters
    ("2026-03-31T16:00:00", CHINA, "2026-04-01", False, "2026-04"),
    ("2026-06-30T16:00:00", CHINA, "2026-07-01", False, "2026-07"),
    ("2026-09-30T15:59:59", CHINA, "2026-09-30", True, "2026-09"),
    ("2026-10-01T04:00:00", CHINA, "2026-10-01", False, "2026-10"),
    ("2026-11-01T06:59:59", PACIFIC, "2026-10-31", False, "2026-10"),
    ("2026-11-01T07:00:00", PACIFIC, "2026-11-01", False, "2026-11"),
    ("2026-11-02T14:59:59", PACIFIC, "2026-11-02", False, "2026-11"),  # after the clocks
    ("2026-11-02T15:00:00", PACIFIC, "2026-11-02", True, "2026-11"),  # went back
    ("2026-03-09T13:59:59", PACIFIC, "2026-03-09", False, "2026-03"),  # and forward
    ("2026-03-09T14:00:00", PACIFIC, "2026-03-09", True, "2026-03"),
]


@pytest.fixture
def alone(acme):
    """One company of the two, so that a look costs half."""
    Company.objects.exclude(pk=acme.company.pk).update(is_active=False)
    seed_workdays(2020, 2021, 2024, 2025, 2026)
    return acme


@pytest.fixture
def looks():
    """Every scheduled job that has a period."""
    wanted = {*BY_DAYS, "figures.reconcile", "kpi.close"}
    return [task for task in scheduled() if task.name in wanted]


def test_each_job_finds_its_period_at_every_instant_once(alone, looks):
    """E1: the company's day and month, not the server's; a working day from seven o'clock."""
    firm = Company.objects.filter(pk=alone.company.pk)
    for instant, zone, day, has_begun, month in INSTANTS:
        firm.update(zone=zone.key)
        mark = transaction.savepoint()
        with at(instant, dt.UTC):
            wanted = {key: [day] for key in EVERY_DAY}
            wanted |= {key: [day] if has_begun else [] for key in ON_WORKDAYS}
            night = dt.datetime.now(zone).hour >= 1
            wanted["figures.reconcile"] = [day] if night else []
            for _twice in range(2):
                for task in looks:
                    task.run()
                assert {key: periods(key) for key in wanted} == wanted, instant
                assert [f"{row.month:%Y-%m}" for row in Period.objects.all()] == [month], instant
        transaction.savepoint_rollback(mark)


# day something falls due on, the first working day from then on
DUE = [
    ("2024-02-29", "2024-02-29"),
    ("2025-12-31", "2025-12-31"),
    ("2026-01-01", "2026-01-04"),  # three days off, a Sunday made up
    ("2026-02-28", "2026-02-28"),  # a Saturday made up
    ("2026-06-30", "2026-06-30"),
    ("2026-09-30", "2026-09-30"),
    ("2026-10-01", "2026-10-08"),
    ("2026-10-31", "2026-11-02"),
    ("2020-12-31", "2020-12-31"),
]
TOPICS = ("customers.visit_due", "customers.contact_due", "contracts.lying", "contracts.ending")
SECOND = dt.timedelta(seconds=1)


def fall_due(customer, draft, signed, due, zone):
    """Of each kind one that is due that day: by its plan, its cadence, its days, its end."""
    place = {"owner": customer.owner, "unit": customer.unit, "org_path": customer.org_path}
    Visit.objects.create(customer=customer, planned_on=due, **place)
    Customer.objects.filter(pk=customer.pk).update(next_visit_on=due - dt.timedelta(days=1))
    still = dt.datetime.combine(due - dt.timedelta(days=7), dt.time(23, 59, 59), zone)
    Contract.objects.filter(pk=draft.pk).update(updated_at=still)
    ends = due + dt.timedelta(days=farthest())
    Contract.objects.filter(pk=signed.pk).update(status="signed", signed_on=due, ends_on=ends)


@pytest.mark.parametrize("zone", [CHINA, PACIFIC], ids=lambda zone: zone.key)
def test_what_falls_due_is_told_from_seven_on_and_once(alone, looks, zone):
    """E1, T11: visit, cadence, draft and end of validity, a second before and after."""
    Company.objects.filter(pk=alone.company.pk).update(zone=zone.key)
    contracts.seed_vat_rates()
    remind = [task for task in looks if task.name in ON_WORKDAYS]
    customer = make_customer(alone.east_rep, tier="D")
    draft, signed = (make_contract(alone.east_rep, customer, title=t) for t in ("甲", "乙"))
    contracts.submit(signed, by=alone.east_rep)
    for due, first in ((dt.date.fromisoformat(text) for text in row) for row in DUE):
        mark = transaction.savepoint()
        seven = dt.datetime.combine(first, dt.time(7), zone)

        def tell(moment):
            with time_machine.travel(moment, tick=False):
                for task in remind:
                    task.run()
            return sorted(Notice.objects.filter(topic__in=TOPICS).values_list("topic", flat=True))

        day_before = add_workdays(due, -1, work_table())
        assert tell(dt.datetime.combine(day_before, dt.time(8), zone)) == []
        fall_due(customer, draft, signed, due, zone)
        assert tell(seven - SECOND) == [], due
        assert tell(seven) == sorted(TOPICS), due
        assert tell(seven + SECOND) == sorted(TOPICS), due
        assert tell(seven + dt.timedelta(days=1)) == sorted(TOPICS), due
        transaction.savepoint_rollback(mark)


# --- E4: a day of 23 and one of 25 hours ----------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "change"),
    [
        ("America/Los_Angeles", "2026-03-08"),
        ("America/Los_Angeles", "2026-11-01"),
        ("Australia/Sydney", "2026-04-05"),
        ("Australia/Sydney", "2026-10-04"),
    ],
)
def test_a_day_is_a_day_of_the_company(alone, looks, zone, change):
    """E4: once a local day, however long it is, looked at every hour that matters."""
    Company.objects.filter(pk=alone.company.pk).update(zone=zone)
    daily = [task for task in looks if task.name not in ON_WORKDAYS]
    noon = dt.datetime.fromisoformat(f"{change}T12:00:00").replace(tzinfo=ZoneInfo(zone))
    seen = set()
    for hours in (-13, -12, -11, -10, -9, -8, -1, 3, 10, 11, 12, 13, 14):
        moment = noon.astimezone(dt.UTC) + dt.timedelta(hours=hours)
        seen.add(f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d}")
        with time_machine.travel(moment, tick=False):
            for task in daily:
                task.run()
    for job in EVERY_DAY:
        assert periods(job) == sorted(seen), job
    assert set(periods("figures.reconcile")) <= seen
    assert len(periods("figures.reconcile")) == len(set(periods("figures.reconcile")))


def test_a_page_has_the_day_of_the_company(alone):
    """E4: six in the evening in Los Angeles is tomorrow in Shanghai."""
    browser = client_of(alone.east_rep)
    customer = make_customer(alone.east_rep)
    day = {"planned_on": "2026-11-10", "kind": "field", "purpose": "回访"}
    with at("2026-11-10T18:00:00", PACIFIC):
        url = f"/customers/{customer.pk}/plan_visit/"
        assert browser.post(url, day).status_code == 422
        Company.objects.filter(pk=alone.company.pk).update(zone=PACIFIC.key)
        assert browser.post(url, day).status_code == 302


# --- E3 and clocks that go back -------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_a_clock_beside_that_of_the_database(alone, minutes):
    """E3: news goes out at once, and in the order it was written."""
    for task in scheduled():
        if task.name == "tenancy.sweep":
            sweep = task
    with time_machine.travel(time.time() + minutes * 60, tick=False):
        rows = [post("x.y").pk for _n in range(2)]
        later = post("x.y", due_at=dt.datetime.now(dt.UTC) + dt.timedelta(minutes=1))
        assert sweep.run() >= 2
        sent = Outbox.objects.exclude(sent_at=None).filter(pk__in=rows)
        assert sent.count() == 2
        later.refresh_from_db()
        assert later.sent_at is None
        assert verify(alone.company.pk).ok


def test_news_written_before_the_clock_went_back_waits_for_nothing(alone):
    """D8: what was due when it was written is due an hour earlier too; a failed one waits."""
    sweep = next(task for task in scheduled() if task.name == "tenancy.sweep")
    row, tried = post("x.y"), post("x.y")
    Outbox.objects.filter(pk=tried.pk).update(tries=1)
    with time_machine.travel(time.time() - 3600, tick=False):
        sweep.run()
    row.refresh_from_db()
    tried.refresh_from_db()
    assert (row.sent_at is None, tried.sent_at is None) == (False, True)


def test_beat_goes_on_when_the_clock_is_set_back(tmp_path, monkeypatch):
    """D8: what ran an hour ahead goes on in its rhythm; Celery's own would wait for the hour."""
    sent = []
    with time_machine.travel(time.time(), tick=False) as clock:
        beat = Scheduler(app, schedule_filename=str(tmp_path / "schedule"))
        monkeypatch.setattr(beat, "apply_entry", lambda entry, **_more: sent.append(entry.name))
        monkeypatch.setattr(Scheduler, "producer", None)

        def ticks(seconds=0):
            clock.shift(seconds)
            sent.clear()
            while beat.tick() == 0:
                pass
            return sorted(sent)

        everything = sorted(app.conf.beat_schedule)
        assert ticks() == []
        assert ticks(3601) == everything
        assert ticks() == []
        assert ticks(-3600) == []
        assert ticks(2) == ["sweep"]
        assert ticks(3) == ["fold", "letters", "sweep"]
        assert ticks(3600) == everything
        beat.close()


def test_a_companys_fault_is_its_own(acme, rival):
    """The next company is looked at, the fault is noted in the first and told to the worker."""
    seen = []

    def look(pk):
        seen.append(pk)
        if pk == acme.company.pk:
            with working(pk):
                post("half.done")
                raise ZeroDivisionError("华东精密机械有限公司")
        return 1

    with pytest.raises(ZeroDivisionError):
        look_everywhere("approvals.clock", look)
    assert set(seen) == {acme.company.pk, rival.company.pk}
    assert not Outbox.objects.filter(topic="half.done").exists()
    run = JobRun.objects.get(job="approvals.clock")
    assert (run.period, run.error, run.tries) == ("latest", "ZeroDivisionError", 1)
    assert look_everywhere("approvals.clock", lambda _pk: 1) == 2


def test_a_fault_of_one_beat_does_not_undo_what_another_has_done(alone):
    """D8: both take up the day, one fails: what is done stays done and is not tried again."""
    with at("2026-03-11T08:00:00"):
        run = begin("customers.remind", "2026-03-11")
        finish(run, {})
        note_failure("customers.remind", "2026-03-11", ZeroDivisionError())
        run.refresh_from_db()
        assert (run.error, run.tries) == ("", 0)
        note_failure("customers.remind", "2026-03-12", ZeroDivisionError())
        assert JobRun.objects.get(period="2026-03-12").tries == 1


def test_a_limit_that_changes_skips_nobody(alone, looks):
    """E1: told by the new limit from its day on; what lies between the two is told then."""
    customer = make_customer(alone.east_rep, tier="D")
    place = {"owner": customer.owner, "unit": customer.unit, "org_path": customer.org_path}
    for day in (10, 11, 12, 13):
        Visit.objects.create(customer=customer, planned_on=dt.date(2026, 3, day), **place)
    starts = dt.date(2026, 3, 11)
    Param.objects.create(key="customers.visit_ahead_days", value=2, during=(starts, None))
    (remind,) = (task for task in looks if task.name == "customers.remind")
    for day, known in (("10", 1), ("11", 4), ("12", 4)):
        with at(f"2026-03-{day}T08:00:00"):
            remind.run()
        assert len(told("customers.visit_due")) == known
