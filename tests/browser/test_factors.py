"""A passkey in Chromium's own authenticator and an authenticator app, from set-up to login."""

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import hotp_value
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PASSWORD, PHONE, Person

pytestmark = pytest.mark.browser


@pytest.fixture
def guest(chromium, stage):
    """guest(size) -> Person who is not logged in, at the one address that passkeys allow here."""
    contexts, people = [], []

    def come(size):
        context = chromium.new_context(viewport=size, locale="zh-CN", has_touch=size == PHONE)
        context.set_default_timeout(10_000)
        contexts.append(context)
        address = stage[1].replace("127.0.0.1", "localhost")
        people.append(Person(context.new_page(), address))
        return people[-1]

    yield come
    for context in contexts:
        context.close()
    assert [wrong for person in people for wrong in person.wrong] == []


def log_in(person, name):
    page = person.open("/accounts/login/")
    page.fill("[name=login]", f"{name}@acme.example")
    page.fill("[name=password]", PASSWORD)
    page.click("form:has([name=password]) button")
    page.wait_for_url(lambda url: not url.endswith("/accounts/login/"))
    return page


def confirm(page):
    page.fill("[name=current]", PASSWORD)
    page.click("main form button.btn-primary")


def log_out(page):
    page.context.clear_cookies()


def authenticator(page):
    """Chromium's virtual authenticator: it has a finger on it and knows whose."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
        "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def test_a_passkey_logs_in_alone_and_as_second_step(guest):
    person = guest(PHONE)
    page = log_in(person, "east_rep")
    session, device = authenticator(page)
    page.goto(f"{person.address}/accounts/")
    page.click("main a[href$='/passkeys/add/']")
    confirm(page)
    page.fill("[name=name]", "我的手机")
    page.click("main form button.btn-primary")
    page.wait_for_url("**/accounts/codes/")
    expect(page.locator(".so-codes li")).to_have_count(10)
    page.goto(f"{person.address}/accounts/")
    expect(page.locator("#factors")).to_contain_text("我的手机")
    assert person.is_within_the_screen()

    log_out(page)
    page.goto(f"{person.address}/accounts/login/?next=/customers/")
    page.click("form[data-so-passkey] button")
    page.wait_for_url(f"{person.address}/customers/")

    log_out(page)
    log_in(person, "east_rep")
    assert page.url.endswith("/accounts/login/second/")
    page.click("form[data-so-passkey] button")
    page.wait_for_url(person.address + "/")

    # another finger: the door stays shut, in words
    log_out(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    page.goto(f"{person.address}/accounts/login/")
    page.click("form[data-so-passkey] button")
    expect(page.locator(".so-toasts")).to_contain_text("未使用通行密钥")
    assert page.url.endswith("/accounts/login/")


def test_an_authenticator_app_from_set_up_to_login_without_scripts(guest, chromium, stage):
    person = guest(DESK)
    page = log_in(person, "west_rep")
    page.goto(f"{person.address}/accounts/totp/add/")
    confirm(page)
    secret = re.sub(r"\s", "", page.locator(".so-key").inner_text())
    assert page.locator(".so-qr img").evaluate("img => img.complete && img.naturalWidth > 0")

    def code(ahead):
        return f"{hotp_value(secret, int(time.time()) // 30 + ahead):06}"

    page.fill("[name=code]", code(-1))
    page.click("main form button.btn-primary")
    page.wait_for_url("**/accounts/codes/")

    context = chromium.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=False)
    try:
        page = context.new_page()
        log_in(Person(page, stage[1]), "west_rep")
        assert page.url.endswith("/accounts/login/second/")
        page.fill("[name=code]", code(0))
        page.click("form:has([name=code]) button")
        page.wait_for_url(stage[1] + "/")
        page.goto(stage[1] + "/accounts/")
        expect(page.locator("#sessions")).to_contain_text("Chrome")
        page.click("#sessions form[action$='end_others/'] button")
        expect(page.locator("main")).to_contain_text("其他设备已全部退出登录")
    finally:
        context.close()
    assert person.open("/accounts/").url.endswith("/accounts/login/?next=/accounts/")
