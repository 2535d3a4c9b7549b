"""Real Chromium on a served clone, at the phone's and the desk's width."""

import os
import shutil
from contextlib import contextmanager

import pytest

from tests.serving import environment, run, serve, work

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 900}
PASSWORD = "a-long-password-of-the-stage"

SET_UP = f"""
from django.contrib.auth.hashers import make_password
from accounts.models import User
from tenancy.context import company
from tests.conftest import cast_of
from tests.access import samples
User.objects.update(password=make_password({PASSWORD!r}))
ids = {{}}
for slug in ("acme", "rival"):
    cast = cast_of(slug)
    with company(cast.company.pk):
        made = samples.build(cast)
        ids[slug] = {{m._meta.label_lower: obj.pk for m, obj in made.items()}}
result = ids
"""


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    """Not longer than the module: Playwright's loop would forbid others the database."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    assert path, "apt install chromium fonts-noto-cjk"
    folder = str(tmp_path_factory.mktemp("chromium"))  # and nothing in the home of whoever tests
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=path,
            env={**os.environ, "XDG_CONFIG_HOME": folder, "XDG_CACHE_HOME": folder},
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def stage(clone_database, tmp_path_factory):
    """(clone, address, ids): a served clone with one record of every kind in both companies."""
    clone, folder = clone_database(), tmp_path_factory.mktemp("stage")
    data = folder / "data"
    clone.env["SALESOPS_MEDIA"] = str(data)
    ids = run(clone, SET_UP)
    with serve(clone, folder / "web.log") as address:
        yield clone, address, ids


@pytest.fixture(scope="module")
def workers(stage, tmp_path_factory):
    """The worker and the beat beside the served clone."""
    with work(stage[0], tmp_path_factory.mktemp("work") / "worker.log") as process:
        yield process


# a refusal in words; a request given up because its page was left
EXPECTED = ("status of 4", "htmx:afterRequest", "htmx:sendError", "htmx:sendAbort")


class Person:
    """Somebody at a browser: a page, and a note of everything the page did wrong."""

    def __init__(self, page, address):
        self.page, self.address, self.wrong = page, address, []
        page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        page.on("console", self._heard)
        page.on("request", self._asked)
        page.on("response", self._answered)

    def _heard(self, message):
        if message.type == "error" and not any(text in message.text for text in EXPECTED):
            self.wrong.append(f"console: {message.text}")

    def _asked(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(f"outside request: {request.url}")

    def _answered(self, response):
        if response.status >= 500:
            self.wrong.append(f"{response.status}: {response.url}")

    def open(self, path):
        self.page.goto(self.address + path)
        return self.page

    def is_within_the_screen(self):
        """No sideways scrolling."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )


@pytest.fixture
def log_in(chromium, stage):
    """log_in("east_rep", PHONE) -> Person; at the end nobody may have met an error."""
    people = []

    @contextmanager
    def opened(name, size, slug="acme", **options):
        context = chromium.new_context(
            viewport=size, locale="zh-CN", has_touch=size == PHONE, **options
        )
        context.set_default_timeout(10_000)
        person = Person(context.new_page(), stage[1])
        people.append(person)
        page = person.open("/accounts/login/")
        page.fill("[name=login]", f"{name}@{slug}.example")
        page.fill("[name=password]", PASSWORD)
        page.click("form:has([name=password]) button")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)
        try:
            yield person
        finally:
            context.close()

    yield opened
    assert [wrong for person in people for wrong in person.wrong] == []


__all__ = ["environment"]
