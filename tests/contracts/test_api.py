"""Contracts for programs: the same rules, actions and errors as the pages."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from approvals.models import Status
from contracts.models import Contract
from tests.conftest import client_of
from tests.contracts.conftest import make_customer
from tests.contracts.steps import through

ROOT = "/api/v1/contracts/"
TODAY = timezone.localdate


def body(customer, **more):
    return {
        "customer": customer.pk,
        "title": "年度设备采购合同",
        "delivery_on": f"{TODAY() + timedelta(40):%Y-%m-%d}",
        "delivery_place": "苏州",
        "lines": [
            {"name": "备件包", "quantity": "4", "list_price": "57100.00", "discount": "95"},
            {"name": "服务", "quantity": "1", "unit_price": "60000", "vat_category": "services"},
        ],
        "instalments": [
            {"basis": "signing", "percent": "30", "days_after": 0},
            {"basis": "delivery", "percent": "70", "days_after": 30},
        ],
    } | more


def send(client, path, data, method="post"):
    return getattr(client, method)(path, data, content_type="application/json")


def test_draft_with_lines_and_plan(acme, customer):
    answer = send(client_of(acme.east_rep), ROOT, body(customer))
    said = answer.json()
    assert answer.status_code == 201
    assert said["gross_amount"] == "276980.00"
    assert [line["gross"] for line in said["lines"]] == ["216980.00", "60000.00"]
    assert [row["amount"] for row in said["instalments"]] == ["83094.00", "193886.00"]
    assert (said["status"], said["number"], said["buyer"]) == ("draft", "", customer.name)


def test_product_fills_its_line(acme, customer, product):
    data = body(customer, lines=[{"product": product.pk, "quantity": "1"}])
    said = send(client_of(acme.east_rep), ROOT, data).json()
    assert said["lines"][0]["name"] == product.name
    assert said["gross_amount"] == "580000.00"


def test_customer_out_of_sight_does_not_exist(acme, rates):
    foreign = make_customer(acme.west_rep)
    answer = send(client_of(acme.east_rep), ROOT, body(foreign))
    assert answer.status_code == 400
    assert set(answer.json()["errors"]) == {"customer"}
    mate = make_customer(acme.east_rep2, name="同组")
    assert send(client_of(acme.east_supervisor), ROOT, body(mate)).status_code == 201


def test_protected_fields_cannot_be_set(acme, customer):
    sly = {
        "status": "signed", "number": "HT-1", "owner": acme.director.pk, "gross_amount": "1",
        "signed_on": "2026-01-01", "payment_days": 0, "lowest_discount": "100",
    }  # fmt: skip
    data = body(customer, **sly)
    data["lines"][0] |= {"gross": "1", "net": "1", "tax": "0", "vat_rate": "0"}
    assert send(client_of(acme.east_rep), ROOT, data).status_code == 201
    contract = Contract.objects.get()
    assert (contract.status, contract.number, contract.owner) == ("draft", "", acme.east_rep)
    assert (contract.gross_amount, contract.signed_on) == (Decimal("276980.00"), None)


def test_partial_update_keeps_the_rows_that_are_not_given(acme, contract):
    client = client_of(acme.east_rep)
    answer = send(client, f"{ROOT}{contract.pk}/", {"title": "改"}, "patch")
    assert answer.status_code == 200
    assert (answer.json()["title"], len(answer.json()["lines"])) == ("改", 1)
    others = client_of(acme.east_supervisor)
    assert send(others, f"{ROOT}{contract.pk}/", {"title": "x"}, "patch").status_code == 403
    foreign = client_of(acme.west_rep)
    assert send(foreign, f"{ROOT}{contract.pk}/", {"title": "x"}, "patch").status_code == 404


def test_submit_sign_and_their_refusals(acme, contract):
    client, path = client_of(acme.east_rep), f"{ROOT}{contract.pk}/"
    words = {
        "signed_on": f"{TODAY():%Y-%m-%d}", "signatory_ours": "陈晓", "signatory_theirs": "王总",
    }  # fmt: skip
    refused = send(client, f"{path}sign/", words)
    assert refused.status_code == 403
    assert refused.json()["because"]["lines"][-1]["clause"] == "CTR-1.4"
    assert refused.json()["detail"] == refused.json()["because"]["text"]
    assert send(client, f"{path}submit/", {}).json()["status"] == "in_review"
    again = send(client, f"{path}submit/", {})
    assert (again.status_code, again.json()["code"]) == (409, "moved")
    through(acme, contract.__class__.objects.get(pk=contract.pk))
    assert send(client, f"{path}sign/", words).json()["status"] == Status.SIGNED


def test_incomplete_submission_answers_errors_by_field(acme, customer):
    client = client_of(acme.east_rep)
    made = send(client, ROOT, {"customer": customer.pk, "title": "空"}).json()
    answer = send(client, f"{ROOT}{made['id']}/submit/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "incomplete")
    assert "lines" in answer.json()["errors"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": [{"name": "x", "quantity": "0", "list_price": "1"}]},
        {"lines": [{"name": "x", "quantity": "1"}]},
        {"lines": [{"quantity": "1", "list_price": "1"}]},
        {"lines": [{"name": "x", "quantity": "1", "list_price": "-1"}]},
        {"price_mode": "free"},
        {"title": ""},
        {"starts_on": "2026-02-01", "ends_on": "2026-01-01"},
    ],
)
def test_wrong_input_writes_nothing(acme, customer, wrong):
    answer = send(client_of(acme.east_rep), ROOT, body(customer, **wrong))
    assert answer.status_code in {400, 409}
    assert Contract.objects.count() == 0


def test_list_shows_what_one_sees(acme, contract):
    for who, count in (("east_rep", 1), ("director", 1), ("east_rep2", 0), ("west_manager", 0)):
        said = client_of(getattr(acme, who)).get(ROOT).json()
        rows = said["results"] if isinstance(said, dict) else said
        assert len(rows) == count


def test_products_are_read_only_for_whoever_only_sells(acme, product):
    client = client_of(acme.east_rep)
    assert client.get(f"/api/v1/products/{product.pk}/").json()["list_price"] == "580000.00"
    assert send(client, "/api/v1/products/", {"name": "x"}).status_code == 403
