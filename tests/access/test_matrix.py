"""A1–A4, A7: every address × method × person, read from the resolver, against one readable table.

`matrix.txt` is the table: reviewed by people, compared word for word. After a wanted change run
`python -m pytest -n 0 tests/access/test_matrix.py` with REWRITE=1 and read the difference.
"""

import os
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tenancy.models import CompanyModel
from tests.access import samples
from tests.access.changes import writes
from tests.conftest import cast_of, client_of, inside

TABLE = Path(__file__).with_name("matrix.txt")
PEOPLE = [
    "east_rep", "east_rep2", "bare_rep", "east_supervisor", "east_manager", "west_manager",
    "director", "management", "finance", "secretary", "admin",
]  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
# the words of the table: may, seen but not allowed, out of sight, has to log in, no such method
WORDS = {403: "no", 404: "--", 401: "login", 405: ""}
SKIPPED = ("operator/",)  # Django's stock admin has its own guard: superusers only
NOT_COMPARED = {"audit_refusal", "django_session"}
# a GET that writes, with its reason: opening one's own notice is reading it, and the inbox marks
# what came since one looked last
MARKS = {("notices/<int:pk>/", "notices_notice"), ("approvals/", "approvals_inboxvisit")}


def addresses(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        text = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if not text.startswith(SKIPPED):
                yield from addresses(entry, text)
        elif isinstance(entry, URLPattern):
            yield text, entry


def model_of(view):
    if guard := getattr(view, "guard", None):
        return guard.model
    queryset = getattr(getattr(view, "cls", None), "queryset", None)
    return queryset.model if queryset is not None else None


def path_of(text, pk):
    """The address as a path, with the record's id in its place."""
    for part in ("<int:pk>", "(?P<pk>[^/.]+)"):
        text = text.replace(part, str(pk))
    text = text.replace("<str:kind>", "customers.customer").replace("<str:code>", "CTR-1.4")
    text = text.replace("<str:document>", "contracts.contract")
    return "/" + text.replace("^", "").replace("\\Z", "").replace("$", "").replace("\\.", ".")


def interesting():
    for text, entry in addresses():
        guard = getattr(entry.callback, "guard", None)
        # public addresses are listed one by one in tests/house/test_addresses.py
        if "format" not in text and not (guard and guard.rule == "public"):
            yield text, entry.callback


def methods_of(view):
    actions = getattr(view, "actions", None)
    if actions:
        return [
            m.upper() for m in actions if m.upper() in METHODS and m in view.cls.http_method_names
        ]
    return ["GET", "POST"]


def word(answer, method):
    if answer.status_code in WORDS:
        return WORDS[answer.status_code]
    if answer.status_code == 302 and "/accounts/login/" in answer["Location"]:
        return "login"
    assert answer.status_code < 500, answer.content[:2000]
    return "may"


def ask(client, method, path):
    if path.startswith("/api/"):
        body = "" if method == "GET" else "{}"
        return client.generic(method, path, body, content_type="application/json")
    return client.generic(method, path, content_type="application/x-www-form-urlencoded")


def fingerprint():
    """One hash for each business table of the open company, in one statement."""
    from django.apps import apps

    tables = sorted(
        m._meta.db_table
        for m in apps.get_models()
        if issubclass(m, CompanyModel) and m._meta.db_table not in NOT_COMPARED
    )
    text = " UNION ALL ".join(
        f"SELECT '{t}', coalesce(md5(string_agg(t::text, '|' ORDER BY id)), '') FROM \"{t}\" t"
        for t in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(text)
        return dict(cursor.fetchall())


def rows_of_table():
    if not TABLE.exists():
        return {}
    lines = [line.split("|") for line in TABLE.read_text().splitlines() if "|" in line]
    return {lines_[0].strip(): [cell.strip() for cell in lines_[1:]] for lines_ in lines[1:]}


def render(found):
    head = f"{'address':66}|" + "|".join(f"{name:>15}" for name in ["anonymous", *PEOPLE])
    body = [
        f"{key:66}|" + "|".join(f"{cell:>15}" for cell in cells) for key, cells in found.items()
    ]
    return (
        "What each person of the cast gets, for a record that belongs to east_rep: may, no (403),\n"
        "-- (404), login.\n\n" + "\n".join([head, *body]) + "\n"
    )


def test_the_matrix_is_the_table_and_a_refused_write_changes_nothing(acme):
    made = samples.build(acme)
    clients = {"anonymous": Client()} | {name: client_of(getattr(acme, name)) for name in PEOPLE}
    found, changed = {}, []
    before = fingerprint()
    for text, view in interesting():
        model = model_of(view)
        pk = made[model].pk if "pk" in text else 0
        for method in methods_of(view):
            path, cells = path_of(text, pk), []
            for name, client in clients.items():
                from django.db import transaction

                with transaction.atomic():
                    count = writes()
                    cells.append(word(answer := ask(client, method, path), method))
                    kept = answer.status_code >= 400 or method == "GET"
                    if kept and writes() != count:
                        after = fingerprint()
                        changed += [
                            (method, path, name, table)
                            for table in after
                            if after[table] != before[table] and (text, table) not in MARKS
                        ]
                    # what the allowed ones did is undone, so that everyone meets the same records
                    transaction.set_rollback(True)
            if any(cells):
                found[f"{method} /{text}"] = cells
    assert changed == []
    if os.environ.get("REWRITE"):
        TABLE.write_text(render(found))
    assert rows_of_table() == found


@pytest.fixture
def foreign(acme, rival):
    with inside(rival):
        return samples.build(rival)


# by day each address meets half of the people, in turn; by night all of them
@pytest.mark.parametrize("share", [2, pytest.param(1, marks=pytest.mark.nightly)])
def test_foreign_ids_are_out_of_sight_everywhere_and_look_like_missing_ones(
    acme, rival, foreign, share
):
    """A2, A7: the same status and the same words, and never the other company's canary."""
    leaks, differences = [], []
    clients = {name: client_of(getattr(acme, name)) for name in PEOPLE}
    for turn, (text, view) in enumerate(interesting()):
        if "pk" not in text:
            continue
        pk = foreign[model_of(view)].pk
        for method in methods_of(view):
            for name, client in list(clients.items())[turn % share :: share]:
                answer = ask(client, method, path_of(text, pk))
                missing = ask(client, method, path_of(text, 999_999_999))
                if rival.canary.encode() in answer.content or answer.status_code < 400:
                    leaks.append((name, method, text, answer.status_code))
                said = [a.content.replace(f"/{n}/".encode(), b"/ID/") for a, n in
                        ((answer, pk), (missing, 999_999_999))]  # fmt: skip
                if answer.status_code != missing.status_code or strip(said[0]) != strip(said[1]):
                    first, second = (strip(page).decode().splitlines() for page in said)
                    odd = [pair for pair in zip(first, second, strict=False) if len(set(pair)) > 1]
                    differences.append((name, method, text, odd[:1]))
    assert leaks == []
    assert differences == []


def strip(page):
    """A page without what changes by the moment: its one-time keys, the name of the request."""
    import re

    return re.sub(rb"[0-9a-zA-Z-]{32,64}|\b[0-9a-f]{12}\b", b"", page)


def test_no_page_of_one_company_shows_the_other(acme, rival, foreign):
    """A2: lists, searches and totals of every address without an id, with foreign ids as values."""
    made = samples.build(acme)
    some = [obj.pk for obj in foreign.values()]
    director = client_of(acme.director)
    assert made
    seen_own = False
    for text, _view in interesting():
        if "pk" in text:
            continue
        for query in ("", "?q=CANARY", *(f"?customer={n}&owner={n}&unit={n}&id={n}" for n in some)):
            answer = director.get(path_of(text, 0) + query)
            assert rival.canary.encode() not in answer.content, text
            assert b"rival." not in answer.content, text
            seen_own = seen_own or acme.canary.encode() in answer.content
    detail = director.get(f"/customers/{made[next(iter(made))].pk}/")
    assert acme.canary.encode() in detail.content


def test_the_twin_shows_that_the_canary_could_leak(rival, foreign):
    with inside(rival):
        cast = cast_of("rival")
        page = client_of(cast.director).get(f"/customers/{foreign[next(iter(foreign))].pk}/")
    assert rival.canary.encode() in page.content
