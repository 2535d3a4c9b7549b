"""The one door: companies, tokens, rollback, refusals and idempotency."""

import pytest
from django.urls import reverse

from audit.models import Refusal
from org import actions
from org.models import ApiToken
from tests.conftest import client_of, inside

MEMBERS = "/org/members/"


def test_a_stranger_is_sent_to_the_login(acme, client):
    answer = client.get(MEMBERS)
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={MEMBERS}")


def test_a_member_gets_in(acme):
    assert client_of(acme.east_rep).get(MEMBERS).status_code == 200


def test_a_disabled_member_is_out_with_the_next_request(acme):
    client = client_of(acme.east_rep)
    assert client.get(MEMBERS).status_code == 200
    actions.disable(acme.east_rep, by=acme.admin)
    # no company is left: the session itself is over
    assert client.get(MEMBERS)["Location"].startswith("/accounts/login/")


def test_one_login_in_two_companies_has_to_choose_and_sees_one_at_a_time(acme, rival):
    user = acme.east_rep.user
    with inside(rival):
        actions.add_member(user, name="zweites Ich")
    client = client_of(acme.east_rep)
    assert client.get(MEMBERS)["Location"] == "/org/companies/"
    page = client.get("/org/companies/").content.decode()
    assert acme.company.name in page
    assert rival.company.name in page
    assert client.post("/org/companies/", {"company": rival.company.pk})["Location"] == "/"
    seen = client.get(MEMBERS).content.decode()
    assert "rival.director" in seen
    assert "acme.director" not in seen


def test_a_company_one_does_not_belong_to_cannot_be_chosen(acme, rival):
    client = client_of(acme.east_rep)
    answer = client.post("/org/companies/", {"company": rival.company.pk})
    assert answer.status_code == 404
    assert "acme.director" in client.get(MEMBERS).content.decode()


@pytest.fixture
def token(acme):
    return actions.make_token(acme.east_manager, name="t", by=acme.east_manager)


def api(client, path, token, **kwargs):
    return client.get(path, headers={"Authorization": f"Token {token}"}, **kwargs)


def test_a_token_enters_like_a_session(acme, token, client):
    answer = api(client, "/api/v1/cases/", token)
    assert answer.status_code == 200


def test_only_the_hash_of_a_token_is_kept(acme, token):
    assert token not in str(ApiToken.objects.values())


@pytest.mark.parametrize("end", ["revoke", "disable"])
def test_a_token_dies_at_once(acme, token, client, end):
    assert api(client, "/api/v1/cases/", token).status_code == 200
    if end == "revoke":
        ApiToken.objects.update(revoked_at="2026-01-01T00:00Z")
    else:
        actions.disable(acme.east_manager, by=acme.admin)
    answer = api(client, "/api/v1/cases/", token)
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


def test_a_token_opens_no_page(acme, token, client):
    assert api(client, MEMBERS, token).status_code == 302


def test_an_api_session_needs_its_csrf_token(acme):
    client = client_of(acme.east_rep, enforce_csrf_checks=True)
    answer = client.post("/api/v1/cases/1/approve/", {}, content_type="application/json")
    assert answer.status_code == 403


def test_a_form_without_its_csrf_token_is_refused(acme):
    client = client_of(acme.east_rep, enforce_csrf_checks=True)
    assert client.post("/accounts/logout/").status_code == 403


def test_a_refusal_is_logged_after_the_rollback(acme):
    before = Refusal.objects.count()
    client_of(acme.east_rep).post("/approvals/999999/approve/", {})
    row = Refusal.objects.latest("pk")
    assert Refusal.objects.count() == before + 1
    assert (row.status, row.member_id, row.rule) == (404, acme.east_rep.pk, "approvals.answer")


def test_logging_in_works_with_e_mail_and_with_mobile(acme, client):
    user = acme.east_rep.user
    user.set_password("a long enough secret")
    user.mobile = "13800138000"
    user.save()
    for login in (user.email.upper(), "+86 138 0013 8000"):
        form = {"login": login, "password": "a long enough secret", "next": MEMBERS}
        answer = client.post(reverse("accounts:login"), form)
        assert (answer.status_code, answer["Location"]) == (302, MEMBERS)
        client.post("/accounts/logout/")


def test_next_never_leads_to_another_site(acme, client):
    user = acme.east_rep.user
    user.set_password("a long enough secret")
    user.save()
    form = {"login": user.email, "password": "a long enough secret", "next": "//evil.example/"}
    assert client.post(reverse("accounts:login"), form)["Location"] == "/"


def test_wrong_and_unknown_logins_get_the_same_words(acme, client):
    user = acme.east_rep.user
    user.set_password("a long enough secret")
    user.save()
    pages = []
    for login in (user.email, "nobody@acme.example"):
        answer = client.post(reverse("accounts:login"), {"login": login, "password": "wrong"})
        assert answer.status_code == 422
        pages.append(answer.context["form"].errors.as_json())
    assert pages[0] == pages[1]


def test_attempts_are_limited_without_redis_and_a_known_device_has_its_own_share(acme, client):
    from accounts.actions import PER_LOGIN, Device, may_try

    user = acme.east_rep.user
    user.login = user.email = "a@b.c"
    user.save()

    tries = [may_try("a@b.c", f"10.0.0.{n}") for n in range(PER_LOGIN + 2)]
    assert tries == [True] * PER_LOGIN + [False, False]
    assert may_try("a@b.c", "10.0.0.99", device=Device("known", (user.pk,)))
    assert not may_try("a@b.c", "10.0.0.99", device=Device("of another", (user.pk + 1,)))
    assert not may_try("a@b.c", "10.0.0.99")


def test_the_session_id_changes_at_login_and_dies_at_logout(acme, client):
    user = acme.east_rep.user
    user.set_password("a long enough secret")
    user.save()
    client.get("/accounts/login/")
    form = {"login": user.email, "password": "a long enough secret"}
    client.post(reverse("accounts:login"), form)
    first = client.cookies["sessionid"].value
    client.post("/accounts/logout/")
    client.cookies["sessionid"] = first
    assert client.get(MEMBERS).status_code == 302
