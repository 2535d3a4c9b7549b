"""D: the calendar feed: one member's own days, nothing private, dead with its link or its owner."""

from datetime import time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from contracts import actions as contracts
from customers import actions as customers
from kit.ical import Entry, calendar
from org import actions as org
from tests.access import samples
from tests.access.world import decided
from tests.conftest import client_of, inside

pytestmark = pytest.mark.django_db
BAD = "甲厂\r\nEND:VEVENT\r\nSUMMARY:x;y,z\\n"


def link(member):
    raw = org.make_token(member, name="手机", by=member, purpose="calendar")
    return f"/calendar/{raw}/salesops.ics", raw


def entries(answer):
    """[{name: value}] of the unfolded text."""
    text = answer.content.decode().replace("\r\n ", "")
    found = []
    for line in text.split("\r\n"):
        if line == "BEGIN:VEVENT":
            found.append({})
        elif found and ":" in line:
            name, _colon, value = line.partition(":")
            found[-1].setdefault(name.partition(";")[0], value)
    return found


@pytest.fixture
def story(acme):
    made = samples.build(acme)
    made = {model.__name__: obj for model, obj in made.items()}
    customer, day = made["Customer"], timezone.localdate() + timedelta(3)
    customers.plan_visit(
        customer, by=acme.east_rep, planned_on=day, planned_time=time(9, 30),
        purpose="谈价 580000 元，电话 13800138000",
    )  # fmt: skip
    hers = customers.create(by=acme.east_rep2, name="别人的客户有限公司")
    customers.plan_visit(hers, by=acme.east_rep2, planned_on=day)
    paper = samples.draft(acme, customer, made["Product"], starts_on=day, ends_on=day)
    contracts.submit(paper, by=acme.east_rep)
    decided(paper, "approve", acme.east_supervisor, acme.east_manager, acme.finance)
    made["Ending"] = contracts.sign(
        paper, by=acme.east_rep, signed_on=timezone.localdate(), signatory_ours="陈晓",
        signatory_theirs="王工",
    )  # fmt: skip
    return made


def test_it_tells_ones_own_days_and_nothing_private(acme, story):
    address, raw = link(acme.east_rep)
    answer = Client().get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert answer["Cache-Control"] == "private, no-cache"
    said = answer.content.decode()
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    titles = [entry["SUMMARY"] for entry in entries(answer)]
    assert len(titles) == 3
    assert sum(title.startswith("拜访：") for title in titles) == 2
    assert f"合同到期：{story['Ending'].number}" in titles
    for secret in ("别人", "13800138000", "580000", acme.canary, raw):
        assert secret not in said
    starts = [entry["DTSTART"] for entry in entries(answer)]
    assert any(start.endswith("T013000Z") for start in starts)  # half past nine in Shanghai


def test_whoever_decides_finds_the_deadline(acme, story):
    titles = [e["SUMMARY"] for e in entries(Client().get(link(acme.east_supervisor)[0]))]
    assert [title for title in titles if title.startswith("审批到期：")]
    assert not [title for title in titles if title.startswith("拜访：")]


def test_it_is_asked_for_again_only_when_it_changed(acme, story):
    address, _raw = link(acme.east_rep)
    mark = Client().get(address)["ETag"]
    again = Client().get(address, headers={"If-None-Match": mark})
    assert (again.status_code, again.content) == (304, b"")
    plan = story["Visit"]
    customers.cancel_visit(plan, by=acme.east_rep, reason="客户出差")
    assert Client().get(address, headers={"If-None-Match": mark}).status_code == 200


@pytest.mark.parametrize("end", ["revoke", "disable", "login", "password"])
def test_the_link_dies_at_once(acme, story, end):
    address, _raw = link(acme.east_rep)
    assert Client().get(address).status_code == 200
    if end == "revoke":
        org.revoke_token(org.tokens_of(acme.east_rep).get(), by=acme.east_rep)
    elif end == "disable":
        org.disable(acme.east_rep, by=acme.admin)
    elif end == "login":
        type(acme.east_rep.user).objects.filter(pk=acme.east_rep.user_id).update(is_active=False)
    else:
        org.revoke_tokens(acme.east_rep.user)
    answer = Client().get(address)
    assert (answer.status_code, answer.content) == (404, b"")


def test_one_kind_of_secret_does_not_open_the_other(acme, story):
    address, raw = link(acme.east_rep)
    header = {"Authorization": f"Token {raw}"}
    assert Client().get("/api/v1/customers/", headers=header).status_code == 401
    assert Client().get("/customers/", headers=header).status_code == 302
    key = org.make_token(acme.east_rep, name="t", by=acme.east_rep)
    assert Client().get(f"/calendar/{key}/salesops.ics").status_code == 404
    assert Client().get("/calendar/x/salesops.ics").status_code == 404
    assert Client().post(address).status_code == 405


def test_another_session_in_the_same_browser_changes_nothing(acme, rival, story):
    address, _raw = link(acme.east_rep)
    with inside(rival):
        samples.build(rival)
        browser = client_of(rival.director)
    mine = Client().get(address).content
    assert browser.get(address).content == mine
    assert rival.canary.encode() not in mine


def test_no_name_begins_a_line_of_its_own():
    now = timezone.now()
    text = calendar("甲\r\nX:1", [Entry("a", now, now.date(), BAD, "http://h/\r\nX:1")])
    lines = text.replace("\r\n ", "").split("\r\n")
    assert sum(line == "END:VEVENT" for line in lines) == 1
    assert "SUMMARY:甲厂 END:VEVENT SUMMARY:x\\;y\\,z\\\\n" in lines
    assert not [line for line in lines if line.startswith("X:")]


def test_the_link_is_made_on_ones_account_and_shown_once(acme):
    user = acme.east_rep.user
    user.set_password("a long enough secret")
    user.save()
    browser = Client()
    browser.post("/accounts/login/", {"login": user.login, "password": "a long enough secret"})
    browser.post("/accounts/confirm/", {"current": "a long enough secret"})
    said = {"name": "手机", "idempotency_key": "once"}
    page = browser.post("/org/tokens/make_feed/", said).content.decode()
    address = page.split('id="address"')[1].split('value="')[1].split('"')[0]
    assert Client().get(address.removeprefix("http://testserver")).status_code == 200
    assert browser.post("/org/tokens/make_feed/", said)["Location"] == "/accounts/"
    listed = browser.get("/accounts/").content.decode()
    assert "手机" in listed
    assert address not in listed


