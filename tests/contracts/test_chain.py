"""The chain of a contract: order, people, risks, words, and what its hash covers."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import models
from django.utils import timezone

from approvals.actions import decide, submit, withdraw
from approvals.board import board
from approvals.models import Case, Decision, Status, Task
from contracts import actions, chain
from contracts.models import Contract, Instalment, Line, Product
from customers.models import Customer, Tier
from kit.because import Forbidden, Refused
from kit.texthash import digest
from org.actions import start_post
from org.models import Role
from tests.contracts.conftest import make_contract, make_customer
from tests.contracts.steps import approve, points_of, through

TODAY = timezone.localdate


def sent(contract):
    actions.submit(contract, by=contract.owner)
    contract.refresh_from_db()
    return contract


def people(contract, key):
    tasks = Task.objects.filter(case=contract.case, step__key=key, round=contract.case.round)
    return {task.member.employee_no if task.member else None for task in tasks}


# --- order ----------------------------------------------------------------------------------------


def test_supervisor_cannot_be_skipped(acme, contract):
    """CTR-1.2, CTR-1.3: the manager's step opens after the supervisor's."""
    sent(contract)
    for early in (acme.east_manager, acme.finance, acme.director):
        with pytest.raises(Refused):
            approve(contract, early)
    assert Decision.objects.filter(verb="approve").count() == 0
    approve(contract, acme.east_supervisor)
    contract.refresh_from_db()
    assert contract.status == Status.IN_REVIEW


@pytest.mark.parametrize("order", [("east_manager", "finance"), ("finance", "east_manager")])
def test_finance_and_manager_decide_beside_each_other_in_either_order(acme, contract, order):
    """CTR-2.4: the finance check stands beside the manager's step."""
    sent(contract)
    approve(contract, acme.east_supervisor)
    first, second = (getattr(acme, name) for name in order)
    approve(contract, first)
    contract.refresh_from_db()
    assert contract.status == Status.IN_REVIEW
    approve(contract, second)
    contract.refresh_from_db()
    assert contract.status == Status.APPROVED


def test_one_of_two_finance_people_decides_and_the_other_is_told(acme, contract):
    sent(contract)
    approve(contract, acme.east_supervisor)
    assert people(contract, "finance") == {"finance", "finance2"}
    case = Case.objects.get()
    words = {"seen": case.content_hash, "checklist": {"payment_terms": {"ok": True}}}
    decide(case, verb="approve", by=acme.finance2, **words)
    with pytest.raises(Refused) as refused:
        decide(case, verb="approve", by=acme.finance, **words)
    assert (refused.value.status, refused.value.code) == (409, "handled")
    assert Decision.objects.filter(verb="approve", step_name=chain.PLAN[2].name).count() == 1


# --- people ---------------------------------------------------------------------------------------


def test_empty_seat_of_the_supervisor_goes_to_the_manager_and_his_step_to_the_director(acme, rates):
    customer = make_customer(acme.bare_rep)
    contract = sent(make_contract(acme.bare_rep, customer))
    assert people(contract, "supervisor") == {"east_manager"}
    assert people(contract, "regional_manager") == {"director"}
    assert people(contract, "finance") == {"finance", "finance2"}
    approve(contract, acme.east_manager)
    approve(contract, acme.director)
    approve(contract, acme.finance)
    contract.refresh_from_db()
    assert contract.status == Status.APPROVED


def test_own_contract_of_a_supervisor_goes_one_level_up(acme, customer):
    """ORG-1.3: nobody approves what he submitted."""
    contract = sent(make_contract(acme.east_supervisor, customer))
    assert people(contract, "supervisor") == {"east_manager"}
    assert people(contract, "regional_manager") == {"director"}
    with pytest.raises(Refused):
        approve(contract, acme.east_supervisor)
    approve(contract, acme.east_manager)
    assert Decision.objects.filter(verb="approve", by=acme.east_manager).count() == 1


def test_finance_person_who_supervises_too_does_not_count_twice(acme, contract):
    start_post(acme.east_supervisor, unit=acme.unit("root"), role=Role.FINANCE)
    sent(contract)
    boss = acme.anew("east_supervisor")
    approve(contract, boss)
    assert "east_supervisor" not in people(contract, "finance")
    with pytest.raises(Refused):
        approve(contract, boss)


# --- return, withdraw, reject ---------------------------------------------------------------------


def test_changed_resubmission_shows_what_changed_and_starts_from_the_start(acme, contract):
    sent(contract)
    approve(contract, acme.east_supervisor)
    decide(
        contract.case, verb="return", by=acme.east_manager, seen=contract.case.content_hash,
        comment="交货期请与客户再确认",
    )  # fmt: skip
    later = contract.delivery_on + timedelta(10)
    actions.change(contract, by=acme.east_rep, header={"delivery_on": later})
    sent(contract)
    case = contract.case
    assert (case.round, case.position) == (2, 1)
    shown = board(acme.east_supervisor, contract)
    changes = {row["label"]: (row["old"], row["new"]) for row in shown.changes}
    assert list(changes.values()) == [((later - timedelta(10)).isoformat(), later.isoformat())]
    assert Task.objects.waiting_for(acme.east_supervisor).count() == 1
    assert Task.objects.waiting_for(acme.east_manager).count() == 0


def test_unchanged_resubmission_goes_straight_back(acme, contract):
    sent(contract)
    approve(contract, acme.east_supervisor)
    decide(
        contract.case, verb="return", by=acme.east_manager, seen=contract.case.content_hash,
        comment="请说明理由",
    )  # fmt: skip
    sent(contract)
    assert (contract.case.round, contract.case.position) == (1, 2)
    assert board(acme.east_manager, contract).changes == []
    assert Task.objects.waiting_for(acme.east_supervisor).count() == 0
    approve(contract, acme.east_manager)
    approve(contract, acme.finance)
    contract.refresh_from_db()
    assert contract.status == Status.APPROVED


def test_withdrawal_only_before_the_first_decision(acme, contract):
    sent(contract)
    with pytest.raises(Forbidden):
        withdraw(contract.case, by=acme.east_rep2)
    withdraw(contract.case, by=acme.east_rep)
    contract.refresh_from_db()
    assert contract.status == Status.WITHDRAWN
    sent(contract)
    approve(contract, acme.east_supervisor)
    with pytest.raises(Refused) as refused:
        withdraw(contract.case, by=acme.east_rep)
    assert refused.value.code == "late"


@pytest.mark.parametrize(("comment", "is_ok"), [("不行不行", False), ("不行不行呀", True)])
def test_rejection_needs_five_characters(acme, contract, comment, is_ok):
    """CTR-1.6: with a reason."""
    sent(contract)
    words = {"by": acme.east_supervisor, "seen": contract.case.content_hash, "comment": comment}
    if is_ok:
        decide(contract.case, verb="reject", **words)
        contract.refresh_from_db()
        assert contract.status == Status.REJECTED
        return
    with pytest.raises(Refused) as refused:
        decide(contract.case, verb="reject", **words)
    assert set(refused.value.errors) == {"comment"}


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", chain.PLAN[0].checklist)
def test_every_point_is_ticked_or_commented(acme, contract, key):
    sent(contract)
    points = points_of(contract, acme.east_supervisor) | {key: {"ok": False, "note": " "}}
    words = {"verb": "approve", "by": acme.east_supervisor, "seen": contract.case.content_hash}
    with pytest.raises(Refused) as refused:
        decide(contract.case, checklist=points, **words)
    assert set(refused.value.errors) == {f"note_{key}"}
    points[key] = {"ok": False, "note": "见附件说明"}
    decide(contract.case, checklist=points, **words)
    assert Decision.objects.get(verb="approve").checklist[key] == points[key]


def test_broken_rule_needs_words_of_the_manager(acme, customer):
    contract = sent(make_contract(acme.east_rep, customer, discount=86))
    approve(contract, acme.east_supervisor, comment="")
    case = Case.objects.get()
    with pytest.raises(Refused) as refused:
        decide(case, verb="approve", by=acme.east_manager, seen=case.content_hash)
    assert set(refused.value.errors) == {"comment"}
    decide(
        case, verb="approve", by=acme.east_manager, seen=case.content_hash, comment="战略客户首单"
    )


def test_without_a_broken_rule_the_manager_needs_no_words(acme, contract):
    sent(contract)
    approve(contract, acme.east_supervisor, comment="")
    approve(contract, acme.east_manager, comment="")
    approve(contract, acme.finance, comment="")
    contract.refresh_from_db()
    assert contract.status == Status.APPROVED


# --- risks ----------------------------------------------------------------------------------------

LIMITS = chain.Limits(Decimal(90), {"A": 60, "B": 45, "C": 30, "D": 0})


def judge(tier="A", days=0, shelf="1000", price="1000", discount="100"):
    prices = ((Decimal(shelf), Decimal(price), Decimal(discount)),)
    return chain.risks(chain.Terms(tier, days, prices), LIMITS)


@pytest.mark.parametrize(
    ("price", "discount", "count"),
    [("900", "90", 0), ("899.99", "89.99", 1), ("900.01", "90", 0), ("1100", "110", 0)],
)
def test_discount_exactly_at_the_floor_is_no_risk(price, discount, count):
    assert len(judge(price=price, discount=discount)) == count


@pytest.mark.parametrize(
    ("tier", "days", "count"),
    [("A", 60, 0), ("A", 61, 1), ("B", 45, 0), ("B", 46, 1), ("C", 30, 0), ("C", 31, 1),
     ("D", 0, 0), ("D", 1, 1)],
)  # fmt: skip
def test_payment_days_exactly_at_the_standard_are_no_risk(tier, days, count):
    found = judge(tier=tier, days=days)
    assert len(found) == count
    assert {line.clause for line in found} <= {"CTR-1.3"}


def test_price_rounded_at_the_floor_is_no_risk():
    assert judge(shelf="0.05", price="0.05", discount="90") == ()
    assert judge(shelf="33.33", price="30.00", discount="90") == ()
    assert len(judge(shelf="33.33", price="29.99", discount="89.97")) == 1


def test_risks_are_in_the_case_with_their_numbers(acme, customer):
    contract = sent(make_contract(acme.east_rep, customer, discount=86, days=90))
    assert [row["clause"] for row in contract.case.risks] == ["CTR-1.3", "CTR-1.3"]
    assert contract.case.risks[0]["values"] == {"discount": "86", "floor": "90"}
    assert contract.case.risks[1]["values"] == {"days": "90", "standard": "60", "tier": "A"}


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ({"list_price": Decimal(500000)}, 1),
        ({"unit_price": Decimal(500000)}, 1),
        ({}, 0),
        ({"list_price": Decimal(580000), "unit_price": Decimal(522000)}, 0),
    ],
)
def test_lower_list_price_than_the_catalogue_hides_no_discount(
    acme, customer, product, typed, count
):
    row = {"product": product, "quantity": Decimal(1), **typed}
    contract = actions.create_draft(
        customer, by=acme.east_rep, header={"title": "设备"}, lines=[row]
    )
    assert len(chain.risks_of(contract)) == count


# --- the hash (B5) --------------------------------------------------------------------------------

OTHER = {
    "customer": lambda acme: make_customer(acme.east_rep, name="另一家客户"),
    "product": lambda _acme: Product.objects.create(name="别的", code="X-1", list_price=1),
}


def editable(model):
    # who keeps it since, and where, is no part of what was approved: who drafted it is frozen
    skipped = {"id", "contract", "company", "owner", "unit"}
    return [
        field.name for field in model._meta.fields if field.editable and field.name not in skipped
    ]


def another(acme, obj, name):
    """A value that differs from the present one, of the field's own kind."""
    field, now = obj._meta.get_field(name), getattr(obj, name)
    if field.is_relation:
        return OTHER[name](acme)
    if field.choices:
        return next(value for value, _label in field.choices if value != now)
    if isinstance(field, models.DateField):
        return (now or TODAY()) + timedelta(1)
    if isinstance(field, models.DecimalField):
        return (now or Decimal(0)) + Decimal("0.01")
    if isinstance(field, models.IntegerField):
        return (now or 0) + 7
    return f"{now}。"


def cases():
    yield from ((Contract, name) for name in editable(Contract))
    yield from ((Line, name) for name in editable(Line))
    yield from ((Instalment, name) for name in editable(Instalment))
    yield (Customer, "tier")
    yield (Customer, "name")


@pytest.mark.parametrize(("model", "name"), list(cases()), ids=lambda x: getattr(x, "__name__", x))
def test_any_changed_field_makes_the_approvals_void(acme, contract, model, name):
    """B5: whatever an approver was shown and has changed since gives 409 and restarts the chain."""
    sent(contract)
    approve(contract, acme.east_supervisor)
    obj = {
        Contract: contract,
        Line: contract.lines.first(),
        Instalment: contract.instalments.first(),
        Customer: contract.customer,
    }[model]
    values = {name: another(acme, obj, name)}
    if model is Contract and name == "ends_on":
        values["starts_on"] = None
    if model is Line and name in {"net", "tax", "gross"}:
        # the sums of a line hold in the database: one part moves with another
        beside = "net" if name == "gross" else "gross"
        values[beside] = getattr(obj, beside) + Decimal("0.01")
    model.objects.filter(pk=obj.pk).update(**values)
    fresh = Contract.objects.get(pk=contract.pk)
    case = fresh.case
    assert digest(chain.snapshot(fresh)) != case.content_hash
    with pytest.raises(Refused) as refused:
        decide(
            case, verb="approve", by=acme.east_manager, seen=case.content_hash, comment="同意批准"
        )
    assert (refused.value.status, refused.value.code) == (409, "stale")
    assert Decision.objects.filter(verb="approve").count() == 1


def test_removed_and_added_rows_are_stale_too(acme, contract):
    sent(contract)
    before = contract.case.content_hash
    Instalment.objects.filter(contract=contract, position=2).delete()
    assert digest(chain.snapshot(Contract.objects.get(pk=contract.pk))) != before


def test_after_a_change_of_tier_the_submitter_starts_the_chain_anew(acme, contract):
    sent(contract)
    approve(contract, acme.east_supervisor)
    Customer.objects.update(tier=Tier.C)
    fresh = Contract.objects.get(pk=contract.pk)
    assert board(acme.east_manager, fresh).is_stale is True
    number = fresh.number
    submit(fresh, by=acme.east_rep)
    fresh.refresh_from_db()
    assert (fresh.case.round, fresh.case.position, fresh.number) == (2, 1, number)
    done = through(acme, fresh, acme.east_supervisor, acme.east_manager, acme.finance)
    assert done.status == Status.APPROVED


def test_hash_knows_no_language(acme, contract):
    from django.utils.translation import override

    with override("en"):
        english = digest(chain.snapshot(contract))
    with override("zh-hans"):
        assert digest(chain.snapshot(contract)) == english
