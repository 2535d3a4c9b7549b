"""The door under attack: guessing at once, from elsewhere, and with somebody else's device."""

import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import pytest
from django.test import Client

from accounts.actions import PER_LOGIN
from accounts.models import LoginAttempt
from tests.serving import run, serve

SECRET = "a long enough secret"
SET_UP = f"""
from accounts.models import User
user = User.objects.get(login="east_rep@acme.example")
user.set_password("{SECRET}")
user.save()
result = user.login
"""
LOOK = """
from accounts.models import LoginAttempt
result = LoginAttempt.objects.count()
"""


@pytest.fixture(scope="module")
def door(clone_database, tmp_path_factory):
    clone = clone_database()
    login = run(clone, SET_UP)
    with serve(clone, tmp_path_factory.mktemp("door") / "web.log") as address:
        yield clone, address, login


class Browser:
    """Cookies and a form's token, over real HTTP."""

    def __init__(self, address):
        self.address = address
        self.cookies = http.cookiejar.CookieJar()
        self.open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self.cookies)
        ).open
        page = self.open(f"{address}/accounts/login/", timeout=60).read().decode()
        self.token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]

    def login(self, login, password, **headers):
        said = {"login": login, "password": password, "csrfmiddlewaretoken": self.token}
        data = urllib.parse.urlencode(said).encode()
        request = urllib.request.Request(f"{self.address}/accounts/login/", data, headers)
        try:
            with self.open(request, timeout=60) as answer:
                return answer.url.endswith("/"), answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code != 422, error.read().decode()


def test_a_hundred_guesses_at_once_are_ten(door):
    """Evaluated means: told that it was wrong. X-Forwarded-For buys nothing."""
    clone, address, login = door
    browsers = [Browser(address) for _n in range(4)]

    def guess(n):
        headers = {"X-Forwarded-For": f"198.51.100.{n}", "X-Real-IP": f"198.51.100.{n}",
                   "Forwarded": f"for=198.51.100.{n}"}  # fmt: skip
        is_in, page = browsers[n % 4].login(login, f"guess number {n}", **headers)
        assert not is_in
        return "too_many" if "尝试次数过多" in page else "wrong"

    with ThreadPoolExecutor(25) as pool:
        told = Counter(pool.map(guess, range(100)))
    assert sum(told.values()) == 100
    assert 1 <= told["wrong"] <= PER_LOGIN + 2
    # also the right password is not looked at now, from any address
    is_in, _page = Browser(address).login(login, SECRET, **{"X-Forwarded-For": "203.0.113.9"})
    assert not is_in
    assert run(clone, LOOK) <= 101


def send(client, login, password):
    return client.post("/accounts/login/", {"login": login, "password": password})


def code_of(answer):
    return answer.context["form"].errors.as_data()["__all__"][0].code


@pytest.fixture
def people(acme):
    found = []
    for member in (acme.east_rep, acme.west_rep):
        member.user.set_password(SECRET)
        member.user.save()
        found.append(member.user)
    return found


def test_an_unknown_login_answers_like_a_known_one(people):
    """The same words, and the same work: a password is looked at in both cases."""
    victim, _attacker = people
    spent, pages = {True: [], False: []}, {True: set(), False: set()}
    for _n in range(12):
        for is_known, login in ((True, victim.login), (False, "nobody@acme.example")):
            LoginAttempt.objects.all().delete()
            client, began = Client(), time.process_time()
            answer = send(client, login, "guess")
            spent[is_known].append(time.process_time() - began)
            assert answer.status_code == 422
            page = re.sub(r'value="[^"]*"|X-CSRFToken": "[^"]*', "", answer.content.decode())
            pages[is_known].add(page)
    assert pages[True] == pages[False]
    assert len(pages[True]) == 1
    assert abs(median(spent[True]) - median(spent[False])) < 0.02


def test_ones_own_login_buys_no_guesses_at_anothers(people):
    """Every login gives a marked browser; the mark counts only for who logged in with it."""
    victim, attacker = people
    wrong = 0
    for _n in range(4):
        client = Client()
        assert send(client, attacker.login, SECRET).status_code == 302
        client.post("/accounts/logout/")
        for _m in range(PER_LOGIN):
            answer = send(client, victim.login, "guess")
            wrong += code_of(answer) == "wrong"
    assert wrong == PER_LOGIN
    assert "so-known" in client.cookies


def test_a_stranger_does_not_shut_out_the_owner_of_a_known_device(people):
    """The twin: the share of one's own browser is one's own."""
    victim, _attacker = people
    own = Client()
    assert send(own, victim.login, SECRET).status_code == 302
    own.post("/accounts/logout/")
    stranger = Client()
    for _n in range(PER_LOGIN + 1):
        answer = send(stranger, victim.login, "guess")
    assert code_of(answer) == "too_many"
    assert send(Client(), victim.login, SECRET).status_code == 422
    assert send(own, victim.login, SECRET).status_code == 302


def test_a_forged_or_foreign_mark_is_a_new_device(people):
    victim, _attacker = people
    from django.core import signing

    for mark in ("x", "a:b:c", signing.dumps("old kind", salt="so-known"),
                 signing.dumps({"id": "x", "people": [victim.pk]}, salt="other")):  # fmt: skip
        client = Client()
        client.cookies["so-known"] = mark
        assert send(client, victim.login, "guess").status_code == 422
    assert LoginAttempt.objects.filter(bucket__startswith="device:").count() == 0


def test_the_operators_door_takes_no_guesses(people, acme):
    """The stock form of the operator's pages looks at no password: there is one door."""
    victim, _attacker = people
    type(victim).objects.filter(pk=victim.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    answer = client.post("/operator/login/", {"username": victim.login, "password": SECRET})
    assert "_auth_user_id" not in client.session
    assert answer.status_code in {200, 302}
    assert send(client, victim.login, SECRET).status_code == 302
    assert client.get("/operator/").status_code == 200


def test_an_operators_pages_are_for_operators_and_hold_no_business(acme):
    from django.contrib import admin

    from tenancy.models import CompanyModel
    from tests.access.test_matrix import PEOPLE
    from tests.conftest import client_of

    for name in PEOPLE:
        client = client_of(getattr(acme, name))
        assert client.get("/operator/").status_code == 302, name
        assert client.get("/operator/accounts/user/").status_code == 302, name
    assert not [m for m in admin.site._registry if issubclass(m, CompanyModel)]
