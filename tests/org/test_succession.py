"""The end of a service: what is in a person's name passes on in one go, and nothing else does."""

import pytest

from approvals.models import Status
from audit.models import AuditLine
from contracts.models import Contract
from customers import actions as customers
from customers.models import Customer, CustomerShare, Visit
from kit.because import Forbidden, Refused
from org import actions
from org.models import owned_models
from org.succession import count, estates, inventory, leave
from tenancy.actions import deliver
from tests.access import samples
from tests.conftest import client_of

REASON = "离职，由同组接手"


@pytest.fixture
def records(acme):
    return samples.build(acme)


def hand_over(acme, **changes):
    said = {"to": acme.east_rep2, "reason": REASON, "by": acme.admin} | changes
    return actions.hand_over_all(acme.east_rep, **said)


def test_every_kind_of_owned_record_says_what_becomes_of_it():
    said = {estate.model for estate in estates}
    assert {model._meta.label_lower for model in owned_models()} - said == set()


def test_a_kind_that_goes_has_to_say_how():
    facts = {"model": "x.y", "key": "k", "label": "l", "text": "t", "order": 1, "rows": list}
    with pytest.raises(ValueError, match=r"x\.y"):
        leave(fate="goes", **facts)
    with pytest.raises(ValueError, match=r"x\.y"):
        leave(fate="lost", **facts)
    assert "x.y" not in {estate.model for estate in estates}


def test_customers_plans_and_open_contracts_pass_to_the_successor(acme, records):
    draft = samples.draft(acme, records[Customer], records[samples.Product])
    total = count(acme.east_rep)
    assert hand_over(acme) == total > 0
    assert count(acme.east_rep) == 0
    draft.refresh_from_db()
    assert draft.owner == acme.east_rep2
    assert Customer.objects.get(pk=records[Customer].pk).owner == acme.east_rep2
    assert Visit.objects.get(pk=records[Visit].pk).owner == acme.east_rep2


def test_what_is_in_review_and_what_was_done_stays(acme, records):
    contract = records[Contract]
    hand_over(acme)
    contract.refresh_from_db()
    assert (contract.status, contract.owner) == (Status.IN_REVIEW, acme.east_rep)
    assert contract.case.owner == acme.east_rep
    left = {row["estate"].key: row["count"] for row in inventory(acme.east_rep) if row["count"]}
    assert left["review"] == 1


def test_a_plan_at_somebody_elses_customer_passes_too_and_a_share_ends(acme, records):
    other = customers.create(by=acme.west_rep, name="西北重工有限公司")
    customers.share(other, member=acme.east_rep, until=None, by=acme.west_rep)
    hand_over(acme)
    assert not CustomerShare.objects.filter(user_id=acme.east_rep.user_id).exists()
    other.refresh_from_db()
    assert other.owner == acme.west_rep


def test_every_record_that_passes_leaves_its_line(acme, records):
    hand_over(acme)
    verbs = set(AuditLine.objects.filter(note=REASON).values_list("verb", flat=True))
    assert {"customers.hand_over", "org.hand_over_all"} <= verbs


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to": "east_rep"}, "to"),
        ({"to": "disabled"}, "to"),
        ({"to": "finance"}, "to"),  # no selling post: cannot take on customers
        ({"reason": "kurz"}, "reason"),
    ],
)
def test_a_wrong_successor_or_reason_is_refused_and_nothing_moves(acme, records, changes, field):
    before = count(acme.east_rep)
    if "to" in changes:
        changes = {"to": getattr(acme, changes["to"])}
    with pytest.raises(Refused) as refused:
        hand_over(acme, **changes)
    assert field in refused.value.errors
    assert count(acme.east_rep) == before > 0


def test_only_the_administrator_hands_everything_over(acme, records):
    with pytest.raises(Forbidden):
        hand_over(acme, by=acme.director)
    assert hand_over(acme) > 0


def test_nothing_left_is_said(acme, records):
    hand_over(acme)
    with pytest.raises(Refused, match=r".+"):
        hand_over(acme)


def test_many_records_go_by_the_worker(acme, records, monkeypatch):
    from org.actions import succession
    from tenancy.actions import run

    monkeypatch.setattr(succession, "MOST_AT_ONCE", 0)
    monkeypatch.setattr("org.succession.AT_A_TIME", 1)
    assert hand_over(acme) == 0
    assert count(acme.east_rep) > 0
    with pytest.raises(Refused):
        hand_over(acme)
    started = []
    deliver(later=lambda row, tries: started.append((row, tries)))
    for row, tries in started:
        run(acme.company.pk, row, tries)
    assert count(acme.east_rep) == 0
    assert not actions.is_under_way(acme.east_rep)


def test_the_page_shows_the_numbers_and_hands_over_without_script(acme, records):
    path = f"/org/members/{acme.east_rep.pk}/hand_over_all/"
    client = client_of(acme.admin, headers={"accept-language": "zh-hans"})
    assert "接任者" in client.get(path).content.decode()
    wrong = client.post(path, {"to": acme.finance.pk, "reason": REASON})
    assert wrong.status_code == 422
    assert count(acme.east_rep) > 0
    answer = client.post(path, {"to": acme.east_rep2.pk, "reason": REASON}, follow=True)
    assert "已将" in answer.content.decode()
    assert "已没有需要移交的记录" in answer.content.decode()
    assert count(acme.east_rep) == 0
    assert client_of(acme.director).get(path).status_code == 403
