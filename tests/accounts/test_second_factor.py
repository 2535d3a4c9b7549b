"""The second factor: demanded whatever way leads in, counted, and its own to manage."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from accounts.actions import factors
from accounts.models import Letter
from audit.models import AuditLine
from org import actions as org
from tests.conftest import client_of, inside

SECRET = "a long enough secret"


def code_of(secret, ahead=0):
    return format_hotp_value(hotp_value(secret.replace(" ", ""), int(time.time()) // 30 + ahead))


def log_in(client, user, **more):
    return client.post("/accounts/login/", {"login": user.login, "password": SECRET, **more})


def is_in(client):
    return "_auth_user_id" in client.session


def confirmed(client):
    answer = client.post("/accounts/confirm/", {"current": SECRET, "next": "/accounts/"})
    assert answer["Location"] == "/accounts/"
    return client


@pytest.fixture
def user(acme):
    found = acme.east_rep.user
    found.set_password(SECRET)
    found.save()
    return found


@pytest.fixture
def own(user):
    client = Client()
    assert log_in(client, user).status_code == 302
    return confirmed(client)


@pytest.fixture
def secret(own):
    """The rep has an authenticator app now."""
    page = own.get("/accounts/totp/add/").content.decode()
    found = re.search(r'<code class="so-key">([A-Z2-7 ]+)<', page)[1]
    answer = own.post("/accounts/totp/add/", {"code": code_of(found, -1)})
    assert answer["Location"] == "/accounts/codes/"
    return found


def test_the_password_alone_opens_nothing_once_there_is_a_second_factor(user, secret):
    client = Client()
    assert log_in(client, user, next="/customers/")["Location"] == "/accounts/login/second/"
    assert not is_in(client)
    assert client.get("/customers/").status_code == 302
    assert client.post("/accounts/login/second/", {"code": "000000"}).status_code == 422
    assert not is_in(client)
    answer = client.post("/accounts/login/second/", {"code": code_of(secret)})
    assert answer["Location"] == "/customers/"
    assert is_in(client)


def test_without_a_second_factor_there_is_no_second_step(user):
    client = Client()
    assert log_in(client, user)["Location"] == "/"
    assert is_in(client)


def test_a_code_counts_once(user, secret):
    first, again = Client(), Client()
    for client in (first, again):
        log_in(client, user)
    code = code_of(secret)
    assert first.post("/accounts/login/second/", {"code": code}).status_code == 302
    assert again.post("/accounts/login/second/", {"code": code}).status_code == 422
    assert not is_in(again)


def test_each_recovery_code_lets_in_once(user, own, secret):
    page = own.get("/accounts/codes/").content.decode()
    codes = re.findall(r"<li><code>(\d{8})<", page)
    assert len(codes) == 10
    one, two = Client(), Client()
    for client in (one, two):
        log_in(client, user)
    assert one.post("/accounts/login/second/", {"code": codes[0]}).status_code == 302
    assert two.post("/accounts/login/second/", {"code": codes[0]}).status_code == 422
    assert two.post("/accounts/login/second/", {"code": codes[1]}).status_code == 302
    assert AuditLine.objects.filter(verb="accounts.use_recovery_code").count() == 2


def test_guesses_at_the_second_factor_are_counted(user, secret):
    for n in range(10):
        client = Client()
        log_in(client, user)
        answer = client.post("/accounts/login/second/", {"code": f"00000{n}"})
        assert "尝试次数过多" not in answer.content.decode()
    client = Client()
    log_in(client, user)
    answer = client.post("/accounts/login/second/", {"code": code_of(secret)})
    assert answer.status_code == 422
    assert "尝试次数过多" in answer.content.decode()
    assert not is_in(client)


def test_a_half_open_door_is_shut_by_another_login(acme, user, secret):
    """Inside a company a refusal would undo the count: there is no second step for who is in."""
    other = acme.west_rep.user
    other.set_password(SECRET)
    other.save()
    client = Client()
    log_in(client, user)
    assert "second" in client.session
    assert log_in(client, other)["Location"] == "/"
    assert "second" not in client.session
    answer = client.post("/accounts/login/second/", {"code": code_of(secret)})
    assert answer["Location"] == "/accounts/login/"
    assert client.session["_auth_user_id"] == str(other.pk)
    token = org.issue_link(acme.east_rep, purpose="reset", by=acme.admin)
    words = {"password": "zq-hill-44-zq-x", "again": "zq-hill-44-zq-x"}
    assert client.post(f"/org/enter/{token}/", words)["Location"] == "/accounts/login/second/"
    assert not is_in(client)


def test_the_second_step_ends_with_a_new_password(user, secret):
    client = Client()
    log_in(client, user)
    user.set_password("quite another secret")
    user.save()
    answer = client.post("/accounts/login/second/", {"code": code_of(secret)})
    assert answer["Location"] == "/accounts/login/"
    assert not is_in(client)


def test_the_second_step_alone_is_no_way_in(user, secret):
    client = Client()
    assert client.get("/accounts/login/second/")["Location"] == "/accounts/login/"
    answer = client.post("/accounts/login/second/", {"code": code_of(secret)})
    assert answer["Location"] == "/accounts/login/"
    assert not is_in(client)


def test_the_admins_link_asks_for_it_too(acme, user, secret):
    token = org.issue_link(acme.east_rep, purpose="reset", by=acme.admin)
    client, words = Client(), {"password": "zq-hill-44-zq-x", "again": "zq-hill-44-zq-x"}
    assert client.post(f"/org/enter/{token}/", words)["Location"] == "/accounts/login/second/"
    assert not is_in(client)
    answer = client.post("/accounts/login/second/", {"code": code_of(secret)})
    assert answer["Location"] == "/"
    assert client.session["company"] == acme.company.pk


def test_the_operators_door_asks_for_it_too(user, secret):
    type(user).objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    assert client.get("/operator/")["Location"].startswith("/operator/login/")
    door = client.get("/operator/login/?next=/operator/")["Location"]
    assert door == "/accounts/login/?next=%2Foperator%2F"
    assert log_in(client, user, next="/operator/")["Location"] == "/accounts/login/second/"
    assert client.get("/operator/").status_code == 302
    client.post("/accounts/login/second/", {"code": code_of(secret)})
    assert client.get("/operator/").status_code == 200


def test_a_wrong_code_sets_nothing_up(own, user):
    own.get("/accounts/totp/add/")
    assert own.post("/accounts/totp/add/", {"code": "123"}).status_code == 422
    assert not factors.has_second(user)


def test_removing_the_last_factor_takes_the_codes_along_and_tells_of_it(own, user, secret):
    assert Authenticator.objects.filter(user=user).count() == 2
    assert own.post("/accounts/totp/remove/").status_code == 302
    assert not Authenticator.objects.filter(user=user).exists()
    assert Letter.objects.filter(user=user, kind="factors").count() == 2
    verbs = set(AuditLine.objects.values_list("verb", flat=True))
    assert {"accounts.add_totp", "accounts.remove_totp"} <= verbs
    client = Client()
    assert log_in(client, user)["Location"] == "/"


def test_new_recovery_codes_make_the_old_ones_void(own, user, secret):
    old = factors.of(user, "recovery_codes").get().wrap().get_unused_codes()
    own.post("/accounts/codes/renew/")
    client = Client()
    log_in(client, user)
    assert client.post("/accounts/login/second/", {"code": old[0]}).status_code == 422
    new = factors.of(user, "recovery_codes").get().wrap().get_unused_codes()
    assert client.post("/accounts/login/second/", {"code": new[0]}).status_code == 302


def test_secrets_are_not_readable_in_the_database(user, secret):
    row = str(list(Authenticator.objects.filter(user=user).values("data")))
    assert secret.replace(" ", "") not in row


ASKED = [
    ("GET", "/accounts/password/"), ("GET", "/accounts/totp/add/"), ("GET", "/accounts/codes/"),
    ("GET", "/accounts/passkeys/add/"), ("POST", "/accounts/password/"),
    ("POST", "/accounts/totp/add/"), ("POST", "/accounts/totp/remove/"),
    ("POST", "/accounts/codes/renew/"), ("POST", "/accounts/passkeys/add/"),
    ("POST", "/accounts/passkeys/rename/"), ("POST", "/accounts/passkeys/remove/"),
    ("GET", "/org/tokens/make/"), ("POST", "/org/tokens/make/"), ("POST", "/org/tokens/revoke/"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), ASKED)
def test_what_matters_asks_for_the_password_again(acme, user, method, path):
    client = client_of(acme.east_rep)
    answer = client.generic(method, path)
    assert answer["Location"].startswith("/accounts/confirm/"), path


def test_a_confirmation_ends_after_ten_minutes(own):
    assert own.get("/accounts/password/").status_code == 200
    session = own.session
    session["confirmed"] -= 601
    session.save()
    assert own.get("/accounts/password/")["Location"].startswith("/accounts/confirm/")


def test_guesses_at_the_confirmation_are_counted_although_the_page_is_refused(acme, user):
    client = client_of(acme.east_rep)
    for _n in range(10):
        answer = client.post("/accounts/confirm/", {"current": "guess"})
        assert answer.status_code == 422
    answer = client.post("/accounts/confirm/", {"current": SECRET})
    assert answer.status_code == 422
    assert "尝试次数过多" in answer.content.decode()


def test_the_confirmation_goes_on_to_our_own_pages_only(own):
    said = {"current": SECRET, "next": "https://elsewhere.example/"}
    assert own.post("/accounts/confirm/", said)["Location"] == "/"


BROKEN = ["", "[]", "{", "null", '{"response": {}}', '{"response": {"userHandle": "MQ"}}',
          '{"response": {"userHandle": 3}}', '{"id": "x", "rawId": "eA", "type": "public-key", '
          '"response": {"userHandle": "MQ", "clientDataJSON": "e30", "authenticatorData": "AA", '
          '"signature": "AA"}}', "[" * 5000]  # fmt: skip


@pytest.mark.parametrize("credential", BROKEN)
def test_a_made_up_passkey_is_refused_in_words(user, own, credential):
    client = Client()
    client.get("/accounts/login/passkey/")
    answer = client.post("/accounts/login/passkey/", {"credential": credential})
    assert answer.status_code == 422
    assert "无法识别此通行密钥" in answer.content.decode()
    own.get("/accounts/passkeys/add/")
    answer = own.post("/accounts/passkeys/add/", {"name": "x", "credential": credential})
    assert answer.status_code == 422
    assert not factors.has_second(user)


def test_somebody_who_is_in_guesses_no_other_password(acme, user):
    """The count of a refused page would be undone: so nothing is looked at."""
    other = acme.west_rep.user
    other.set_password(SECRET)
    other.save()
    client = client_of(acme.east_rep)
    said = {"login": other.login, "password": SECRET}
    assert client.post("/accounts/login/", said)["Location"] == "/"
    assert client.session["_auth_user_id"] == str(user.pk)


def test_the_admin_removes_the_factor_of_whoever_lost_it(acme, user, own, secret):
    admin, path = client_of(acme.admin), f"/org/members/{acme.east_rep.pk}/"
    assert "remove_factors" in admin.get(path).content.decode()
    assert admin.post(f"{path}remove_factors/").status_code == 302
    assert own.get("/accounts/").status_code == 302
    assert log_in(Client(), user)["Location"] == "/"
    line = AuditLine.objects.get(verb="org.remove_factors")
    assert line.actor_id == acme.admin.pk
    assert admin.post(f"{path}remove_factors/").status_code == 409
    assert "remove_factors" not in admin.get(path).content.decode()


def test_nobody_else_removes_a_factor_and_not_the_admin_their_own(acme, rival, user, secret):
    path = f"/org/members/{acme.east_rep.pk}/remove_factors/"
    for who in (acme.east_rep, acme.east_manager, acme.director):
        assert client_of(who).post(path).status_code == 403
    admin = client_of(acme.admin)
    assert admin.post(f"/org/members/{acme.admin.pk}/remove_factors/").status_code == 409
    with inside(rival):
        org.add_member(user, name="两家")
    assert admin.post(path).status_code == 409
    assert factors.has_second(user)
