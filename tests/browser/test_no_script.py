"""Reading and approving on a phone whose browser runs no script at all."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.serving import run

pytestmark = pytest.mark.browser
POINTS = ("amount", "specification", "delivery", "payment", "liability", "other")


def shown(page, selector):
    return page.locator(selector).locator("visible=true").first


def test_a_supervisor_reads_and_approves_without_script(stage, log_in):
    clone, _address, ids = stage
    contract = ids["acme"]["contracts.contract"]
    with log_in("east_supervisor", PHONE, java_script_enabled=False) as person:
        page = person.page
        expect(page.locator("h1").first).to_be_attached()
        # today names what waits and leads to it
        shown(page, "a[href='/approvals/']").click()
        page.wait_for_url("**/approvals/")
        page.click(".so-rowcard-title a")
        page.wait_for_url(re.compile(r"/approvals/\d+/"))
        expect(page.locator("main")).to_contain_text("¥1,044,000.00")
        # menus and the reasons behind a button open by themselves
        for summary in page.locator("header details > summary, main details > summary").all():
            if summary.is_visible():
                summary.click()
                page.wait_for_timeout(20)
                summary.click()
        for key in POINTS:
            page.check(f"[name=check_{key}]")
        page.fill("#decide textarea[name=comment]", "条款齐全。")
        shown(page, "#decide button.btn-primary").click()
        page.wait_for_url("**/approvals/")
        expect(page.locator("main")).not_to_contain_text("年度设备采购合同")
        # the language is chosen without script, too
        page.goto(f"{person.address}/contracts/{contract}/")
        assert page.locator("html").get_attribute("lang") == "zh-hans"
        expect(page.locator("main")).to_contain_text("条款齐全。")
    seen = run(
        clone,
        "from tenancy.context import company\nfrom tests.conftest import cast_of\n"
        "from approvals.models import Decision\ncast = cast_of('acme')\n"
        "with company(cast.company.pk):\n"
        "    result = list(Decision.objects.values_list('verb', 'by__employee_no'))",
    )
    assert ["approve", "east_supervisor"] in seen


@pytest.mark.parametrize("who", ["east_rep", "director"])
def test_every_first_page_reads_without_script(stage, log_in, who):
    ids = stage[2]["acme"]
    paths = [
        "/", "/customers/", f"/customers/{ids['customers.customer']}/", "/contracts/",
        f"/contracts/{ids['contracts.contract']}/", "/customers/visits/", "/approvals/",
        f"/customers/visits/{ids['customers.visit']}/",
    ]  # fmt: skip
    with log_in(who, PHONE, java_script_enabled=False) as person:
        for path in paths:
            answer = person.page.goto(person.address + path)
            assert answer.ok, path
            assert person.page.locator("main").inner_text().strip(), path
            # what needs a script is not offered
            for one in person.page.locator(".so-js-only").all():
                assert not one.is_visible(), (path, one.inner_text())
