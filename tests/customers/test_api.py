"""The same rules and actions for programs."""

import pytest
from django.utils import timezone

from customers import actions
from customers.models import Customer, Visit
from tests.conftest import client_of

pytestmark = pytest.mark.django_db

ROOT = "/api/v1"


@pytest.fixture
def customer(acme):
    return actions.create(by=acme.east_rep, name="华东精密机械有限公司")


@pytest.fixture
def rep(acme):
    return client_of(acme.east_rep)


def send(client, method, path, body=None, **headers):
    call = getattr(client, method)
    if method == "get":
        return call(f"{ROOT}{path}")
    return call(f"{ROOT}{path}", body or {}, content_type="application/json", headers=headers)


def test_customers_are_listed_found_and_read(acme, rep, customer):
    actions.create(by=acme.west_rep, name="华东精密西安分公司")
    for path in ("/customers/", "/customers/?q=hdjm", "/customers/?tier=D"):
        rows = send(rep, "get", path).json()["results"]
        assert [row["id"] for row in rows] == [customer.pk], path
    assert send(rep, "get", "/customers/?q=chengdu").json()["results"] == []
    assert send(rep, "get", f"/customers/{customer.pk}/").json()["name"] == customer.name
    stranger = client_of(acme.west_rep)
    assert send(stranger, "get", f"/customers/{customer.pk}/").status_code == 404


def test_a_customer_is_created_and_changed(acme, rep):
    answer = send(rep, "post", "/customers/", {"name": "成都蜀锦食品", "phone": "028 88886666"})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["phone"], body["tier"]) == ("028-88886666", "D")
    answer = send(rep, "patch", f"/customers/{body['id']}/", {"city": "成都", "tier": "A"})
    assert (answer.status_code, answer.json()["city"], answer.json()["tier"]) == (200, "成都", "D")


def test_a_wrong_field_is_named(acme, rep):
    answer = send(rep, "post", "/customers/", {"name": "成都蜀锦食品", "phone": "1"})
    assert answer.status_code == 409
    assert set(answer.json()["errors"]) == {"phone"}
    answer = send(rep, "post", "/customers/", {})
    assert (answer.status_code, set(answer.json()["errors"])) == (400, {"name"})
    assert not Customer.objects.exists()


def test_seen_but_not_allowed_is_403(acme, rep, customer):
    finance = client_of(acme.finance)
    path = f"/customers/{customer.pk}/"
    assert send(finance, "patch", path, {"city": "苏州"}).status_code == 403
    assert send(rep, "patch", path, {"city": "苏州"}).status_code == 200
    assert send(finance, "post", "/customers/", {"name": "成都蜀锦"}).status_code == 403


def test_the_tier_and_the_end(acme, rep, customer):
    path = f"/customers/{customer.pk}"
    answer = send(rep, "post", f"{path}/set_tier/", {"tier": "B", "reason": "采购量上升明显"})
    assert answer.json()["tier"] == "B"
    assert send(rep, "post", f"{path}/archive/").json()["archived_at"]
    assert send(rep, "get", "/customers/").json()["results"] == []
    assert send(rep, "post", f"{path}/restore/").json()["archived_at"] is None


def test_contacts_follow_their_customer(acme, rep, customer):
    body = {"customer": customer.pk, "name": "王工", "mobile": "+86 13800138000"}
    answer = send(rep, "post", "/contacts/", body)
    assert (answer.status_code, answer.json()["mobile"]) == (201, "13800138000")
    pk = answer.json()["id"]
    stranger = client_of(acme.west_rep)
    assert send(stranger, "get", f"/contacts/{pk}/").status_code == 404
    assert send(stranger, "post", "/contacts/", body).status_code == 404
    assert send(rep, "patch", f"/contacts/{pk}/", {"title": "采购"}).json()["title"] == "采购"
    assert len(send(rep, "get", f"/contacts/?customer={customer.pk}").json()["results"]) == 1


def test_a_visit_from_plan_to_result(acme, rep, customer):
    today = timezone.localdate().isoformat()
    plan = send(rep, "post", "/visits/plan/", {"customer": customer.pk, "planned_on": today})
    assert plan.status_code == 201
    pk = plan.json()["id"]
    key = {"Idempotency-Key": "v-1"}
    body = {"visit": pk, "lat": "31.230391234", "lng": "121.47", "accuracy": 20}
    first = send(rep, "post", "/visits/check_in/", body, **key)
    second = send(rep, "post", "/visits/check_in/", body, **key)
    assert (first.status_code, first.json()) == (201, second.json())
    assert first.json()["status"] == "open"
    answer = send(rep, "post", f"/visits/{pk}/finish/", {"summary": "确认交期"})
    assert answer.json()["status"] == "done"
    assert send(rep, "post", f"/visits/{pk}/finish/", {"summary": "再来"}).status_code == 409
    assert [v["id"] for v in send(rep, "get", "/visits/?status=done").json()["results"]] == [pk]


def test_a_check_in_names_one_of_customer_and_visit(acme, rep, customer):
    assert send(rep, "post", "/visits/check_in/", {}).status_code == 400
    assert send(rep, "post", "/visits/check_in/", {"customer": "x"}).status_code == 400
    assert send(rep, "post", "/visits/check_in/", {"customer": 2**70}).status_code == 400
    stranger = client_of(acme.west_rep)
    body = {"customer": customer.pk, "kind": "phone"}
    assert send(stranger, "post", "/visits/check_in/", body).status_code == 404
    assert send(rep, "post", "/visits/check_in/", body).status_code == 201
    assert Visit.objects.count() == 1
