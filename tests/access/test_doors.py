"""H10, H11: tokens of forms, pages that only show, headers, cookies, and no known credential."""

import json
import os
import re
import subprocess
import sys
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.access import world
from tests.access.changes import difference, dump
from tests.access.test_bodies import some_pk, told, unsafe
from tests.access.test_matrix import PEOPLE, interesting, methods_of, path_of
from tests.access.world import WRITES, send
from tests.conftest import client_of

BASE = Path(__file__).resolve().parents[2]


@pytest.fixture
def stage(acme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return world.build(acme)


def target(stage, name, view, text):
    row = WRITES.get(name)
    on = getattr(stage, row.on) if row and row.on else None
    return row, path_of(text, on.pk if on else some_pk(stage, view, text))


# --- forms ----------------------------------------------------------------------------------------


def test_every_unsafe_address_refuses_a_missing_csrf_token(stage):
    """With the token of the page the very same request is no matter of CSRF any more."""
    wrong, twins = [], 0
    for name, text, method, view in unsafe():
        row, path = target(stage, name, view, text)
        body = row.body(stage) if row else {}
        client = client_of(world.someone(row.who if row else "director"), enforce_csrf_checks=True)
        before = dump()
        answer = send(client, method, path, body)
        if answer.status_code != 403 or dump() != before:
            wrong.append((name, answer.status_code))
        if "/api/" in name:
            assert answer.json()["code"] in {"csrf", "permission_denied", "forbidden"}, (
                answer.json()
            )
        client.get("/org/me/")
        token = client.cookies["csrftoken"].value
        with transaction.atomic():
            if "/api/" in name and "file" not in body:
                again = client.generic(
                    method, path, json.dumps(body), content_type="application/json",
                    headers={"X-CSRFToken": token},
                )  # fmt: skip
            else:
                again = client.post(
                    path, (row.body(stage) if row else {}) | {"csrfmiddlewaretoken": token},
                    headers={"X-CSRFToken": token},
                )  # fmt: skip
            transaction.set_rollback(True)
        twins += again.status_code < 400
    assert not wrong, told(wrong)
    assert twins > 55


def test_the_public_forms_need_their_token_too(acme):
    client = client_of(acme.east_rep, enforce_csrf_checks=True)
    stranger = Client(enforce_csrf_checks=True)
    for who, path in ((client, "/accounts/logout/"), (client, "/org/companies/"),
                      (client, "/i18n/setlang/"), (stranger, "/accounts/login/"),
                      (stranger, "/operator/login/")):  # fmt: skip
        assert who.post(path, {}).status_code == 403, path


def test_a_get_writes_nothing(stage):
    """Every page by every role; only the log of refusals and sessions may grow."""
    wrong, seen = [], 0
    before = dump()
    for name in PEOPLE:
        client = client_of(world.someone(name))
        for text, view in interesting():
            if "GET" not in methods_of(view) and not getattr(view, "guard", None):
                continue
            pk = 0
            if "pk" in text:
                model = view.guard.model if hasattr(view, "guard") else view.cls.queryset.model
                pk = {"Contact": stage.contact}.get(model.__name__)
                pk = pk.pk if pk else some_pk(stage, Fake(model), text)
            answer = client.get(path_of(text, pk))
            seen += answer.status_code == 200
            if answer.status_code >= 500:
                wrong.append((name, text, answer.status_code))
        # to open a notice is to have read it, to look into the inbox is to have been there
        grown = difference(before, dump())
        if done := [line for line in grown if not any(mark in line for mark in MARKS)]:
            wrong.append((name, done[:3]))
    assert not wrong, told(wrong)
    assert seen > 300


class Fake:
    """A view's stand-in for `some_pk`."""

    def __init__(self, model):
        self.guard = self
        self.model = model


def test_other_methods_are_answered_and_write_nothing(stage):
    before, wrong = dump(), []
    client = client_of(stage.cast.director, raise_request_exception=False)
    for text, view in interesting():
        if "pk" in text:
            model = view.guard.model if hasattr(view, "guard") else view.cls.queryset.model
            pk = (
                stage.contact.pk
                if model.__name__ == "Contact"
                else some_pk(stage, Fake(model), text)
            )
        else:
            pk = 0
        for method in ("HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"):
            answer = client.generic(method, path_of(text, pk))
            if answer.status_code >= 500:
                wrong.append((method, text, answer.status_code))
    assert dump() == before
    assert not wrong, told(wrong)


def test_an_address_with_a_nul_is_just_not_found(acme):
    client = client_of(acme.director, raise_request_exception=False)
    for path in ("/files/imports/template/a%00b/", "/api/v1/customers/%00/", "/%00",
                 "/customers/%0d%0aX/"):  # fmt: skip
        assert client.get(path).status_code == 404, path


# --- headers and cookies --------------------------------------------------------------------------


def pages(stage, settings):
    """(address, answer) of every kind of answer: pages, refusals, faults of ours."""
    client = client_of(stage.cast.east_rep, raise_request_exception=False)
    for text, view in interesting():
        if "pk" not in text and "GET" in methods_of(view):
            yield text, client.get(path_of(text, 0))
    yield "403", client.get(f"/contracts/{stage.contract.pk}/change/")
    yield "404", client.get("/nowhere/")
    yield "404 of a record", client.get(f"/customers/{world.MISSING}/")
    yield "409", client.post(f"/contracts/{stage.contract.pk}/submit/")
    yield "422", client.post("/customers/create/", {"name": ""})
    yield "405", client.get(f"/contracts/{stage.contract.pk}/submit/")
    yield "401", Client().get("/api/v1/customers/")
    yield "login", Client().get("/accounts/login/")
    yield "docs", Client().get("/api/v1/docs/")
    yield "csrf", Client(enforce_csrf_checks=True).post("/accounts/login/")
    yield "host", client.get("/", headers={"Host": "evil.example"})
    yield "nul", client.get("/customers/?q=%00")
    from unittest import mock

    with mock.patch("desk.views.desk_of", side_effect=ZeroDivisionError):
        yield "500", client.get("/")


INLINE = rb"<script(?![^>]*\bsrc=)(?![^>]*application/json)"


def test_every_answer_carries_the_security_headers(stage, settings):
    statuses, wrong = set(), []
    for text, answer in pages(stage, settings):
        statuses.add(answer.status_code)
        policy = answer.headers.get("Content-Security-Policy", "")
        parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";"))
        if "Content-Disposition" in answer.headers:  # tests/files/test_downloads.py
            continue
        is_fine = (
            parts.get("default-src") == parts.get("script-src") == "'self'"
            and parts.get("object-src") == parts.get("frame-ancestors") == "'none'"
            and "unsafe-eval" not in policy
            and ("unsafe" not in policy or text in {"docs", "api/v1/docs/"})
            and answer.headers.get("X-Frame-Options") == "DENY"
            and answer.headers.get("X-Content-Type-Options") == "nosniff"
            and answer.headers.get("Referrer-Policy") == "same-origin"
            and answer.headers.get("Cross-Origin-Opener-Policy") == "same-origin"
        )
        if not is_fine:
            wrong.append((text, answer.status_code, dict(answer.headers)))
        if "html" in answer.headers.get("Content-Type", "") and text != "docs":
            assert not re.search(INLINE, answer.content), text
            assert not re.search(rb"\son[a-z]+=|\sstyle=|<style|javascript:", answer.content), text
    assert not wrong, told(wrong)
    assert statuses >= {200, 400, 401, 403, 404, 405, 409, 422, 500}


def test_pages_of_a_company_are_kept_by_no_cache_on_the_way(stage):
    """What a member saw is not shown from a store to whoever sits there next."""
    client = client_of(stage.cast.east_rep)
    for path in ("/", f"/customers/{stage.customer.pk}/", "/api/v1/customers/"):
        said = client.get(path).headers.get("Cache-Control", "")
        assert "private" in said, (path, said)
        assert "no-cache" in said, (path, said)


def test_no_cookie_is_readable_by_scripts_or_sent_across_sites(acme):
    user = acme.east_rep.user
    user.set_password("a long enough secret")
    user.save()
    client = Client()
    client.get("/accounts/login/")
    client.post(
        reverse("accounts:login"), {"login": user.email, "password": "a long enough secret"}
    )
    client.post("/i18n/setlang/", {"language": "en"})
    assert set(client.cookies) >= {"sessionid", "csrftoken", "so-known", "django_language"}
    for name, cookie in client.cookies.items():
        assert cookie["samesite"] == "Lax", name
        # the form's token is no secret from the form's own page
        assert cookie["httponly"] or name == "csrftoken", name


OUTSIDE = """
import django, json
django.setup()
from django.test import Client
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
client = Client()
plain = client.get("/healthz")
answer = client.get("/accounts/login/", secure=True)
language = client.post("/i18n/setlang/", {"language": "en"}, secure=True)
print("RESULT" + json.dumps({
    "plain": [plain.status_code, plain.headers.get("Location", "")],
    "hsts": answer.headers.get("Strict-Transport-Security", ""),
    "cookies": [str(c) for c in client.cookies.values()],
    "session": [settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE],
}))
"""


def outside(*command, **env):
    given = {**os.environ, "DJANGO_SETTINGS_MODULE": "salesops.settings", "PYTHONPATH": str(BASE),
             "HTTPS": "1", **env}  # fmt: skip
    return subprocess.run(
        [sys.executable, *command], cwd=BASE, env=given, capture_output=True, text=True, check=False
    )


def test_with_https_cookies_are_secure_and_the_check_is_clean(clone_database):
    clone = clone_database()
    done = outside("-c", OUTSIDE, **clone.env)
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout.rsplit("RESULT", 1)[1])
    assert said["plain"] == [301, "https://testserver/healthz"]
    assert said["hsts"].startswith("max-age=31536000; includeSubDomains")
    assert said["session"] == [True, True]
    assert said["cookies"]
    for text in said["cookies"]:
        assert "Secure" in next(iter(SimpleCookie(text.split(": ", 1)[1]).values())).OutputString()
    checked = outside(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING",
        **(clone.env | {"HOSTS": "sales.example", "SECRET_KEY": "0123456789abcdefghij" * 4}),
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr[-2000:]


# --- H11 ------------------------------------------------------------------------------------------

MARKS = ("('~', 'notices_notice', ", "('+', 'approvals_inboxvisit', ")
SECRET = re.compile(
    r"""(?ix)(?:password|passwd|secret|token|api_?key)["']?\s*[:=]\s*["'](?!password)(?P<word>[^"'{}$<>%\s]{6,})["']"""
)
LETTERS = re.compile(r"-----BEGIN|AKIA[0-9A-Z]{16}|ghp_[0-9A-Za-z]{36}|pbkdf2_sha256\$|scrypt\$\d")


def test_no_file_of_the_tree_holds_a_credential():
    wrong = []
    names = subprocess.run(
        ["git", "ls-files"], cwd=BASE, capture_output=True, text=True, check=True
    ).stdout.split()
    for name in names:
        path = BASE / name
        if name.startswith(("tests/", "package-lock")) or path.suffix in {".po", ".txt", ".svg"}:
            continue
        try:
            text = path.read_text()
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        wrong += [(name, found[0][:80]) for found in SECRET.finditer(text)]
        wrong += [(name, found[0]) for found in LETTERS.finditer(text)]
    assert not wrong, told(wrong)


def test_a_new_installation_knows_nobody(clone_database):
    """Migrations make no login; the demo comes only by its own command."""
    from django.db.migrations.loader import MigrationLoader

    texts = "".join(
        Path(sys.modules[m.__module__].__file__).read_text()
        for (app, _name), m in MigrationLoader(None).disk_migrations.items()
        if (BASE / app).exists()
    )
    assert "set_password" not in texts
    assert "create_user" not in texts
    callers = [
        name
        for name in (*BASE.glob("deploy/**/*"), BASE / "Makefile", BASE / "docker-compose.yml")
        if name.is_file() and re.search(r"seed.*--demo|createsuperuser", name.read_text())
    ]
    assert {name.name for name in callers} <= {"Makefile"}
    makefile = (BASE / "Makefile").read_text()
    rules = re.split(r"\n(?=[a-z.-]+:)", makefile)
    assert all(rule.lstrip().startswith("demo") for rule in rules if "--demo" in rule)
