"""My account: devices, language, tokens; and when a session is born and dies (A9, H10)."""

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.actions.sessions import SEEN
from accounts.devices import device
from accounts.models import User
from org import actions as org
from org.models import ApiToken
from tests.conftest import client_of

SECRET = "a long enough secret"
CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) MicroMessenger/8.0 Safari/604"


@pytest.fixture
def user(acme):
    found = acme.east_rep.user
    found.set_password(SECRET)
    found.save()
    return found


def browser(user, agent=CHROME):
    client = Client(headers={"User-Agent": agent})
    answer = client.post("/accounts/login/", {"login": user.login, "password": SECRET})
    assert answer.status_code == 302
    return client


def numbers(user, client):
    """Ids of one's sessions beside this one."""
    here = client.session.session_key
    rows = UserSession.objects.filter(user=user).exclude(session_key=here)
    return list(rows.values_list("pk", flat=True))


def test_devices_are_named_and_ended_one_by_one(user):
    desk, phone, third = browser(user), browser(user, PHONE), browser(user)
    page = desk.get("/accounts/").content.decode()
    assert "Chrome · Windows" in page
    assert "微信 · iPhone" in page
    assert page.count("127.0.0.1") >= 3
    row = UserSession.objects.get(session_key=phone.session.session_key)
    assert desk.post("/accounts/sessions/end/", {"session": row.pk}).status_code == 302
    assert phone.get("/accounts/").status_code == 302
    assert third.get("/accounts/").status_code == 200
    assert "iPhone" not in desk.get("/accounts/").content.decode()


def test_all_others_end_at_once_also_those_nobody_noted(acme, user):
    desk, phone, unnoted = browser(user), browser(user, PHONE), client_of(acme.east_rep)
    assert unnoted.get("/accounts/").status_code == 200
    assert desk.post("/accounts/sessions/end_others/").status_code == 302
    assert desk.get("/accounts/").status_code == 200
    assert phone.get("/accounts/").status_code == 302
    assert unnoted.get("/accounts/").status_code == 302


def test_a_foreign_session_is_as_good_as_none(acme, user):
    other = acme.west_rep.user
    other.set_password(SECRET)
    other.save()
    victim, attacker = browser(other), browser(user)
    row = UserSession.objects.get(user=other)
    for number in (row.pk, 999_999_999, "x", "", "9" * 40):
        answer = attacker.post("/accounts/sessions/end/", {"session": number})
        assert answer.status_code == 404
    assert victim.get("/accounts/").status_code == 200


def test_use_is_noted_every_five_minutes(user):
    client = browser(user)
    row = UserSession.objects.get(user=user)
    client.get("/accounts/")
    assert UserSession.objects.get(pk=row.pk).last_seen_at == row.last_seen_at
    session = client.session
    session[SEEN] -= 301
    session.save()
    client.get("/accounts/")
    assert UserSession.objects.get(pk=row.pk).last_seen_at > row.last_seen_at


def test_the_session_id_changes_at_login_and_dies_at_logout(user):
    client = Client()
    client.get("/accounts/login/passkey/")
    before = client.session.session_key
    client.post("/accounts/login/", {"login": user.login, "password": SECRET})
    after = client.session.session_key
    assert before
    assert after != before
    client.post("/accounts/logout/")
    stolen = Client()
    for key in (before, after):
        stolen.cookies["sessionid"] = key
        assert stolen.get("/accounts/").status_code == 302


def test_the_session_dies_when_the_member_is_disabled(acme, user):
    client, token = browser(user), org.make_token(acme.east_rep, name="t", by=acme.east_rep)
    header = {"Authorization": f"Token {token}"}
    assert client.get("/customers/").status_code == 200
    assert Client().get("/api/v1/customers/", headers=header).status_code == 200
    org.disable(acme.east_rep, by=acme.admin)
    assert client.get("/customers/")["Location"].startswith("/accounts/login/")
    assert Client().get("/api/v1/customers/", headers=header).status_code == 401
    assert not UserSession.objects.filter(user=user).exists()


def test_a_disabled_seat_leaves_the_other_company_open(acme, rival, user):
    from tests.conftest import inside

    with inside(rival):
        org.add_member(user, name="两家")
    client = browser(user)
    client.post("/org/companies/", {"company": rival.company.pk})
    org.disable(acme.east_rep, by=acme.admin)
    assert client.get("/customers/").status_code == 200


def test_a_login_switched_off_is_out_with_the_next_request(user):
    client = browser(user)
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/accounts/").status_code == 302


def test_the_language_is_kept_with_the_login_for_new_browsers(user):
    client = browser(user)
    client.post("/i18n/setlang/", {"language": "en", "next": "/accounts/"})
    user.refresh_from_db()
    assert user.language == "en"
    assert "My account" in browser(user).get("/accounts/").content.decode()
    client.post("/i18n/setlang/", {"language": "xx"})
    user.refresh_from_db()
    assert user.language == "en"


def test_a_token_is_shown_once_and_revoked(acme, user):
    client = browser(user)
    client.post("/accounts/confirm/", {"current": SECRET})
    said = {"name": "报表", "idempotency_key": "once"}
    page = client.post("/org/tokens/make/", said).content.decode()
    raw = page.split('id="token"')[1].split('value="')[1].split('"')[0]
    header = {"Authorization": f"Token {raw}"}
    assert Client().get("/api/v1/customers/", headers=header).status_code == 200
    assert client.post("/org/tokens/make/", said)["Location"] == "/accounts/"
    listed = client.get("/accounts/").content.decode()
    assert "报表" in listed
    assert raw not in listed
    token = ApiToken.objects.get(user=user, revoked_at=None)
    assert client.post("/org/tokens/revoke/", {"token": token.pk}).status_code == 302
    assert Client().get("/api/v1/customers/", headers=header).status_code == 401


def test_a_foreign_token_is_as_good_as_none(acme, user):
    org.make_token(acme.west_rep, name="t", by=acme.west_rep)
    token = ApiToken.objects.get(user=acme.west_rep.user)
    client = browser(user)
    client.post("/accounts/confirm/", {"current": SECRET})
    for number in (token.pk, "", "x", 999_999_999):
        assert client.post("/org/tokens/revoke/", {"token": number}).status_code == 404
    token.refresh_from_db()
    assert token.revoked_at is None


def test_a_login_without_a_company_has_an_account_too(acme, user):
    alone = User.objects.create_user("alone@example.com", SECRET)
    client = Client()
    client.post("/accounts/login/", {"login": alone.login, "password": SECRET})
    assert client.get("/accounts/").status_code == 200


AGENTS = [
    (CHROME, "Chrome · Windows", False),
    (PHONE, "微信 · iPhone", True),
    ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari", "Chrome · Android", True),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 15) Version/18 Safari/605", "Safari · macOS", False),
    ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge · Windows", False),
    ("curl/8", "未知设备", False),
    ("", "未知设备", False),
]


@pytest.mark.parametrize(("agent", "label", "is_phone"), AGENTS)
def test_devices_in_words(agent, label, is_phone):
    found = device(agent)
    assert (found.label, found.is_phone) == (label, is_phone)
