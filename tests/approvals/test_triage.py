"""T18: what is new since last time, narrowing with counts, a case decided where it is listed."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from approvals import actions
from approvals.actions import visit
from approvals.models import Case, Decision, InboxVisit, Task
from contracts import actions as contracts
from contracts.models import Product
from customers import actions as customers
from files import actions as files
from kit.registry import panels
from tests.access import samples
from tests.conftest import client_of
from tests.contracts.steps import approve

HTMX = {"HX-Request": "true"}


@pytest.fixture
def case(acme, contract):
    contracts.submit(contract, by=acme.east_rep)
    contract.refresh_from_db()
    return contract.case


def rows(client, query=""):
    return client.get(f"/approvals/{query}").context


@pytest.fixture
def hasty(monkeypatch):
    """Every look is a visit of its own, as if there had been a long pause before it."""
    monkeypatch.setattr(visit, "PAUSE", timedelta(0))


def test_what_came_since_the_last_visit_is_marked(acme, contract, case, hasty, monkeypatch):
    client = client_of(acme.east_supervisor)
    assert [row["mark"] for row in rows(client)["rows"]] == [""]  # all is new at the first look
    assert [row["mark"] for row in rows(client)["rows"]] == [""]
    Task.objects.update(opened_at=timezone.now())
    context = rows(client)
    assert [row["mark"] for row in context["rows"]] == ["new"]
    assert ("new", 1) in [(name, count) for name, _label, count in context["flags"]]
    Task.objects.update(opened_at=timezone.now())
    rows(client)
    # a visit goes on while one works: coming back from a document takes no mark away
    monkeypatch.setattr(visit, "PAUSE", timedelta(minutes=30))
    assert [row["mark"] for row in rows(client, "?flag=new")["rows"]] == ["new"]
    monkeypatch.setattr(visit, "PAUSE", timedelta(0))
    assert [row["mark"] for row in rows(client)["rows"]] == [""]


def test_a_second_submission_says_what_changed_since_it_was_seen(acme, contract, case, hasty):
    client = client_of(acme.east_supervisor)
    rows(client)
    said = {"content_hash": case.content_hash, "comment": "账期请改短一些"}
    assert client.post(f"/approvals/{case.pk}/return/", said).status_code == 302
    contract.refresh_from_db()
    contracts.change(contract, by=acme.east_rep, header={"delivery_place": "无锡新吴区"})
    contracts.submit(contract, by=acme.east_rep)
    (row,) = rows(client)["rows"]
    assert row["mark"] == "changed"
    assert row["changed"]["seen"]
    assert [(one["label"], one["new"]) for one in row["changed"]["words"]] == [
        ("交货地点", "无锡新吴区")
    ]
    page = client.get(f"/approvals/{case.pk}/").content.decode()
    assert "无锡新吴区" in page
    assert "提交人修改了什么" in page


def test_filters_count_what_they_would_show(acme, contract, case):
    other = customers.create(by=acme.east_rep2, name="昆山精密模具有限公司", tier="A")
    product = Product.objects.create(name="加工中心", code="X", unit="台", list_price=Decimal(9))
    second = samples.draft(acme, other, product, by=acme.east_rep2)
    contracts.submit(second, by=acme.east_rep2)
    Case.objects.filter(pk=case.pk).update(risks=[], amount=Decimal(1000))
    client = client_of(acme.east_supervisor)
    context = rows(client)
    assert context["total"] == 2
    assert sorted(name for _key, name, _n in context["people"]) == [
        "acme.east_rep", "acme.east_rep2"
    ]  # fmt: skip
    narrowed = rows(client, f"?who=m{acme.east_rep2.pk}")
    assert (narrowed["shown_total"], narrowed["total"]) == (1, 2)
    assert [row["case"].owner for row in narrowed["rows"]] == [acme.east_rep2]
    for name, _label, count in rows(client)["flags"]:
        assert rows(client, f"?flag={name}")["shown_total"] == count
    # what nobody may ask for narrows nothing, and nothing breaks
    for odd in ("?who=x1", "?who=m", "?flag=pk", "?sort=owner", "?kind=no.such", "?cursor=1"):
        assert client.get(f"/approvals/{odd}").status_code == 200
    by_amount = rows(client, "?sort=amount")["rows"]
    assert [row["case"].amount for row in by_amount] == sorted(
        (row["case"].amount for row in by_amount), reverse=True
    )


def test_a_case_is_read_and_decided_in_the_list(acme, contract, case):
    approve(contract, acme.east_supervisor)
    client = client_of(acme.east_manager)
    whole = client.get(f"/approvals/{case.pk}/").content.decode()
    part = client.get(f"/approvals/{case.pk}/", headers=HTMX).content.decode()
    for text in (whole, part):
        assert contract.lines.first().name in text
        assert "批准后还要等" in text  # what approving sets in motion
        assert 'id="decide"' in text
    assert "<html" in whole
    assert "<html" not in part
    # who is not concerned finds nothing there
    assert client_of(acme.west_rep).get(f"/approvals/{case.pk}/").status_code == 404
    # whoever sees it and is not asked is offered no decision
    idle = client_of(acme.director).get(f"/approvals/{case.pk}/").content.decode()
    assert 'id="decide"' not in idle
    short = {"content_hash": case.content_hash, "comment": "短", "at": "case"}
    for headers in ({}, HTMX):
        refused = client.post(f"/approvals/{case.pk}/reject/", short, headers=headers)
        assert refused.status_code == 422
        assert "短</textarea>" in refused.content.decode()
        assert "data-so-case" in refused.content.decode()
    said = {"content_hash": case.content_hash, "comment": "同意该折扣", "at": "case"}
    done = client.post(f"/approvals/{case.pk}/approve/", said, headers=HTMX)
    assert done.status_code == 204
    assert json.loads(done.headers["HX-Trigger"])["so:decided"] == {"case": case.pk}
    assert Decision.objects.filter(verb="approve", by=acme.east_manager).count() == 1


def test_without_script_one_comes_back_to_the_list_as_it_was_narrowed(acme, contract, case):
    approve(contract, acme.east_supervisor)
    client = client_of(acme.east_manager)
    said = {
        "content_hash": case.content_hash, "comment": "同意该折扣", "at": "case",
        "list": "sort=amount&flag=risk&next=//elsewhere.example/",
    }  # fmt: skip
    done = client.post(f"/approvals/{case.pk}/approve/", said)
    assert done.headers["Location"] == "/approvals/?flag=risk&sort=amount"


def test_papers_are_seen_in_the_inbox(acme, contract):
    paper = files.attach(contract, samples.picture(), by=acme.east_rep)
    files.draw_preview({"attachment": paper.pk})
    contracts.submit(contract, by=acme.east_rep)
    contract.refresh_from_db()
    text = client_of(acme.east_supervisor).get(f"/approvals/{contract.case_id}/").content.decode()
    assert f"/files/attachments/{paper.pk}/preview/" in text
    assert f"/files/attachments/{paper.pk}/" in text


def test_a_kind_without_a_glance_shows_what_was_submitted(acme, contract, case, monkeypatch):
    monkeypatch.setitem(panels, "contracts.contract.glance", [])
    text = client_of(acme.east_supervisor).get(f"/approvals/{case.pk}/").content.decode()
    assert "提交内容" in text
    assert contract.delivery_place in text
    assert contract.lines.first().name in text


def test_two_looks_at_once_agree(acme, contract, case, hasty, monkeypatch):
    assert actions.look_in(by=acme.east_manager) is None
    first = actions.look_in(by=acme.east_manager)
    assert first is not None
    monkeypatch.setattr(visit, "PAUSE", timedelta(minutes=30))
    assert actions.look_in(by=acme.east_manager) == first
    assert InboxVisit.objects.filter(member=acme.east_manager).count() == 1
