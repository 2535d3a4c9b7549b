"""The main job, end to end, in Chromium: a visit, a contract, four approvers, the figures."""

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.timezone import localdate
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_screens import ASK, AXE, RULES
from tests.serving import run

pytestmark = pytest.mark.browser
SHOTS = os.environ.get("SHOTS")
POINTS = ("amount", "specification", "delivery", "payment", "liability", "other")


def shot(person, name, size):
    assert person.is_within_the_screen(), name
    if SHOTS:
        folder = Path(SHOTS)
        folder.mkdir(parents=True, exist_ok=True)
        person.page.screenshot(
            path=folder / f"{name}-{size['width']}.png", full_page=size == DESK or "full" in name
        )


def visible(page, selector):
    """Of twins for phone and desktop, the one that is shown."""
    return page.locator(selector).locator("visible=true").first


def press(page, words):
    visible(page, f"button:has-text('{words}'), a.btn:has-text('{words}')").click()


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1440"])
def test_the_day_of_a_contract(stage, log_in, size):  # noqa: PLR0915  one long day
    clone, _address, ids = stage
    customer = ids["acme"]["customers.customer"]
    title = f"数控机床采购合同 {size['width']}"
    soon = localdate() + timedelta(days=20)

    with log_in("east_rep", size) as rep:
        page = rep.page
        shot(rep, "rep-home", size)
        rep.open(f"/customers/{customer}/")
        shot(rep, "customer", size)
        rep.open(f"/customers/{customer}/check_in/")
        page.fill("[name=purpose]", "方案讲解")
        shot(rep, "check-in", size)
        page.click("main form button.btn-primary")
        page.wait_for_url(re.compile(r"/customers/visits/\d+/"))
        visit = re.search(r"/visits/(\d+)/", page.url)[1]
        rep.open(f"/customers/visits/{visit}/finish/")
        page.fill("[name=summary]", "客户认可方案，要求本周报价。")
        page.fill("[name=met]", "王工")
        page.fill("[name=next_step]", "报价")
        page.fill("[name=next_on]", soon.isoformat())
        page.click("main form button.btn-primary")
        rep.open(f"/customers/{customer}/")
        expect(page.locator("main")).to_contain_text("客户认可方案")

        rep.open(f"/contracts/new/?customer={customer}")
        page.fill("[name=title]", title)
        page.fill("[name=delivery_on]", (soon + timedelta(days=30)).isoformat())
        page.fill("[name=delivery_place]", "苏州工业园区星湖街 1 号")
        for field, value in {
            "name": "五轴加工中心", "quantity": "2", "unit": "台", "list_price": "500000",
            "discount": "86",
        }.items():  # fmt: skip
            page.fill(f"[name=lines-0-{field}]", value)
        page.fill("[name=plan-0-percent]", "30")
        page.fill("[name=plan-0-due_on]", soon.isoformat())
        page.click("#plan [data-so-add]")
        page.fill("[name=plan-1-percent]", "70")
        page.select_option("[name=plan-1-basis]", "delivery")
        page.fill("[name=plan-1-days_after]", "90")
        page.keyboard.press("Tab")
        expect(page.locator("#totals")).to_contain_text("860,000.00")
        shot(rep, "draft-full", size)
        press(page, "保存草稿")
        page.wait_for_url(re.compile(r"/contracts/\d+/$"))
        path = re.search(r"(/contracts/\d+/)", page.url)[1]
        shot(rep, "draft-saved", size)
        press(page, "提交审核")
        expect(page.locator("main")).to_contain_text("HT-HD-")
        shot(rep, "submitted", size)

    def decide(name, points, comment, picture, is_risky=True):
        with log_in(name, size) as approver:
            page = approver.page
            approver.open("/approvals/")
            shot(approver, f"{picture}-inbox", size)
            page.click(f"a:has-text('{title}')")
            expect(page.locator("main")).to_contain_text("860,000.00")
            if is_risky:
                expect(page.locator(".so-risk").first).to_contain_text("86")
            for key in points:
                page.check(f"[name=check_{key}]")
            if comment:
                page.fill("#decide textarea[name=comment]", comment)
            shot(approver, f"{picture}-decides-full", size)
            page.click("#decide button.btn-primary")
            page.wait_for_url("**/approvals/")
            expect(page.locator("main")).not_to_contain_text(title)

    decide("east_supervisor", POINTS, "条款齐全。", "supervisor")
    decide("east_manager", (), "三年框架客户，同意该折扣。", "manager")
    decide("finance", ("payment_terms",), "", "finance")

    with log_in("east_rep", size) as rep:
        page = rep.page
        rep.open(path)
        shot(rep, "approved-full", size)
        press(page, "签订")
        page.fill("[name=signed_on]", localdate().isoformat())
        page.fill("[name=signatory_ours]", "陈晓")
        page.fill("[name=signatory_theirs]", "王建国")
        shot(rep, "sign", size)
        page.click("main form button.btn-primary")
        page.wait_for_url(re.compile(r"/contracts/\d+/$"))
        shot(rep, "signed-full", size)

    with log_in("director", size) as director:
        director.open("/")
        shot(director, "director-home", size)
        director.open("/figures/")
        shot(director, "figures-full", size)
        expect(director.page.locator("main")).to_contain_text("华东大区")
    pk = int(re.search(r"\d+", path)[0])
    seen = run(
        clone,
        "from tenancy.context import company\nfrom tests.conftest import cast_of\n"
        "from contracts.models import Contract\nfrom audit.verify import verify\n"
        "cast = cast_of('acme')\n"
        f"with company(cast.company.pk):\n c = Contract.objects.get(pk={pk})\n"
        " result = [c.status, str(c.gross_amount), verify(cast.company.pk).ok]",
    )
    assert seen == ["signed", "860000.00", True]


WAITING = """
from tenancy.context import company
from tests.conftest import cast_of
from tests.access import samples
from tests.contracts.steps import approve
from contracts import actions as contracts
from contracts.models import Product
from customers.models import Customer
cast = cast_of("acme")
with company(cast.company.pk):
    customer = Customer.objects.filter(owner=cast.east_rep)[0]
    product = Product.objects.create(name="夹具", code="J-1", unit="套", list_price=900)
    for number in range(5):
        draft = samples.draft(cast, customer, product, title=f"逐份审批 {number}")
        draft = contracts.submit(draft, by=cast.east_rep)
        approve(draft, cast.east_supervisor)
result = True
"""
FOCUSED = "document.activeElement.closest('[data-so-item]')?.dataset.soItem ?? ''"


def test_the_inbox_by_keys_alone_and_by_one_thumb(stage, log_in):  # noqa: PLR0915  one morning
    run(stage[0], WAITING)
    with log_in("east_manager", DESK) as boss:
        page = boss.open("/approvals/")
        rows, glance = page.locator("[data-so-item]"), page.locator("#so-glance")
        many = rows.count()
        page.keyboard.press("j")
        first = page.evaluate(FOCUSED)
        assert first
        page.keyboard.press("x")
        expect(page.locator(".so-pick:checked")).to_have_count(1)
        page.keyboard.press("x")
        page.keyboard.press("Enter")
        expect(glance.locator("[data-so-case-title]")).to_be_visible()
        shot(boss, "triage", DESK)
        page.evaluate(AXE)
        assert page.evaluate(ASK, RULES) == []
        page.keyboard.press("a")
        expect(glance.locator("[data-so-key=a]")).to_be_focused()
        page.keyboard.press("Enter")
        expect(rows).to_have_count(many - 1)
        # the next one is open, and the keys go on from there
        expect(glance.locator("[data-so-case-title]")).to_be_visible()
        assert page.evaluate(FOCUSED) not in {"", first}
        page.keyboard.press("r")
        expect(glance.locator("#decide-comment")).to_be_focused()
        page.keyboard.type("价格请再核对一下")
        page.keyboard.press("Control+Enter")
        expect(rows).to_have_count(many - 2, timeout=15_000)
        page.keyboard.press("?")
        expect(page.locator("#so-keys")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        expect(glance).to_be_hidden()
        held = page.evaluate(FOCUSED)
        page.keyboard.press("Tab")  # never a trap
        page.keyboard.press("Tab")
        assert page.evaluate(FOCUSED) != held
    with log_in("east_manager", PHONE) as boss:
        page = boss.open("/approvals/")
        rows, glance = page.locator("[data-so-item]"), page.locator("#so-glance")
        many = rows.count()
        page.locator("[data-so-glance]").first.tap()
        button = glance.locator(".so-actionbar .btn-primary")
        expect(button).to_be_visible()
        shot(boss, "triage", PHONE)
        place = button.bounding_box()
        assert place["height"] >= 44
        assert place["y"] > PHONE["height"] * 0.75  # where a thumb is
        page.go_back()
        expect(glance).to_be_hidden()
        page.locator("[data-so-glance]").first.tap()
        button.tap()
        expect(rows).to_have_count(many - 1)
        expect(glance).to_be_hidden()
        # several at once: how far it is, and what was left
        page.locator(".so-pick").first.check()
        page.locator("#batch summary").tap()
        page.locator("#batch .so-confirm-body .btn-primary").tap()
        expect(rows).to_have_count(many - 2, timeout=15_000)
