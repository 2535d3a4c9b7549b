"""T22: who is told of what, once, and only what still concerns him."""

from datetime import timedelta

import pytest
from django.utils import timezone

from approvals import actions
from approvals.models import Task
from contracts import actions as contracts
from notices.models import Notice
from tenancy.actions import deliver
from tests.approvals.test_delegation import lend
from tests.contracts.steps import approve


@pytest.fixture
def case(acme, contract):
    contracts.submit(contract, by=acme.east_rep)
    contract.refresh_from_db()
    return contract.case


def told():
    """{who: texts}, newest last."""
    deliver(500)
    found = {}
    for row in Notice.objects.order_by("id").select_related("member"):
        found.setdefault(row.member.employee_no, []).append(row.text)
    return found


def test_stand_in_added_signer_and_successor_are_asked(acme, contract):
    lend(acme.east_supervisor, acme.west_supervisor)
    contracts.submit(contract, by=acme.east_rep)
    contract.refresh_from_db()
    assert {"east_supervisor", "west_supervisor"} <= told().keys()
    actions.add_signer(contract.case, to=acme.secretary, way="before", by=acme.east_supervisor)
    assert "secretary" in told()


def test_reminder_mention_and_copy_reach_those_who_are_meant(acme, case):
    actions.remind(case, by=acme.east_rep)
    actions.comment(case, text="请看", by=acme.east_rep, mentions=[acme.east_manager])
    actions.copy_to(case, to=acme.secretary, by=acme.east_supervisor)
    found = told()
    assert any("reminds" in text for text in found["east_supervisor"])
    assert any("mentions" in text for text in found["east_manager"])
    assert any("copy" in text for text in found["secretary"])


def test_overdue_is_told_to_the_person_and_the_superior_unless_it_is_done(acme, contract, case):
    long_ago = timezone.now() - timedelta(days=30)
    Task.objects.filter(case=case, state="open").update(due_at=long_ago, opened_at=long_ago)
    actions.run_clock()
    found = told()
    assert any("overdue" in text for text in found["east_manager"])
    approve(contract, acme.east_supervisor)
    before = Notice.objects.filter(text__contains="overdue").count()
    Task.objects.filter(case=case, state="open").update(due_at=long_ago, opened_at=long_ago)
    actions.run_clock()
    approve(contract, acme.east_manager)
    approve(contract, acme.finance)
    told()
    assert Notice.objects.filter(text__contains="overdue").count() == before


def test_back_to_a_step_is_no_news_for_the_submitter(acme, contract, case):
    approve(contract, acme.east_supervisor)
    words = {"seen": case.content_hash, "comment": "请主管再核对一次"}
    actions.decide(case, verb="return", by=acme.east_manager, to="supervisor", **words)
    assert not any("returned" in text for text in told().get("east_rep", []))
