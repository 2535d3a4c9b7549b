"""B3: whatever people do in whatever order, the rules of separation and of the chain hold."""

import contextlib

import pytest
from django.db import connection, transaction
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
from approvals.models import Case, Decision, Delegation, Status, Task
from contracts import actions as contracts
from contracts.models import Contract
from kit.because import Refused
from org.actions import disable, enable, start_post
from org.models import Member, Role
from tenancy.actions import deliver
from tests.approvals.test_delegation import lend
from tests.contracts.conftest import make_contract, make_customer

PEOPLE = (
    "east_rep", "east_supervisor", "west_supervisor", "east_manager", "west_manager", "director",
    "management", "finance", "finance2", "secretary",
)  # fmt: skip
SUBMITTERS = ("east_rep", "east_supervisor", "east_manager", "bare_rep")
who = st.sampled_from(PEOPLE)
WORDS = "条款合规，同意按此执行"


class Approvals(RuleBasedStateMachine):
    """Works inside the company and the transaction of the fixture `acme`."""

    acme = None

    def __init__(self):
        super().__init__()
        self.point = transaction.savepoint()
        self.disabled = set()

    def teardown(self):
        transaction.savepoint_rollback(self.point)

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
        return Contract.objects.get(pk=self.case.object_id)

    @initialize(name=st.sampled_from(SUBMITTERS))
    def submit_first(self, name):
        owner = self.member(name)
        paper = make_contract(owner, make_customer(owner))
        contracts.submit(paper, by=owner)
        paper.refresh_from_db()
        self.pk = paper.case_id

    @rule(name=who, verb=st.sampled_from(["approve", "approve", "approve", "return", "reject"]),
          to=st.sampled_from(["", "supervisor", "regional_manager"]))  # fmt: skip
    def decide(self, name, verb, to):
        by, case = self.member(name), self.case
        points = {key: {"ok": True} for task in case.tasks.all() for key in task.step.checklist}
        self.tried(
            actions.decide, case, verb=verb, by=by, seen=case.content_hash, comment=WORDS,
            checklist=points, to=to if verb == "return" else "",
        )  # fmt: skip

    @rule(change=st.booleans())
    def resubmit(self, change):
        paper = self.paper
        if change and paper.is_open_to_edit:
            Contract.objects.filter(pk=paper.pk).update(notes=f"{paper.notes}改")
        self.tried(contracts.submit, self.paper, by=paper.owner)

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
        deliver()

    @rule(name=who)
    def come_back(self, name):
        self.tried(enable, self.member(name), by=self.acme.admin)

    @rule(name=who, role=st.sampled_from([Role.SUPERVISOR, Role.REGIONAL_MANAGER]))
    def promote(self, name, role):
        self.tried(start_post, self.member(name), unit=self.acme.unit("east"), role=role)

    @rule(name=who)
    def approve_many(self, name):
        case = self.case
        self.tried(actions.approve_many, [(case, case.content_hash)], by=self.member(name))

    @rule()
    def talk(self):
        self.tried(actions.remind, self.case, by=self.paper.owner)
        self.tried(actions.comment, self.case, text="看看", by=self.paper.owner)

    # --- what always holds ------------------------------------------------------------------------

    def votes(self):
        """Approvals that count: of this round, not voided when it went back."""
        return Decision.objects.filter(
            case=self.pk, round=self.case.round, verb="approve", task__state=Task.State.DONE
        ).select_related("task", "task__step")

    @invariant()
    def submitter_never_decides(self):
        case = self.case
        said = Decision.objects.filter(case=case, verb__in=("approve", "return", "reject"))
        assert not said.filter(by=case.owner_id).exists()
        assert not said.filter(behalf=case.owner_id).exists()

    @invariant()
    def nobody_counts_twice(self):
        people = [pk for row in self.votes() for pk in (row.by_id, row.behalf_id) if pk]
        assert len(people) == len(set(people))

    @invariant()
    def the_chain_cannot_be_shortened(self):
        """Approved means: every step of the chain has a vote by the chain on this very text."""
        case = self.case
        if case.state != Case.State.APPROVED:
            return
        voted = {row.task.step_id for row in self.votes() if not row.task.is_added}
        assert voted == set(case.chain.steps.values_list("pk", flat=True))
        assert {row.content_hash for row in self.votes()} == {case.content_hash}

    @invariant()
    def the_paper_and_its_case_agree(self):
        case, paper = self.case, self.paper
        same = {"running": Status.IN_REVIEW, "approved": Status.APPROVED,
                "returned": Status.RETURNED, "rejected": Status.REJECTED,
                "withdrawn": Status.WITHDRAWN}  # fmt: skip
        assert paper.status == same[case.state]

    @invariant()
    def while_it_runs_somebody_is_asked(self):
        case = self.case
        waiting = Task.objects.filter(case=case, state=Task.State.OPEN)
        if case.state == Case.State.RUNNING:
            assert waiting.filter(round=case.round).exists()
        else:
            assert not waiting.exists()

    @invariant()
    def steps_open_in_their_order(self):
        case = self.case
        if case.state == Case.State.RUNNING:
            waiting = Task.objects.filter(case=case, round=case.round, state=Task.State.OPEN)
            assert set(waiting.values_list("position", flat=True)) == {case.position}


def drive(acme, runs, steps):
    # the whole run stands in one transaction of the test, each machine in a savepoint of its own
    assert connection.in_atomic_block
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        type("Run", (Approvals,), {"acme": acme}),
        settings=settings(
            max_examples=runs, stateful_step_count=steps, deadline=None,
            suppress_health_check=checks, derandomize=runs <= 100,
        ),
    )  # fmt: skip


def test_a_hundred_ways_through_the_engine(acme, rates):
    drive(acme, 100, 12)


@pytest.mark.nightly
def test_two_thousand_long_ways_through_the_engine(acme, rates):
    drive(acme, 2000, 40)
