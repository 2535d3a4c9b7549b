"""The search everywhere in a browser: Ctrl-K at the desk, a plain page on the phone."""

import pytest

from tests.browser.conftest import DESK, PHONE
from tests.browser.test_screens import ASK, AXE, RULES

pytestmark = pytest.mark.browser
NAME = "华东精密机械有限公司"


def test_ctrl_k_finds_and_opens_a_customer_with_keys_alone(stage, log_in):
    customer = stage[2]["acme"]["customers.customer"]
    with log_in("east_rep", DESK) as person:
        page = person.open("/contracts/")
        start = page.locator(".so-chip").first
        start.focus()
        page.keyboard.press("Control+k")
        palette, field = page.locator("#so-palette"), page.locator("#so-palette-q")
        palette.locator("[role=option]").first.wait_for()  # what was touched last
        assert field.evaluate("field => field === document.activeElement")
        field.press_sequentially("hdjm")
        palette.locator("mark", has_text="华东精密").first.wait_for()
        said = page.locator("#so-palette-said")
        assert "条结果" in said.inner_text()
        page.evaluate(AXE)
        assert page.evaluate(ASK, RULES) == []
        chosen = palette.locator("[aria-selected=true]")
        first = chosen.get_attribute("id")
        page.keyboard.press("ArrowDown")
        assert chosen.get_attribute("id") != first
        assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
        # the focus stays inside, and comes back to where it was
        for _n in range(12):
            page.keyboard.press("Tab")
            inside = "document.getElementById('so-palette').contains(document.activeElement)"
            assert page.evaluate(f"{inside} || document.activeElement === document.body")
        field.focus()
        page.keyboard.press("Escape")
        assert not palette.is_visible()
        assert start.evaluate("chip => chip === document.activeElement")
        page.keyboard.press("/")
        palette.locator("[role=option]").first.wait_for()
        field.fill(NAME)
        palette.locator("mark", has_text=NAME).first.wait_for()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/customers/{customer}/")
        page.keyboard.press("Control+k")
        field.fill("天上没有的公司")
        # an answer of a moment ago is not opened: Enter asks the page
        page.keyboard.press("Enter")
        page.wait_for_url("**/search/?q=*")
        assert "没有找到" in page.locator("#so-found").inner_text()


def test_the_box_of_the_frame_opens_it_and_keys_stay_letters_while_typing(stage, log_in):
    with log_in("finance", DESK) as person:
        page = person.open("/search/")
        field = page.locator("#search-q")
        field.press_sequentially("a/b")
        assert field.input_value() == "a/b"
        assert not page.locator("#so-palette").is_visible()
        page.locator(".so-top .so-search input").click()
        page.locator("#so-palette [role=option]").first.wait_for()
        page.locator("[data-so-shut-palette]").click()
        assert not page.locator("#so-palette").is_visible()


def test_without_script_the_page_answers_on_the_phone(stage, log_in):
    contract = stage[2]["acme"]["contracts.contract"]
    with log_in("east_rep", PHONE, java_script_enabled=False) as person:
        page = person.open("/")
        page.locator(".so-phonebar a", has_text="搜索").click()
        page.locator("#search-q").fill("hdjm")
        page.locator(".so-main form button").click()
        assert page.locator("mark", has_text="华东精密").count() >= 1
        page.locator(f".so-hit[href='/contracts/{contract}/']").click()
        page.wait_for_url(f"**/contracts/{contract}/")
