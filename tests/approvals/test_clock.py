"""T8 and T11: deadlines in working hours, reminded and told upward once, caught up later."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from approvals import actions
from approvals.models import Case, Task
from approvals.tasks import clock
from audit.models import AuditLine
from contracts import actions as contracts
from org.actions import disable
from tenancy.calendar import seed_workdays
from tenancy.context import memo
from tenancy.models import Outbox, WorkDay
from tests.contracts.steps import approve

ZONE = ZoneInfo("Asia/Shanghai")


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.fixture
def now(monkeypatch):
    """The clock on the wall, moved by hand."""

    def move(text):
        monkeypatch.setattr(timezone, "now", lambda: at(text))

    return move


@pytest.fixture(autouse=True)
def year(acme):
    seed_workdays(2026)
    memo().clear()


def sent(contract):
    contracts.submit(contract, by=contract.owner)
    contract.refresh_from_db()
    return Task.objects.get(case=contract.case, state="open")


# opened -> over after 24 working hours of 8 a day; make-up days and holidays of 2026 (T11)
DEADLINES = [
    ("a plain week", "2026-11-23 09:00", "2026-11-25 18:00"),
    ("over a weekend", "2026-11-20 17:00", "2026-11-25 17:00"),
    ("opened at night", "2026-11-23 22:00", "2026-11-26 18:00"),
    ("opened in the lunch break", "2026-11-23 12:30", "2026-11-26 12:00"),
    ("before Spring Festival, 02-14 is a workday", "2026-02-13 17:00", "2026-02-25 17:00"),
    ("02-16 is off", "2026-02-16 10:00", "2026-02-26 18:00"),
    ("01-04, a Sunday, is a workday", "2026-01-02 10:00", "2026-01-06 18:00"),
    ("02-28, a Saturday, is a workday", "2026-02-27 09:00", "2026-03-02 18:00"),
    ("05-09, a Saturday, is a workday", "2026-05-08 09:00", "2026-05-11 18:00"),
    ("09-20, a Sunday, is a workday", "2026-09-18 09:00", "2026-09-21 18:00"),
    ("10-01 is off, 10-10 is a workday", "2026-10-01 10:00", "2026-10-10 18:00"),
]


@pytest.mark.parametrize(
    ("opened", "over"), [row[1:] for row in DEADLINES], ids=[row[0] for row in DEADLINES]
)
def test_deadlines_in_working_hours(acme, contract, now, opened, over):
    now(opened)
    assert sent(contract).due_at == at(over)


def test_a_company_keeps_its_own_calendar(acme, contract, now):
    WorkDay.objects.update_or_create(date=dt.date(2026, 11, 24), defaults={"is_workday": False})
    memo().clear()
    now("2026-11-23 09:00")
    assert sent(contract).due_at == at("2026-11-26 18:00")


def outbox(topic):
    return Outbox.objects.filter(topic=f"approvals.{topic}").count()


def test_reminded_after_a_working_day_and_told_upward_at_the_deadline_once(acme, contract, now):
    now("2026-11-23 09:00")
    task = sent(contract)
    told = []
    for moment in ("2026-11-23 17:59", "2026-11-23 18:00", "2026-11-24 09:00", "2026-11-25 17:59",
                   "2026-11-25 18:00", "2026-11-25 18:05", "2026-11-27 09:00"):  # fmt: skip
        now(moment)
        told.append(actions.run_clock())
    assert [(row["reminded"], row["escalated"]) for row in told] == [
        (0, 0), (1, 0), (0, 0), (0, 0), (0, 1), (0, 0), (0, 0),
    ]  # fmt: skip
    assert (outbox("due_soon"), outbox("escalated")) == (1, 1)
    task.refresh_from_db()
    # it does not move: the same person is asked, the superior knows
    assert (task.state, task.member) == ("open", acme.east_supervisor)
    assert [one["name"] for one in task.told] == ["acme.east_manager"]
    line = AuditLine.objects.get(verb="approvals.escalate")
    assert (line.actor_id, line.after["told"]) == (None, "acme.east_manager")


def test_after_days_without_a_clock_each_is_caught_up_once(acme, contract, now):
    now("2026-11-23 09:00")
    sent(contract)
    now("2026-12-08 03:00")
    assert actions.run_clock() == {"reminded": 1, "escalated": 1}
    assert actions.run_clock() == {"reminded": 0, "escalated": 0}


def test_what_was_decided_or_taken_back_is_left_alone(acme, contract, now):
    now("2026-11-23 09:00")
    task = sent(contract)
    actions.withdraw(task.case, by=acme.east_rep)
    now("2026-12-08 03:00")
    assert actions.run_clock() == {"reminded": 0, "escalated": 0}


# whose task is overdue -> who is told
TOLD = [
    ("the manager's step", ("east_supervisor", "finance"), ["acme.director"]),
    ("the step of finance", ("east_supervisor", "east_manager"), ["acme.director"]),
]


@pytest.mark.parametrize(("before", "wanted"), [r[1:] for r in TOLD], ids=[r[0] for r in TOLD])
def test_who_is_told(acme, contract, now, before, wanted):
    now("2026-11-23 09:00")
    case = sent(contract).case
    for name in before:
        approve(contract, getattr(acme, name))
    now("2026-11-30 09:00")
    actions.run_clock()
    tasks = Task.objects.filter(case=case, state="open")
    assert all([one["name"] for one in task.told] == wanted for task in tasks)


def test_a_case_in_the_company_queue_is_told_to_the_administrators(acme, contract, now):
    now("2026-11-23 09:00")
    for name in ("finance", "finance2"):
        disable(getattr(acme, name), by=acme.admin)
    case = sent(contract).case
    approve(contract, acme.east_supervisor)
    assert Task.objects.get(case=case, state="open", step__key="finance").member is None
    now("2026-11-30 09:00")
    actions.run_clock()
    assert Task.objects.get(case=case, member=None).told[0]["name"] == "acme.admin"
    assert Case.objects.get(pk=case.pk).state == "running"


def test_the_job_goes_through_every_company(acme, contract, now):
    now("2026-11-23 09:00")
    sent(contract)
    now("2026-12-08 03:00")
    assert clock() == 2
    assert clock() == 0
