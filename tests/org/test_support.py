"""ORG-1.6: the operator reads along: by leave, for a while, logged, and writes nothing."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.models import AuditLine
from contracts.models import Contract
from customers.models import Customer
from kit.because import Forbidden, Refused
from org import actions
from org.models import SupportAccess
from tests.access import samples
from tests.access.test_matrix import interesting, model_of, path_of
from tests.conftest import client_of, inside


@pytest.fixture
def helper(db):
    """A person of the operator at a browser."""
    user = User.objects.create_user("help@operator.example", name="支持二号", is_staff=True)
    client = Client()
    client.force_login(user, backend="accounts.backends.LoginBackend")
    client.user = user
    return client


def grant(acme, helper, **more):
    said = {"user": helper.user, "hours": 4, "reason": "查看导出故障", "by": acme.admin, **more}
    return actions.grant_support(**said)


def enter(helper, cast):
    return helper.post("/org/companies/", {"company": cast.company.pk})


def test_without_leave_there_is_no_way_in(acme, helper):
    assert helper.get("/customers/")["Location"] == "/org/companies/"
    assert acme.company.name not in helper.get("/org/companies/").content.decode()
    assert enter(helper, acme).status_code == 404


def test_the_administrator_lets_somebody_in_who_then_sees_and_is_seen(acme, rival, helper):
    customer = samples.build(acme)[Customer]
    admin = client_of(acme.admin)
    said = {"user": helper.user.pk, "hours": "4", "reason": "查看导出故障"}
    assert admin.post("/org/support/", said).status_code == 302
    access = SupportAccess.objects.get(user=helper.user)
    assert acme.company.name in helper.get("/org/companies/").content.decode()
    assert enter(helper, acme)["Location"] == "/"
    page = helper.get(f"/customers/{customer.pk}/").content.decode()
    assert customer.name in page
    assert "只读" in page
    for who in (acme.admin, acme.east_rep):
        assert "支持二号" in client_of(who).get("/").content.decode()
    lines = AuditLine.objects.filter(verb="org.open_page", object_id=access.pk)
    assert [line.after["path"] for line in lines] == [f"/customers/{customer.pk}/"]
    assert lines.get().actor_name == "支持二号"
    assert f"/customers/{customer.pk}/" in admin.get(f"/org/support/{access.pk}/").content.decode()
    with inside(rival):
        foreign = Customer.objects.create(name="别家", owner=rival.west_rep,
            unit=rival.unit("west_one"), org_path=rival.unit("west_one").path)  # fmt: skip
    assert helper.get(f"/customers/{foreign.pk}/").status_code == 404
    assert enter(helper, rival).status_code == 404


def test_every_page_opens_or_refuses_in_words_and_is_logged(acme, helper):
    made = samples.build(acme)
    access = grant(acme, helper)
    enter(helper, acme)
    before, asked = counts(), 0
    for text, view in interesting():
        model = model_of(view)
        pk = made[model].pk if model in made else 1
        answer = helper.get(path_of(text, pk))
        asked += 1
        assert answer.status_code < 500, text
    assert counts() == before
    lines = AuditLine.objects.filter(verb="org.open_page", object_id=access.pk)
    assert lines.count() == asked


def counts():
    return [Customer.objects.count(), Contract.objects.count(), SupportAccess.objects.count()]


@pytest.mark.parametrize("how", ["form", "htmx", "api", "put"])
def test_every_write_is_refused_at_the_door(acme, helper, how):
    contract = samples.build(acme)[Contract]
    grant(acme, helper)
    enter(helper, acme)
    before = Contract.objects.values().get(pk=contract.pk)
    if how == "api":
        path, kind = f"/api/v1/contracts/{contract.pk}/submit/", "application/json"
        answer = helper.post(path, "{}", content_type=kind)
        assert answer.json()["code"]
        assert "只读" in answer.json()["detail"] + str(answer.json())
    elif how == "put":
        path = f"/api/v1/contracts/{contract.pk}/"
        answer = helper.put(path, "{}", content_type="application/json")
    else:
        headers = {"HX-Request": "true"} if how == "htmx" else {}
        answer = helper.post(
            f"/customers/{contract.customer_id}/add_note/", {"kind": "call", "text": "x"},
            headers=headers,
        )  # fmt: skip
        assert "只读" in answer.content.decode()
    assert answer.status_code == 403
    assert Contract.objects.values().get(pk=contract.pk) == before
    line = AuditLine.objects.filter(verb="org.open_page").latest("seq")
    assert (line.after["status"], line.after["method"]) == (403, "PUT" if how == "put" else "POST")


def test_it_dies_by_itself(acme, helper):
    access = grant(acme, helper)
    enter(helper, acme)
    assert helper.get("/customers/").status_code == 200
    SupportAccess.objects.filter(pk=access.pk).update(
        created_at=timezone.now() - timedelta(hours=5), expires_at=timezone.now()
    )
    assert helper.get("/customers/")["Location"] == "/org/companies/"
    assert helper.get("/api/v1/customers/").status_code in {401, 403}
    assert "支持二号" not in client_of(acme.east_rep).get("/").content.decode()
    assert enter(helper, acme).status_code == 404


def test_it_is_ended_with_the_next_request(acme, helper):
    access = grant(acme, helper)
    enter(helper, acme)
    admin = client_of(acme.admin)
    assert admin.post(f"/org/support/{access.pk}/end/").status_code == 302
    assert helper.get("/customers/")["Location"] == "/org/companies/"
    assert admin.post(f"/org/support/{access.pk}/end/").status_code == 409
    verbs = AuditLine.objects.filter(object_id=access.pk, object_kind="org.supportaccess")
    assert list(verbs.order_by("seq").values_list("verb", flat=True)) == [
        "org.grant_support", "org.end_support",
    ]  # fmt: skip


def test_who_leaves_the_staff_is_out_too(acme, helper):
    grant(acme, helper)
    enter(helper, acme)
    User.objects.filter(pk=helper.user.pk).update(is_staff=False)
    assert helper.get("/customers/")["Location"] == "/org/companies/"


def test_leaving_is_allowed(acme, helper):
    grant(acme, helper)
    enter(helper, acme)
    assert helper.post("/org/companies/", {"leave": "1"}).status_code == 302
    assert helper.get("/customers/")["Location"] == "/org/companies/"


@pytest.mark.parametrize("wrong", [{"hours": 73}, {"hours": 0}, {"reason": " x "}])
def test_hours_and_reason_have_their_bounds(acme, helper, wrong):
    with pytest.raises(Refused):
        grant(acme, helper, **wrong)
    assert not SupportAccess.objects.exists()


def test_the_database_knows_72_hours(acme, helper):
    access = grant(acme, helper)
    with pytest.raises(IntegrityError), transaction.atomic():
        SupportAccess.objects.filter(pk=access.pk).update(
            expires_at=access.created_at + timedelta(hours=72, seconds=1)
        )


def test_only_the_administrator_and_only_for_the_operator(acme, helper):
    for who in (acme.director, acme.management, acme.east_rep):
        assert client_of(who).get("/org/support/").status_code == 403
        with pytest.raises(Forbidden):
            grant(acme, helper, by=who)
    with pytest.raises(Refused):
        grant(acme, helper, user=acme.east_rep.user)
    grant(acme, helper)
    with pytest.raises(Refused):
        grant(acme, helper)
