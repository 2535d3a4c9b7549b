"""The admin invites a rep by a link; the rep sets a password, comes in and sees only their own."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser
SECRET = "zq-mountain-77-zq"
LOGIN = "13800001111"


def test_a_rep_comes_in_by_a_link_and_sees_only_own_records(stage, chromium, log_in):
    _clone, address, ids = stage
    with log_in("admin", DESK) as admin:
        page = admin.open("/org/members/")
        page.click("main a[href$='/members/invite/']")
        page.fill("[name=name]", "新代表")
        page.fill("[name=login]", LOGIN)
        page.select_option("[name=role]", "rep")
        unit = page.locator("[name=unit] option", has_text="华东一组").get_attribute("value")
        page.select_option("[name=unit]", unit)
        page.click("main form button.btn-primary")
        link = page.locator("#link").input_value()
        page = admin.open("/org/members/?q=新代表")
        expect(page.locator("main")).to_contain_text("已邀请")
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", has_touch=True)
    try:
        page = context.new_page()
        page.goto(link)
        page.fill("[name=password]", SECRET)
        page.fill("[name=again]", SECRET)
        page.click("main form button.btn-primary")
        page.wait_for_url(address + "/")
        page.goto(f"{address}/customers/{ids['acme']['customers.customer']}/")
        assert "404" in page.locator("main").inner_text()
        page.goto(link)
        expect(page.locator("main")).to_contain_text("失效")
        context.clear_cookies()
        page.goto(f"{address}/accounts/login/")
        page.fill("[name=login]", LOGIN)
        page.fill("[name=password]", SECRET)
        page.click("form:has([name=password]) button")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        page.goto(f"{address}/customers/")
        expect(page.locator("main")).not_to_contain_text("华东精密")
    finally:
        context.close()
