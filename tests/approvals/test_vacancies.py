"""B7: empty seats, switched-off approvers, nobody left, holidays: never approved by itself, always
before somebody, and told upward by the next run of the clock.
"""

import datetime as dt

import pytest
from django.utils import timezone

from approvals import actions
from approvals.models import Decision, Delegation, Task
from audit.models import AuditLine
from contracts import actions as contracts
from org.actions import SEATS_CHANGED, UNIT_MOVED, disable, end_post, move_unit, start_post
from org.models import Member
from tenancy.actions import handlers
from tenancy.calendar import seed_workdays
from tenancy.context import memo
from tenancy.models import Outbox
from tests.approvals.legal import problems, stuck
from tests.approvals.test_clock import at
from tests.contracts.conftest import make_contract, make_customer
from tests.contracts.steps import approve

SUP, RM, FIN = "east_supervisor", "east_manager", "finance"


def news():
    """What the engine hears of within seconds."""
    waiting = Outbox.objects.filter(sent_at=None, topic__in=(SEATS_CHANGED, UNIT_MOVED))
    for row in waiting.filter(due_at__lte=timezone.now()).order_by("id"):
        handlers[row.topic](row.payload)
        Outbox.objects.filter(pk=row.pk).update(sent_at=timezone.now())


class Firm:
    """What happens to the people of a company, by name."""

    def __init__(self, acme):
        self.acme = acme

    def who(self, name):
        return Member.objects.select_related("company", "user").get(employee_no=name)

    def off(self, *names):
        for name in names:
            disable(self.who(name), by=self.acme.admin)

    def leave(self, *names):
        for name in names:
            for post in self.who(name).posts.all():
                end_post(post, by=self.acme.admin, ends_on=timezone.localdate() - dt.timedelta(1))

    def lend(self, principal, stand_in):
        self.row = Delegation.objects.create(
            principal=self.who(principal), stand_in=self.who(stand_in), made_by=self.acme.admin,
            starts_on=timezone.localdate(), ends_on=timezone.localdate(), reason="休假",
        )  # fmt: skip

    def take_back(self):
        actions.end_delegation(self.row, by=self.acme.admin)

    def over(self):
        """The day after the last one."""
        day = timezone.localdate() - dt.timedelta(1)
        Delegation.objects.update(starts_on=day, ends_on=day)
        Outbox.objects.filter(topic=SEATS_CHANGED).update(due_at=timezone.now())
        for row in Delegation.objects.all():
            actions.ask_again({"member": row.principal_id})

    def post(self, name, role, unit="east_one"):
        start_post(self.who(name), unit=self.acme.unit(unit), role=role, by=self.acme.admin)

    def move(self):
        move_unit(self.acme.unit("east_one"), target=self.acme.unit("west"), by=self.acme.admin)


# before the submission, after it -> who is asked at the first step (None: the company's queue)
TABLE = [
    ("nobody missing", "", "", {SUP}),
    ("the supervisor is off", f"off {SUP}", "", {RM}),
    ("the supervisor has left the post", f"leave {SUP}", "", {RM}),
    ("supervisor and manager are off", f"off {SUP} {RM}", "", {"director"}),
    ("supervisor, manager, director off", f"off {SUP} {RM} director", "", {"management"}),
    ("the whole line is off", f"off {SUP} {RM} director management", "", {None}),
    ("the whole line has left", f"leave {SUP} {RM} director management", "", {None}),
    ("the supervisor goes off later", "", f"off {SUP}", {RM}),
    ("the supervisor leaves the post later", "", f"leave {SUP}", {RM}),
    ("one after the other goes off", "", f"off {SUP}; off {RM}; off director", {"management"}),
    ("the last of the line goes off", f"off {SUP} {RM} director", "off management", {None}),
    ("all at once", "", f"off {SUP} {RM} director management", {None}),
    ("off with a stand-in", f"lend {SUP} west_supervisor; off {SUP}", "", {SUP}),
    ("off, the stand-in too", f"lend {SUP} west_supervisor; off {SUP} west_supervisor", "", {RM}),
    ("the stand-in goes off later", f"lend {SUP} west_supervisor; off {SUP}",
     "off west_supervisor", {RM}),
    ("the stand-in is taken back", f"lend {SUP} west_supervisor; off {SUP}", "take_back", {RM}),
    ("the stand-in's days are over", f"lend {SUP} west_supervisor; off {SUP}", "over", {RM}),
    ("the stand-in is the submitter", f"lend {SUP} east_rep; off {SUP}", "", {RM}),
    ("away and back", f"lend {SUP} west_supervisor", "take_back", {SUP}),
    ("two supervisors, one goes off", "post secretary supervisor", f"off {SUP}", {"secretary"}),
    ("two supervisors, both go off", "post secretary supervisor", f"off {SUP} secretary", {RM}),
    ("a new supervisor takes over", "post secretary supervisor", f"leave {SUP}", {"secretary"}),
    ("the submitter rises to the empty seat", f"off {SUP}; post east_rep supervisor", "", {RM}),
    ("the submitter holds the whole line",
     f"off {SUP} {RM} director management; post east_rep supervisor; post east_rep director root",
     "", {None}),
    ("the team moves to another region", f"off {SUP}", "move", {"west_manager"}),
]
# who is off while finance is asked beside the manager -> who is asked there
FINANCE = [
    ("one of two", "off finance2", {FIN}),
    ("both", f"off {FIN} finance2", {None}),
    ("both have left", f"leave {FIN} finance2", {None}),
    ("one off, the other stands in", "lend finance finance2; off finance", {FIN, "finance2"}),
    ("the manager and both", f"off {RM} {FIN} finance2", {None}),
]  # fmt: skip


def happen(firm, script):
    for act in filter(None, script.split("; ")):
        verb, *names = act.split()
        getattr(firm, verb)(*names)
    news()


def asked(case, key):
    rows = Task.objects.filter(case=case, step__key=key, state="open").select_related("member")
    return {row.member.employee_no if row.member else None for row in rows}


def looks_after_itself_never(case, passed=()):
    """Not approved, not stuck, legal; overdue it is told to somebody in one run of the clock."""
    said = Decision.objects.filter(case=case, verb="approve")
    assert list(said.values_list("by__employee_no", flat=True)) == list(passed)
    case.refresh_from_db()
    assert case.state == "running"
    assert (problems(case.pk), stuck(case.pk)) == ([], [])
    Task.objects.filter(case=case, state="open").update(due_at=timezone.now())
    open_ = Task.objects.filter(case=case, state="open").count()
    assert actions.run_clock()["escalated"] == open_
    assert actions.run_clock()["escalated"] == 0
    for task in Task.objects.filter(case=case, state="open"):
        assert task.told
        assert Member.objects.filter(pk__in=[one["id"] for one in task.told], is_active=True)
    assert AuditLine.objects.filter(verb="approvals.escalate").count() == open_


def sent(owner):
    paper = make_contract(owner, make_customer(owner))
    contracts.submit(paper, by=owner)
    paper.refresh_from_db()
    return paper


@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_a_vacancy_is_never_an_approval(acme, rates, row):
    _name, before, after, wanted = row
    firm = Firm(acme)
    happen(firm, before)
    case = sent(acme.anew("east_rep")).case
    happen(firm, after)
    assert asked(case, "supervisor") == wanted
    looks_after_itself_never(case)


@pytest.mark.parametrize("row", FINANCE, ids=[row[0] for row in FINANCE])
def test_the_step_of_finance_is_never_passed_over(acme, rates, row):
    _name, script, wanted = row
    paper = sent(acme.east_rep)
    approve(paper, acme.east_supervisor)
    happen(Firm(acme), script)
    assert asked(paper.case, "finance") == wanted
    looks_after_itself_never(paper.case, [SUP])


HOLIDAYS = [  # submitted, what the clock sees in between, the first run after the deadline
    ("over the National Day", "2026-09-30 17:00", "2026-10-08 09:00", "2026-10-12 17:00"),
    ("over the Spring Festival", "2026-02-14 17:00", "2026-02-23 18:00", "2026-02-26 18:00"),
    ("over a weekend", "2026-11-20 17:00", "2026-11-23 09:00", "2026-11-25 17:00"),
]


@pytest.mark.parametrize("row", HOLIDAYS, ids=[row[0] for row in HOLIDAYS])
def test_a_holiday_approves_nothing_and_its_end_is_noticed(acme, rates, monkeypatch, row):
    _name, opened, between, after = row
    seed_workdays(2026)
    memo().clear()
    moment = {}
    monkeypatch.setattr(timezone, "now", lambda: at(moment["now"]))
    told = []
    for moment["now"] in (opened, between, after):
        if moment["now"] == opened:
            case = sent(acme.east_rep).case
        told.append(actions.run_clock()["escalated"])
    assert told == [0, 0, 1]
    assert asked(case, "supervisor") == {SUP}
    assert not Decision.objects.filter(verb="approve").exists()


def test_the_table_is_as_long_as_promised():
    assert len(TABLE) + len(FINANCE) + len(HOLIDAYS) >= 30
