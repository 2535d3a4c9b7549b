"""The password forgotten and changed: one answer for everybody, and what ends with the old one."""

import re
import statistics
import time
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts import actions
from accounts.actions import PER_LOGIN
from accounts.models import Letter, LoginAttempt, User
from audit.models import AuditLine
from org import actions as org
from org.models import ApiToken
from tests.conftest import client_of, inside

SECRET = "a long enough secret"
NEW = {"password": "zq-river-91-zq-x", "again": "zq-river-91-zq-x"}


@pytest.fixture
def user(acme):
    found = acme.east_rep.user
    found.set_password(SECRET)
    found.save()
    return found


def ask(login):
    return Client().post("/accounts/forgot/", {"login": login})


def link_of(letter):
    return "/accounts/reset/" + re.search(r"/accounts/reset/(\S+)", letter.body)[1]


def fresh_link(user, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    ask(user.login)
    assert actions.send_letters() == 1
    return link_of(mail.outbox[-1])


@pytest.fixture
def link(user, settings):
    return fresh_link(user, settings)


def test_known_and_unknown_logins_get_the_same_answer(acme, user):
    off = acme.west_rep.user
    User.objects.filter(pk=off.pk).update(is_active=False)
    pages = set()
    for login in (user.login, "nobody@acme.example", "13900000000", off.login, "  "):
        client = Client()
        answer = client.post("/accounts/forgot/", {"login": login or "x"})
        if answer.status_code == 302:
            pages.add((answer["Location"], client.get(answer["Location"]).content[-3000:]))
    assert len({place for place, _page in pages}) == 1
    assert Letter.objects.get().user == user


def test_known_and_unknown_logins_take_the_same_time(acme, user):
    took = {user.login: [], "nobody@acme.example": []}
    for _n in range(12):
        LoginAttempt.objects.all().delete()
        for login, times in took.items():
            began = time.perf_counter()
            ask(login)
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(times) for times in took.values())
    assert abs(known - unknown) < 0.02


def test_an_address_gets_three_letters_in_a_quarter_of_an_hour(user):
    assert {ask(user.login)["Location"] for _n in range(6)} == {"/accounts/forgot/sent/"}
    assert Letter.objects.count() == 3


def test_the_letter_is_in_the_language_of_the_person(user, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    for language, words in (("zh-hans", "请设置新密码"), ("en", "Choose a new password")):
        User.objects.filter(pk=user.pk).update(language=language)
        ask(user.login)
        actions.send_letters()
        letter = mail.outbox[-1]
        assert letter.subject == words
        assert letter.to == [user.email]
        assert "http://testserver/accounts/reset/" in letter.body
        assert "{" not in letter.body


def test_a_mail_server_that_is_away_loses_no_letter(user, settings, monkeypatch):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    ask(user.login)
    assert actions.send_letters() == 0
    assert actions.send_letters() == 0
    assert Letter.objects.get().tries == 1
    Letter.objects.update(next_at=timezone.now() - timedelta(seconds=1))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert actions.send_letters() == 1
    assert actions.send_letters() == 0


def test_the_link_works_once_and_everything_of_the_old_password_ends(acme, user, settings):
    session, token = client_of(acme.east_rep), org.make_token(
        acme.east_rep, name="t", by=acme.east_rep
    )  # fmt: skip
    header = {"headers": {"Authorization": f"Token {token}"}}
    assert session.get("/customers/").status_code == 200
    assert Client().get("/api/v1/customers/", **header).status_code == 200
    client, link = Client(), fresh_link(user, settings)
    for _n in range(2):  # looking does not use it
        assert client.get(link).status_code == 200
    assert client.post(link, NEW)["Location"] == "/accounts/login/"
    assert "_auth_user_id" not in client.session
    assert client.get(link).status_code == 410
    assert client.post(link, NEW).status_code == 410
    assert session.get("/customers/")["Location"].startswith("/accounts/login/")
    assert Client().get("/api/v1/customers/", **header).status_code == 401
    said = {"login": user.login, "password": NEW["password"]}
    assert client.post("/accounts/login/", said)["Location"] == "/"
    line = AuditLine.objects.get(verb="accounts.reset_password")
    assert (line.actor_id, line.channel) == (acme.east_rep.pk, "web")
    assert Letter.objects.filter(kind="password").count() == 1


def test_a_link_ends_after_an_hour_and_with_a_login(user, link, settings):
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert Client().get(link).status_code == 410
    settings.PASSWORD_RESET_TIMEOUT = 3600
    assert Client().get(link).status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert Client().post(link, NEW).status_code == 410


def test_whoever_logs_in_after_all_needs_no_link_any_more(user, link):
    assert Client().get(link).status_code == 200
    Client().post("/accounts/login/", {"login": user.login, "password": SECRET})
    assert Client().get(link).status_code == 410


def test_a_link_opens_no_other_login(acme, user, link):
    from django.utils.http import urlsafe_base64_encode

    other = urlsafe_base64_encode(str(acme.west_rep.user_id).encode())
    token = link.rstrip("/").rsplit("/", 1)[1]
    for uid in (other, "x", "%00", "A" * 60, urlsafe_base64_encode(b"99999999999999999999")):
        assert Client().get(f"/accounts/reset/{uid}/{token}/").status_code == 410


def test_a_weak_password_is_told_and_keeps_the_link(link):
    for words in ({"password": "short", "again": "short"}, {**NEW, "again": "another one"}):
        assert Client().post(link, words).status_code == 422
    assert Client().get(link).status_code == 200


def test_whoever_never_chose_a_password_gets_no_letter(acme, user):
    user.set_unusable_password()
    user.save()
    ask(user.login)
    assert not Letter.objects.exists()


def test_without_a_mail_server_nobody_is_offered_a_letter(user, settings):
    settings.HAS_MAIL = False
    assert "/accounts/forgot/" not in Client().get("/accounts/login/").content.decode()
    ask(user.login)
    assert not Letter.objects.exists()


def test_a_changed_password_leaves_this_session_and_no_other(acme, user):
    here, there = (Client(), Client())
    for client in (here, there):
        client.post("/accounts/login/", {"login": user.login, "password": SECRET})
    org.make_token(acme.east_rep, name="t", by=acme.east_rep)
    here.post("/accounts/confirm/", {"current": SECRET})
    assert here.post("/accounts/password/", NEW)["Location"] == "/accounts/"
    assert here.get("/accounts/").status_code == 200
    assert there.get("/accounts/").status_code == 302
    assert not ApiToken.objects.filter(user=user, revoked_at=None).exists()
    assert AuditLine.objects.filter(verb="accounts.change_password").count() == 1


def test_a_new_password_is_in_the_log_of_every_company_of_the_login(acme, rival, user, link):
    with inside(rival):
        org.add_member(user, name="两家")
    Client().post(link, NEW)
    assert AuditLine.objects.filter(verb="accounts.reset_password").count() == 1
    with inside(rival):
        assert AuditLine.objects.filter(verb="accounts.reset_password").count() == 1


def test_the_admins_link_ends_sessions_and_tokens_too(acme, user):
    session, token = client_of(acme.east_rep), org.make_token(
        acme.east_rep, name="t", by=acme.east_rep
    )  # fmt: skip
    raw = org.issue_link(acme.east_rep, purpose="reset", by=acme.admin)
    assert Client().post(f"/org/enter/{raw}/", NEW)["Location"] == "/"
    assert session.get("/accounts/")["Location"].startswith("/accounts/login/")
    header = {"Authorization": f"Token {token}"}
    assert Client().get("/api/v1/customers/", headers=header).status_code == 401


def test_the_limit_of_the_door_counts_for_operators_too(user):
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    before = LoginAttempt.objects.count()
    client = Client()
    for _n in range(PER_LOGIN + 5):
        said = {"username": user.login, "password": "guess"}
        assert client.post("/operator/login/", said).status_code == 302
    assert LoginAttempt.objects.count() == before
