"""CUS-1.10: open contracts follow their customer to the new owner."""

from django.utils import timezone

from approvals.models import Task
from audit.models import AuditLine
from contracts.models import Contract
from customers import actions as customers
from tests.conftest import client_of
from tests.contracts.conftest import make_contract
from tests.contracts.steps import through
from tests.contracts.test_prints import rich, sign

__all__ = ["rich"]
REASON = "调整负责区域"


def all_states(acme, customer):
    """Draft, in review, approved, signed."""
    made = [make_contract(acme.east_rep, customer) for _n in range(4)]
    through(acme, made[1], acme.east_supervisor)
    for contract in made[2:]:
        through(acme, contract)
    sign(acme, Contract.objects.get(pk=made[3].pk))
    return [contract.pk for contract in made]


def owners(pks):
    rows = dict(Contract.objects.filter(pk__in=pks).values_list("pk", "owner__employee_no"))
    return [rows[pk] for pk in pks]


def test_open_contracts_go_along_and_keep_their_approvals(acme, rates, customer):
    pks = all_states(acme, customer)
    path = f"/customers/hand_over/?pick={customer.pk}"
    page = client_of(acme.east_supervisor).get(path).content.decode()
    assert "2 项随之移交，1 项不动" in page
    customers.hand_over(
        [customer], to=acme.east_rep2, reason=REASON, by=acme.east_supervisor, take=True
    )
    assert owners(pks) == ["east_rep2", "east_rep", "east_rep2", "east_rep"]
    assert AuditLine.objects.filter(verb="contracts.hand_over", note=REASON).count() == 2
    approved = Contract.objects.get(pk=pks[2])
    sign_by(acme.east_rep2, approved)
    assert approved.frozen["drafted_by"].startswith("acme.east_rep ")
    page = client_of(acme.east_rep2).get(f"/contracts/{pks[0]}/").content.decode()
    assert "已移交" in page


def sign_by(member, contract):
    from contracts import actions

    actions.sign(
        contract,
        by=member,
        signed_on=timezone.localdate(),
        signatory_ours="陈",
        signatory_theirs="王",
    )


def test_without_the_tick_they_stay(acme, rates, customer):
    pks = all_states(acme, customer)
    customers.hand_over([customer], to=acme.east_rep2, reason=REASON, by=acme.east_supervisor)
    assert set(owners(pks)) == {"east_rep"}


def test_what_is_in_review_stays_with_its_approvers(acme, rates, customer):
    pks = all_states(acme, customer)
    customers.hand_over(
        [customer], to=acme.east_rep2, reason=REASON, by=acme.east_supervisor, take=True
    )
    case = Contract.objects.get(pk=pks[1]).case
    assert Task.objects.waiting_for(acme.east_manager).filter(case=case).exists()
