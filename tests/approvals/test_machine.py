"""B3: whatever people do in whatever order, the rules of separation and of the chain hold."""

import contextlib
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from approvals import actions
from approvals.models import Case, Delegation, Status, Task
from audit.models import Head
from contracts import actions as contracts
from contracts.chain import PLAN
from contracts.models import Contract
from customers.actions import hand_over
from kit.because import Refused
from org.actions import SEATS_CHANGED, UNIT_MOVED, disable, enable, end_post, move_unit, start_post
from org.models import Member, Role
from tenancy.actions import handlers
from tenancy.models import Outbox
from tests.approvals.legal import problems, stuck
from tests.approvals.test_delegation import lend
from tests.contracts.conftest import make_contract, make_customer

PEOPLE = (
    "east_rep", "east_supervisor", "west_supervisor", "east_manager", "west_manager", "director",
    "management", "finance", "finance2", "secretary",
)  # fmt: skip
SUBMITTERS = ("east_rep", "east_supervisor", "east_manager", "bare_rep")
who = st.sampled_from(PEOPLE)
POINTS = {key: {"ok": True} for step in PLAN for key in step.checklist}
WORDS = "条款合规，同意按此执行"


class Approvals(RuleBasedStateMachine):
    """Works inside the company and the transaction of the fixture `acme`."""

    acme, drafts = None, {}

    def __init__(self):
        super().__init__()
        self.point = transaction.savepoint()
        self.checked = None

    def teardown(self):
        try:
            # somebody always can go on, whoever has left meanwhile
            self.spread_news()
            assert stuck(self.pk) == []
        finally:
            transaction.savepoint_rollback(self.point)

    def spread_news(self):
        """What the engine itself must hear of; who is written to is not asked here."""
        waiting = Outbox.objects.filter(sent_at=None, topic__in=(SEATS_CHANGED, UNIT_MOVED))
        for row in waiting.filter(due_at__lte=timezone.now()).order_by("id"):
            handlers[row.topic](row.payload)
            Outbox.objects.filter(pk=row.pk).update(sent_at=timezone.now())

    def member(self, name):
        return Member.objects.select_related("company", "user").get(employee_no=name)

    def tried(self, act, *args, **kwargs):
        """A refusal is an answer that writes nothing; anything else is an error of ours."""
        with contextlib.suppress(Refused), transaction.atomic():
            act(*args, **kwargs)

    @property
    def case(self):
        return Case.objects.get(pk=self.pk)

    @property
    def paper(self):
        return Contract.objects.select_related("owner").get(pk=self.paper_pk)

    @initialize(name=st.sampled_from(SUBMITTERS), heir=st.sampled_from(["", "", *SUBMITTERS]),
                stand_in=who, passed=st.integers(0, 2))  # fmt: skip
    def submit_first(self, name, heir, stand_in, passed):
        """Perhaps drafted by another, with a stand-in, and some way up the chain already."""
        self.paper_pk = self.drafts[name]
        if heir:
            self.hand_over(heir, "director")
        self.tried(lend, self.member("east_manager"), self.member(stand_in), self.acme.admin)
        paper = self.paper
        contracts.submit(paper, by=paper.owner)
        paper.refresh_from_db()
        self.pk = paper.case_id
        for _n in range(passed):
            self.approve_as_asked(0)

    @rule(name=who, verb=st.sampled_from(["approve", "approve", "approve", "return", "reject"]),
          to=st.sampled_from(["", "supervisor", "regional_manager"]))  # fmt: skip
    def decide(self, name, verb, to):
        by, case = self.member(name), self.case
        self.tried(
            actions.decide, case, verb=verb, by=by, seen=case.content_hash, comment=WORDS,
            checklist=POINTS, to=to if verb == "return" else "",
        )  # fmt: skip

    def asked(self, place):
        """One of those who may answer now, or a stand-in of theirs."""
        tasks = Task.objects.filter(case=self.pk, state=Task.State.OPEN).order_by("id")
        names = list(tasks.values_list("member__employee_no", flat=True))
        lent = Delegation.objects.filter(ended_at=None, principal__in=tasks.values("member"))
        names += lent.values_list("stand_in__employee_no", flat=True)
        return (names[place % len(names)] if names else "") or "management"

    @rule(place=st.integers(0, 3))
    def approve_as_asked(self, place):
        self.decide(self.asked(place), "approve", "")

    # so that long ways are walked to their end
    @rule(place=st.integers(0, 3))
    def approve_once_more(self, place):
        self.approve_as_asked(place)

    @rule(place=st.integers(0, 3))
    def return_and_resubmit(self, place):
        self.decide(self.asked(place), "return", "")
        self.resubmit(is_changed=place > 0)

    @rule(place=st.integers(0, 3), to=st.sampled_from(["", "", "supervisor"]))
    def return_as_asked(self, place, to):
        self.decide(self.asked(place), "return", to)

    @rule(place=st.integers(0, 3), to=st.sampled_from(["east_manager", "director", *PEOPLE]))
    def transfer_as_asked(self, place, to):
        self.transfer(self.asked(place), to)

    @rule(place=st.integers(0, 3), stand_in=who)
    def delegate_as_asked(self, place, stand_in):
        self.delegate(self.asked(place), stand_in)

    @rule(stand_in=st.sampled_from(["west_manager", "director", "west_supervisor", "finance2"]))
    def lend_and_approve(self, stand_in):
        """What is lent is answered in the other's name."""
        self.delegate(self.asked(0), stand_in)
        self.decide(stand_in, "approve", "")

    @rule(place=st.integers(0, 3))
    def reject_as_asked(self, place):
        if self.case.round > 1:
            self.decide(self.asked(place), "reject", "")

    @rule(place=st.integers(0, 3), to=who, way=st.sampled_from(["before", "after", "parallel"]))
    def add_signer_as_asked(self, place, to, way):
        self.add_signer(self.asked(place), to, way)

    @rule(name=st.sampled_from([*SUBMITTERS, "secretary", "admin"]))
    def edit(self, name):
        paper = self.paper
        words = {"notes": f"{paper.notes[-40:]}改"}
        self.tried(contracts.change, paper, by=self.member(name), header=words)

    @rule(is_changed=st.booleans())
    def resubmit(self, is_changed):
        owner = self.paper.owner
        if is_changed:
            self.edit(owner.employee_no)
        self.tried(contracts.submit, self.paper, by=owner)

    @rule(to=st.sampled_from(SUBMITTERS), by=st.sampled_from(["east_manager", "director"]))
    def hand_over(self, to, by):
        """Who drafted it may be the superior of whoever submits it now."""
        act = {"to": self.member(to), "by": self.member(by), "reason": "区域调整交接"}
        self.tried(hand_over, [self.paper.customer], take=True, **act)

    @rule()
    def edit_behind_the_engine(self):
        paper = self.paper
        if paper.status == Status.IN_REVIEW:
            Contract.objects.filter(pk=paper.pk).update(notes=f"{paper.notes}!")

    @rule()
    def withdraw(self):
        self.tried(actions.withdraw, self.case, by=self.paper.owner)

    @rule(by=who, to=who)
    def transfer(self, by, to):
        self.tried(actions.transfer, self.case, to=self.member(to), by=self.member(by))

    @rule(by=who, to=who, way=st.sampled_from(["before", "after", "parallel"]))
    def add_signer(self, by, to, way):
        act = {"to": self.member(to), "way": way, "by": self.member(by)}
        self.tried(actions.add_signer, self.case, **act)

    @rule(principal=who, stand_in=who)
    def delegate(self, principal, stand_in):
        self.tried(lend, self.member(principal), self.member(stand_in), self.acme.admin)

    @rule()
    def end_delegation(self):
        if row := Delegation.objects.filter(ended_at=None).first():
            self.tried(actions.end_delegation, row, by=self.acme.admin)

    @rule(name=who)
    def leave(self, name):
        self.tried(disable, self.member(name), by=self.acme.admin)
        self.spread_news()

    @rule(name=who)
    def come_back(self, name):
        self.tried(enable, self.member(name), by=self.acme.admin)

    @rule(name=st.sampled_from([*PEOPLE, "east_rep2"]), unit=st.sampled_from(["east", "east_one"]),
          role=st.sampled_from([Role.SUPERVISOR, Role.REGIONAL_MANAGER, Role.FINANCE]))  # fmt: skip
    def promote(self, name, role, unit):
        """A second post, perhaps above one's own paper."""
        place = {"unit": self.acme.unit(unit), "role": role}
        self.tried(start_post, self.member(name), by=self.acme.admin, **place)

    @rule(name=who)
    def end_post(self, name):
        post = self.member(name).posts.order_by("-id").first()
        yesterday = max(timezone.localdate() - timedelta(1), post.starts_on)
        self.tried(end_post, post, by=self.acme.admin, ends_on=yesterday)
        self.spread_news()

    @rule(there=st.sampled_from(["west", "east", "root"]))
    def move_team(self, there):
        team = self.acme.unit("east_one")
        self.tried(move_unit, team, target=self.acme.unit(there), by=self.acme.admin)

    @rule()
    def clock(self):
        long_ago = timezone.now() - timedelta(30)
        Task.objects.filter(case=self.pk, state="open").update(due_at=long_ago, opened_at=long_ago)
        actions.run_clock()
        self.spread_news()

    @rule(name=who)
    def approve_many(self, name):
        case = self.case
        self.tried(actions.approve_many, [(case, case.content_hash)], by=self.member(name))

    @rule()
    def talk(self):
        self.tried(actions.remind, self.case, by=self.paper.owner)
        self.tried(actions.comment, self.case, text="看看", by=self.paper.owner)

    @rule(by=who, to=who)
    def copy(self, by, to):
        self.tried(actions.copy_to, self.case, to=self.member(to), by=self.member(by))

    # --- what always holds ------------------------------------------------------------------------

    @invariant()
    def the_history_is_legal(self):
        """Asked again only when the company's log has grown: every act leaves its line there."""
        seen = Head.objects.values_list("seq", flat=True).get()
        if seen != self.checked:
            assert problems(self.pk) == []
            self.checked = seen


def drive(acme, runs, steps):
    # the whole run stands in one transaction of the test, each machine in a savepoint of its own
    assert connection.in_atomic_block
    owners = {name: getattr(acme, name) for name in SUBMITTERS}
    drafts = {name: make_contract(who, make_customer(who)).pk for name, who in owners.items()}
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        type("Run", (Approvals,), {"acme": acme, "drafts": drafts}),
        settings=settings(
            max_examples=runs, stateful_step_count=steps, deadline=None,
            suppress_health_check=checks, derandomize=runs <= 100,
        ),
    )  # fmt: skip


def test_a_hundred_ways_through_the_engine(acme, rates):
    drive(acme, 100, 12)


@pytest.mark.nightly
@pytest.mark.parametrize("part", range(4))
def test_two_thousand_long_ways_through_the_engine(acme, rates, part):
    drive(acme, 500, 40)
