"""The bell in a browser: from the number to the record, and back by undo."""

import pytest

from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser


def test_a_notice_is_read_taken_back_and_opened(stage, log_in):
    customer = stage[2]["acme"]["customers.customer"]
    with log_in("east_rep", DESK) as person:
        page = person.open("/")
        bell = page.locator(".so-top .so-bell")
        assert bell.locator(".so-count").inner_text() == "1"
        bell.click()
        page.locator(".so-rowcard form button").first.click()
        page.get_by_text("没有未读通知").wait_for()
        assert page.locator(".so-bell .so-count").count() == 0
        page.get_by_role("button", name="撤销").click()
        page.locator(".so-rowcard-title a").first.click()
        page.wait_for_url(f"**/customers/{customer}/")


def test_without_script_everything_is_read_on_the_phone(stage, log_in):
    with log_in("east_rep", PHONE, java_script_enabled=False) as person:
        page = person.open("/notices/?box=all")
        assert person.page.locator(".so-rowcard").count() >= 1
        page.goto(f"{person.address}/notices/choices/")
        page.locator("[name='customers.shared']").uncheck()
        page.locator("form:has([name='customers.shared']) button").click()
        page.get_by_text("通知设置已保存").wait_for()
        assert not page.locator("[name='customers.shared']").is_checked()
