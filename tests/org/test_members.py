"""Members by the administrator: invitation, one-use links, posts by date, off and on again."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from audit.models import AuditLine
from customers.models import Customer
from kit.because import Forbidden, Refused
from org import actions
from org.access import sees
from org.models import Member, OneTimeLink, Role
from tenancy.models import IdempotencyKey
from tests.access import samples
from tests.conftest import client_of, inside

INVITE = "/org/members/invite/"
SECRET = "a long enough secret"
LINK = re.compile(r"http://testserver(/org/enter/[^\"]+/)")


def form(cast, **more):
    unit = cast.unit("east_one").pk
    return {"name": "新人", "login": "138 0000 1111", "unit": unit, "role": "rep", **more}


def path_in(answer):
    return LINK.search(answer.content.decode())[1]


@pytest.fixture
def path(acme):
    return path_in(client_of(acme.admin).post(INVITE, form(acme)))


def passwords(first=SECRET, second=""):
    return {"password": first, "again": second or first}


def test_an_invited_person_sets_a_password_and_is_in(acme, path):
    member = Member.objects.get(name="新人")
    assert not member.is_active
    stranger = Client()
    assert stranger.get(path).status_code == 200
    assert stranger.get(path).status_code == 200  # looking does not use it
    answer = stranger.post(path, passwords())
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert stranger.get("/org/me/").status_code == 200
    member.refresh_from_db()
    assert member.is_active
    assert member.user.check_password(SECRET)
    assert member.user.mobile == "13800001111"
    assert AuditLine.objects.filter(verb="org.join", object_id=member.pk).exists()


def test_a_link_works_once(acme, path):
    assert Client().post(path, passwords()).status_code == 302
    for answer in (Client().get(path), Client().post(path, passwords("zq-mountain-77-zq"))):
        assert answer.status_code == 410
    assert Member.objects.get(name="新人").user.check_password(SECRET)


def test_a_link_ends_after_a_day_and_when_a_newer_one_is_made(acme, path):
    member = Member.objects.get(name="新人")
    newer = path_in(client_of(acme.admin).post(f"/org/members/{member.pk}/invite/"))
    assert Client().get(path).status_code == 410
    assert Client().get(newer).status_code == 200
    OneTimeLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert Client().post(newer, passwords()).status_code == 410
    assert OneTimeLink.objects.latest("pk").expires_at < timezone.now() + timedelta(hours=24)


@pytest.mark.parametrize("text", ["x", "1.x", "999999999999999999999.x", "²..", "1"])
def test_no_made_up_link_opens(acme, text):
    assert Client().get(f"/org/enter/{text}/").status_code == 410


def test_a_link_is_of_one_company_alone(acme, rival, path):
    raw = path.split("/")[3].partition(".")[2]
    assert Client().get(f"/org/enter/{rival.company.pk}.{raw}/").status_code == 410
    assert Client().get(path).status_code == 200


def test_only_the_hash_is_kept_and_a_repeat_shows_no_link(acme):
    client = client_of(acme.admin)
    said = form(acme, idempotency_key="k-1")
    first = client.post(INVITE, said)
    raw = path_in(first).split("/")[3].partition(".")[2]
    assert raw not in str(OneTimeLink.objects.values())
    assert raw not in str(IdempotencyKey.objects.values())
    again = client.post(INVITE, said)
    member = Member.objects.get(name="新人")
    assert (again.status_code, again["Location"]) == (302, f"/org/members/{member.pk}/")


def test_weak_or_different_passwords_come_back(acme, path):
    assert Client().post(path, passwords("short", "short")).status_code == 422
    assert Client().post(path, passwords(SECRET, SECRET + "x")).status_code == 422
    assert Client().get(path).status_code == 200


def test_an_existing_login_joins_only_as_itself_and_keeps_its_password(acme, rival):
    with inside(rival):
        user = rival.east_rep.user
    user.set_password(SECRET)
    user.save()
    path = path_in(client_of(acme.admin).post(INVITE, form(acme, login=user.login)))
    taken = Client().post(path, passwords("the admin's own secret"))
    assert taken.status_code == 422
    user.refresh_from_db()
    assert user.check_password(SECRET)
    someone_else = client_of(acme.west_rep)
    assert someone_else.post(path).status_code == 422
    assert not Member.objects.get(name="新人").is_active
    client = Client()
    client.force_login(user, backend="accounts.backends.LoginBackend")
    assert client.post(path)["Location"] == "/"
    assert Member.objects.get(name="新人").is_active
    assert acme.company.name in client.get("/org/me/").content.decode()


def test_a_login_that_is_a_member_is_refused_beside_the_field(acme):
    answer = client_of(acme.admin).post(INVITE, form(acme, login=acme.west_rep.user.login))
    assert answer.status_code == 422
    assert User.objects.filter(login=acme.west_rep.user.login).count() == 1


def test_reset_sets_a_password_once_and_ends_every_session(acme):
    rep = acme.east_rep
    rep.user.set_password(SECRET)
    rep.user.save()
    phone = client_of(rep)
    assert phone.get("/org/me/").status_code == 200
    answer = client_of(acme.admin).post(f"/org/members/{rep.pk}/reset/")
    path = path_in(answer)
    assert phone.get("/org/me/").status_code == 200
    own = Client()
    assert own.post(path, passwords("zq-mountain-77-zq"))["Location"] == "/"
    assert own.get("/org/me/").status_code == 200
    assert phone.get("/org/me/")["Location"].startswith("/accounts/login/")
    assert Client().post(path, passwords()).status_code == 410


def test_no_reset_of_a_login_that_another_company_uses(acme, rival):
    """One company's admin must not get into another company by somebody's login."""
    rep = acme.east_rep
    token = actions.issue_link(rep, purpose="reset", by=acme.admin)
    with inside(rival):
        actions.add_member(rep.user, name="zweites Ich")
    with pytest.raises(Refused):
        actions.issue_link(rep, purpose="reset", by=acme.admin)
    assert Client().post(f"/org/enter/{token}/", passwords()).status_code == 422
    rep.user.refresh_from_db()
    assert not rep.user.has_usable_password()


def test_a_reset_link_is_no_invitation_and_the_other_way_round(acme):
    token = actions.issue_link(acme.east_rep, purpose="reset", by=acme.admin)
    link = actions.link_of(token.partition(".")[2])
    with pytest.raises(Refused):
        actions.join(link, password=SECRET)
    with pytest.raises(Refused):
        actions.issue_link(acme.east_rep, purpose="invite", by=acme.admin)
    with pytest.raises(Refused):
        actions.issue_link(acme.disabled, purpose="invite", by=acme.admin)


def test_off_and_on_again_with_the_posts_that_are_in_force(acme):
    manager, client = acme.east_manager, client_of(acme.east_manager)
    customer = samples.build(acme)[Customer]
    token = actions.issue_link(manager, purpose="reset", by=acme.admin)
    actions.disable(manager, by=acme.admin)
    assert client.get("/org/me/")["Location"].startswith("/accounts/login/")
    assert Client().get(f"/org/enter/{token}/").status_code == 410
    actions.enable(manager, by=acme.admin)
    assert client_of(acme.anew("east_manager")).get(f"/customers/{customer.pk}/").status_code == 200


def test_an_invitation_taken_back_is_over_and_cannot_be_switched_on(acme, path):
    member = Member.objects.get(name="新人")
    actions.disable(member, by=acme.admin)
    assert Client().post(path, passwords()).status_code == 410
    with pytest.raises(Refused):
        actions.enable(member, by=acme.admin)


def test_the_last_administrator_stays(acme):
    for act in (
        lambda: actions.disable(acme.admin, by=acme.admin),
        lambda: actions.end_post(
            acme.admin.posts.get(), by=acme.admin, ends_on=timezone.localdate()
        ),
    ):
        with pytest.raises(Refused):
            act()
    actions.start_post(
        acme.secretary, unit=acme.unit("root"), role=Role.COMPANY_ADMIN, by=acme.admin
    )
    actions.end_post(acme.admin.posts.get(), by=acme.admin, ends_on=timezone.localdate())


def test_posts_count_from_their_first_to_their_last_day(acme):
    customer, day = samples.build(acme)[Customer], timezone.localdate()
    give = {"unit": acme.unit("east"), "role": Role.REGIONAL_MANAGER, "by": acme.admin}
    west = acme.west_manager
    actions.start_post(west, starts_on=day + timedelta(days=1), **give)
    assert not sees(acme.anew("west_manager"), customer)
    acting = actions.start_post(acme.east_rep2, starts_on=day, ends_on=day, is_acting=True, **give)
    assert sees(acme.anew("east_rep2"), customer)
    assert acting.grants.first().valid_until.date() >= day
    with pytest.raises(Refused):
        actions.start_post(acme.east_rep2, starts_on=day, **give)


def test_ending_a_post_takes_its_sight_with_the_next_request(acme):
    customer = samples.build(acme)[Customer]
    client = client_of(acme.east_manager)
    assert client.get(f"/customers/{customer.pk}/").status_code == 200
    post = acme.east_manager.posts.get()
    yesterday = timezone.localdate() - timedelta(days=1)
    answer = client_of(acme.admin).post(f"/org/posts/{post.pk}/end/", {"ends_on": f"{yesterday}"})
    assert answer.status_code == 302
    assert client.get(f"/customers/{customer.pk}/").status_code == 404


def test_nobody_else_administers(acme):
    for who in (acme.east_rep, acme.director, acme.management, acme.secretary):
        assert client_of(who).get(INVITE).status_code == 403
        with pytest.raises(Forbidden):
            actions.disable(acme.west_rep, by=who)


def test_the_list_says_how_everybody_stands(acme, path):
    page = client_of(acme.admin).get("/org/members/").content.decode()
    assert "已邀请" in page
    assert "已停用" in page
    OneTimeLink.objects.update(expires_at=timezone.now())
    assert "邀请已失效" in client_of(acme.admin).get("/org/members/").content.decode()
