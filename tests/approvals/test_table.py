"""T8: who may do what and when, verb by verb; T11: the working days the clock counts."""

import datetime as dt

import pytest

from approvals import actions
from approvals.models import Case, Decision
from contracts import actions as contracts
from kit.because import Forbidden, Refused
from kit.calendar import is_workday
from tenancy.calendar import seed_workdays, work_table
from tenancy.context import memo
from tests.approvals.test_delegation import lend
from tests.cast import PEOPLE
from tests.contracts.steps import approve

ABOVE = {"east_manager", "director", "management", "finance", "finance2", "secretary"}
SEEING = {"east_rep", "east_supervisor", *ABOVE}
NOW = {"east_supervisor"}
# rule -> who may while it waits for the supervisor, and who when it is approved
MAY = {
    "decide": (NOW, set()),
    "transfer": (NOW, set()),
    "add_signer": (NOW, set()),
    "copy": (NOW, set()),
    "withdraw": ({"east_rep"}, set()),
    "remind": ({"east_rep"}, set()),
}


@pytest.fixture
def case(contract):
    contracts.submit(contract, by=contract.owner)
    contract.refresh_from_db()
    return contract.case


def who_may(acme, rule, obj):
    return {n for n in PEOPLE if n != "disabled" and acme.anew(n).may(f"approvals.{rule}", obj)}


def test_who_may_what_while_it_waits_and_when_it_is_over(acme, contract, case):
    """Each verb's row: the people it is for, and everybody else of the company refused."""
    assert {rule: who_may(acme, rule, case) for rule in MAY} == {k: v[0] for k, v in MAY.items()}
    seen = {name for name in PEOPLE
            if Case.objects.visible_to(acme.anew(name)).filter(pk=case.pk).exists()}  # fmt: skip
    # 评论: the parties are those who see it, no more and no fewer
    assert who_may(acme, "comment", case) == seen - {"disabled"}
    assert seen >= SEEING
    assert not seen & {"west_rep", "west_supervisor", "west_manager", "east_rep2", "bare_rep"}
    # 代理: oneself, whoever leads, the administrator
    leading = {"east_supervisor", "east_manager", "director", "management", "admin"}
    assert who_may(acme, "delegate", acme.east_supervisor) == leading
    for name in ("east_supervisor", "east_manager", "finance"):
        approve(contract, getattr(acme, name))
    case.refresh_from_db()
    assert case.state == "approved"
    assert {rule: who_may(acme, rule, case) for rule in MAY} == {k: v[1] for k, v in MAY.items()}
    assert who_may(acme, "comment", case) >= {"east_rep", "director"}


def test_whoever_is_refused_by_the_rule_is_refused_by_the_verb(acme, case):
    """The same table through the actions: nothing is written for anybody but those named."""
    act = {
        "decide": lambda by: actions.decide(
            case, verb="reject", by=by, seen=case.content_hash, comment="条款需要再确认"
        ),
        "transfer": lambda by: actions.transfer(case, to=acme.director, by=by),
        "add_signer": lambda by: actions.add_signer(case, to=acme.secretary, way="after", by=by),
        "copy": lambda by: actions.copy_to(case, to=acme.west_rep, by=by),
        "withdraw": lambda by: actions.withdraw(case, by=by),
        "remind": lambda by: actions.remind(case, by=by),
    }
    assert act.keys() == MAY.keys()
    before = Decision.objects.count()
    for rule, (allowed, _later) in MAY.items():
        for name in PEOPLE.keys() - allowed - {"disabled"}:
            with pytest.raises((Forbidden, Refused)):
                act[rule](getattr(acme, name))
    assert Decision.objects.count() == before
    # the twin: each verb by whom it is for
    for rule in ("copy", "remind", "add_signer", "transfer"):
        act[rule](getattr(acme, *MAY[rule][0]))
    assert Decision.objects.count() == before + 4


def test_a_stand_in_decides_and_copies_but_passes_nothing_on(acme, case):
    """T8: no chains; the principal remains responsible."""
    lend(acme.east_supervisor, acme.west_supervisor)
    who = acme.anew("west_supervisor")
    may = {rule for rule in MAY if who.may(f"approvals.{rule}", case)}
    assert may == {"decide", "copy"}


@pytest.mark.parametrize(("amount", "is_taken"), [("200000.00", True), ("200000.01", False)])
def test_the_cap_of_a_batch_is_taken_to_the_cent(acme, contract, case, amount, is_taken):
    approve(contract, acme.east_supervisor)
    Case.objects.filter(pk=case.pk).update(amount=amount)
    case.refresh_from_db()
    [row] = actions.approve_many([(case, case.content_hash)], by=acme.east_manager)
    assert (not row.refusal) is is_taken


def test_after_the_end_it_is_neither_withdrawn_nor_reminded_of(acme, contract, case):
    """T8 撤回: after the final decision no; a change document is the way."""
    for name in ("east_supervisor", "east_manager", "finance"):
        approve(contract, getattr(acme, name))
    for act in (actions.withdraw, actions.remind):
        with pytest.raises(Forbidden):
            act(Case.objects.get(pk=case.pk), by=acme.east_rep)


# T11, with its dates: make-up days are workdays although they are weekends, holidays are not
DAYS = [
    ("2026-01-04", True), ("2026-02-14", True), ("2026-02-28", True), ("2026-05-09", True),
    ("2026-09-20", True), ("2026-10-10", True), ("2026-02-16", False), ("2026-10-01", False),
    ("2026-11-21", False), ("2026-11-23", True),
    # the table of the wheel ends with 2026: Monday to Friday without the statutory days
    ("2027-02-10", True), ("2027-10-01", False), ("2027-02-13", False),
]  # fmt: skip


def test_working_days_of_the_table(acme):
    seed_workdays(2026)
    memo().clear()
    table = work_table()
    assert [(day, is_workday(dt.date.fromisoformat(day), table)) for day, _is in DAYS] == DAYS
