"""What the verbs of contracts do, and what they refuse."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from approvals.actions import decide
from approvals.models import Status
from audit.models import AuditLine
from contracts import actions
from contracts.models import Contract, VatRate
from kit.because import Forbidden, Refused
from tests.contracts.conftest import make_contract, make_customer
from tests.contracts.steps import approve, through

TODAY = timezone.localdate


def test_draft_computes_lines_sums_and_plan_to_the_cent(acme, contract):
    line = contract.lines.get()
    assert (line.unit_price, line.gross) == (Decimal("95000.00"), Decimal("190000.00"))
    assert line.vat_rate == Decimal("0.1300")
    assert line.net + line.tax == line.gross
    assert line.tax == Decimal("21858.41")
    assert contract.gross_amount == Decimal("190000.00")
    assert [row.amount for row in contract.instalments.all()] == [
        Decimal("57000.00"),
        Decimal("133000.00"),
    ]
    assert contract.payment_days == 30
    assert contract.lowest_discount == Decimal("95.00")
    assert contract.number == ""
    assert contract.org_path == acme.east_rep.scope.home.path


def test_typed_unit_price_wins_and_gives_the_discount(acme, customer):
    row = {
        "name": "备件包",
        "quantity": Decimal(4),
        "list_price": Decimal(57100),
        "discount": Decimal(100),
        "unit_price": Decimal(50000),
    }
    contract = actions.create_draft(
        customer, by=acme.east_rep, header={"title": "备件"}, lines=[row]
    )
    line = contract.lines.get()
    assert (line.unit_price, line.discount) == (Decimal("50000.00"), Decimal("87.56"))


def test_change_rewrites_the_rows_and_leaves_an_audit_line(acme, contract):
    lines = actions.rows_of_lines(contract)
    lines[0]["quantity"] = Decimal(3)
    changed = actions.change(contract, by=acme.east_rep, header={"title": "新标题"}, lines=lines)
    assert changed.gross_amount == Decimal("285000.00")
    assert changed.title == "新标题"
    assert [row.amount for row in changed.instalments.all()] == [
        Decimal("85500.00"),
        Decimal("199500.00"),
    ]
    assert AuditLine.objects.filter(verb="contracts.change", object_id=contract.pk).count() == 1


def test_change_is_refused_to_others_and_while_in_review(acme, contract):
    with pytest.raises(Forbidden):
        actions.change(contract, by=acme.east_rep2, header={"title": "x"})
    actions.change(contract, by=acme.east_rep, header={"title": "y"})
    actions.submit(contract, by=acme.east_rep)
    with pytest.raises(Forbidden):
        actions.change(contract, by=acme.east_rep, header={"title": "z"})
    contract.refresh_from_db()
    assert contract.title == "y"


def test_change_of_an_outdated_form_is_refused(acme, contract):
    seen = contract.updated_at.isoformat()
    actions.change(contract, by=acme.east_rep, header={"title": "first"}, seen=seen)
    with pytest.raises(Refused) as refused:
        actions.change(contract, by=acme.east_rep, header={"title": "second"}, seen=seen)
    assert refused.value.code == "stale"


def test_plan_may_not_exceed_the_amount_while_a_draft(acme, contract):
    rows = [{"basis": "signing", "amount": contract.gross_amount + Decimal("0.01")}]
    with pytest.raises(Refused) as refused:
        actions.change(contract, by=acme.east_rep, instalments=rows)
    assert set(refused.value.errors) == {"instalments"}
    rows[0]["amount"] = contract.gross_amount
    actions.change(contract, by=acme.east_rep, instalments=rows)


def test_submission_names_what_is_missing_by_field(acme, customer):
    """CTR-1.1: nothing incomplete is submitted."""
    contract = actions.create_draft(
        customer, by=acme.east_rep, header={"title": "空", "liability": "", "buyer": ""}
    )
    with pytest.raises(Refused) as refused:
        actions.submit(contract, by=acme.east_rep)
    assert refused.value.code == "incomplete"
    assert set(refused.value.errors) == {
        "buyer", "delivery_on", "delivery_place", "liability", "lines", "instalments",
    }  # fmt: skip
    contract.refresh_from_db()
    assert (contract.status, contract.number) == (Status.DRAFT, "")


@pytest.mark.parametrize(("amount", "is_ok"), [("189999.99", False), ("190000", True)])
def test_plan_must_add_up_at_submission(acme, contract, amount, is_ok):
    rows = [{"basis": "signing", "amount": Decimal(amount), "days_after": 0}]
    actions.change(contract, by=acme.east_rep, instalments=rows)
    if is_ok:
        assert actions.submit(contract, by=acme.east_rep).status == Status.IN_REVIEW
        return
    with pytest.raises(Refused) as refused:
        actions.submit(contract, by=acme.east_rep)
    assert set(refused.value.errors) == {"instalments"}


def test_number_carries_region_and_month_and_is_taken_once(acme, contract, customer):
    assert contract.number == ""
    actions.submit(contract, by=acme.east_rep)
    assert contract.number == f"HT-HD-{TODAY():%Y%m}-0001"
    first = contract.number
    task_case = contract.case
    decide(
        task_case, verb="return", by=acme.east_supervisor, seen=task_case.content_hash,
        comment="请补充规格型号",
    )  # fmt: skip
    actions.change(contract, by=acme.east_rep, header={"title": "改过"})
    actions.submit(contract, by=acme.east_rep)
    contract.refresh_from_db()
    assert contract.number == first
    other = make_contract(acme.east_rep, customer, title="第二份")
    actions.submit(other, by=acme.east_rep)
    other.refresh_from_db()
    assert other.number == f"HT-HD-{TODAY():%Y%m}-0002"


def test_sign_only_after_every_level_has_passed(acme, contract):
    words = {
        "signed_on": TODAY(), "signatory_ours": "陈晓", "signatory_theirs": "王总",
    }  # fmt: skip
    with pytest.raises(Forbidden):
        actions.sign(contract, by=acme.east_rep, **words)
    actions.submit(contract, by=acme.east_rep)
    for who in (acme.east_supervisor, acme.finance, acme.east_manager):
        contract.refresh_from_db()
        with pytest.raises(Forbidden) as refused:
            actions.sign(contract, by=acme.east_rep, **words)
        assert "CTR-1.4" in refused.value.because.clauses
        approve(contract, who)
    contract.refresh_from_db()
    with pytest.raises(Forbidden):
        actions.sign(contract, by=acme.east_supervisor, **words)
    signed = actions.sign(contract, by=acme.east_rep, **words)
    assert (signed.status, signed.signed_on) == (Status.SIGNED, TODAY())
    with pytest.raises(Forbidden):
        actions.sign(contract, by=acme.east_rep, **words)


@pytest.mark.parametrize(("shift", "is_ok"), [(1, False), (0, True), (-1, False)])
def test_day_of_signing_lies_between_submission_and_today(acme, contract, shift, is_ok):
    contract = through(acme, contract)
    words = {"signatory_ours": "陈晓", "signatory_theirs": "王总"}
    day = TODAY() + timedelta(shift)
    if is_ok:
        assert actions.sign(contract, by=acme.east_rep, signed_on=day, **words).signed_on == day
        return
    with pytest.raises(Refused) as refused:
        actions.sign(contract, by=acme.east_rep, signed_on=day, **words)
    assert set(refused.value.errors) == {"signed_on"}


def test_rejected_contract_is_copied_as_a_new_draft(acme, contract):
    actions.submit(contract, by=acme.east_rep)
    contract.refresh_from_db()
    with pytest.raises(Forbidden):
        actions.copy(contract, by=acme.east_rep)
    case = contract.case
    decide(
        case, verb="reject", by=acme.east_supervisor, seen=case.content_hash, comment="不符合政策"
    )
    contract.refresh_from_db()
    with pytest.raises(Forbidden):
        actions.change(contract, by=acme.east_rep, header={"title": "x"})
    made = actions.copy(contract, by=acme.east_rep)
    assert (made.status, made.number, made.case, made.copied_from) == ("draft", "", None, contract)
    assert made.gross_amount == contract.gross_amount
    assert [row.amount for row in made.instalments.all()] == [
        row.amount for row in contract.instalments.all()
    ]


def test_draft_only_for_ones_own_customers(acme, rates):
    foreign = make_customer(acme.west_rep)
    with pytest.raises(Forbidden):
        actions.create_draft(foreign, by=acme.east_rep, header={"title": "x"})
    mate = make_customer(acme.east_rep2, name="同组客户")
    with pytest.raises(Forbidden):
        actions.create_draft(mate, by=acme.east_rep, header={"title": "x"})
    with pytest.raises(Forbidden):
        actions.create_draft(mate, by=acme.finance, header={"title": "x"})
    led = actions.create_draft(mate, by=acme.east_supervisor, header={"title": "x"})
    own = actions.create_draft(mate, by=acme.east_rep2, header={"title": "x"})
    assert (led.owner, own.owner) == (acme.east_supervisor, acme.east_rep2)


def test_archived_customer_gets_no_draft(acme, customer):
    customer.archived_at = timezone.now()
    with pytest.raises(Forbidden):
        actions.create_draft(customer, by=acme.east_rep, header={"title": "x"})


def test_seeding_the_rates_twice_changes_nothing(acme, rates):
    assert VatRate.objects.count() == 7
    assert actions.seed_vat_rates() == 0


def test_temporary_rate_ends_with_its_day(acme, contract):
    lines = actions.rows_of_lines(contract)
    lines[0]["vat_category"] = "levy_reduced"
    last = TODAY().replace(year=2027, month=12, day=31)
    plan = [{"basis": "signing", "percent": Decimal(100), "days_after": 0}]
    ok = actions.change(
        contract, by=acme.east_rep, header={"delivery_on": last}, lines=lines, instalments=plan
    )
    assert ok.lines.get().vat_rate == Decimal("0.0100")
    with pytest.raises(Refused) as refused:
        actions.change(
            contract,
            by=acme.east_rep,
            header={"delivery_on": last + timedelta(1)},
            lines=lines,
            instalments=plan,
        )
    assert set(refused.value.errors) == {"lines-0-vat_category"}
    assert Contract.objects.get(pk=contract.pk).delivery_on == last


def test_catalogue_is_kept_by_secretaries_only(acme, product):
    product.name = "新名称"
    with pytest.raises(Forbidden):
        actions.save_product(product, by=acme.east_rep)
    assert actions.save_product(product, by=acme.admin).name == "新名称"
