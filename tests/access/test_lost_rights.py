"""A9: a right that ends is gone with the next request, also for the page opened before."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from accounts.models import User
from approvals import actions as approvals
from approvals.actions import ask_again
from approvals.models import Task
from customers import actions as customers
from customers.models import Customer, CustomerShare
from org import actions
from org.models import ApiToken, Member, Role
from tenancy.models import IdempotencyKey, Outbox
from tests.access import samples, world
from tests.access.changes import difference, dump
from tests.access.world import MISSING, send
from tests.conftest import client_of, inside


@pytest.fixture
def stage(acme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return world.build(acme)


def yesterday():
    return timezone.localdate() - timedelta(days=1)


def leave_post(stage, name):
    for post in getattr(stage.cast, name).posts.all():
        actions.end_post(post, by=stage.cast.admin, ends_on=yesterday())


def move_customer(stage, name):
    """Handed over to the west."""
    west = stage.west.customer
    Customer.objects.filter(pk=stage.customer.pk).update(
        owner=west.owner_id, unit=west.unit_id, org_path=west.org_path
    )


def switch_off(stage, name):
    actions.disable(getattr(stage.cast, name), by=stage.cast.admin)


def user_off(stage, name):
    User.objects.filter(pk=getattr(stage.cast, name).user_id).update(is_active=False)


def new_password(stage, name):
    user = getattr(stage.cast, name).user
    user.set_password("another long secret")
    user.save()


def close_company(stage, name):
    type(stage.cast.company).objects.filter(pk=stage.cast.company.pk).update(is_active=False)


def archive(stage, name):
    customers.archive(Customer.objects.get(pk=stage.customer.pk), by=stage.cast.east_rep)


CHANGE = ("/customers/{customer}/change/", world.CUSTOMER)
SCENES = [
    ("east_supervisor", leave_post, *CHANGE, 404),
    ("secretary", leave_post, *CHANGE, 404),
    ("director", leave_post, *CHANGE, 404),
    ("east_rep", move_customer, *CHANGE, 404),
    ("east_supervisor", move_customer, *CHANGE, 404),
    ("east_rep", switch_off, *CHANGE, 302),
    ("east_supervisor", switch_off, *CHANGE, 302),
    ("east_rep", user_off, *CHANGE, 302),
    ("east_rep", new_password, *CHANGE, 302),
    ("east_rep", close_company, *CHANGE, 302),
    ("east_rep", archive, *CHANGE, 403),
    ("east_rep", leave_post, "/customers/create/", world.CUSTOMER, 403),
    ("east_rep", leave_post, "/contracts/new/?customer={customer}", {}, 403),
    ("east_rep", leave_post, "/customers/{customer}/check_in/", world.CHECK_IN, 403),
    ("east_supervisor", leave_post, "/approvals/{case}/approve/", "decision", 404),
    ("east_supervisor", switch_off, "/approvals/{case}/approve/", "decision", 302),
    ("secretary", leave_post, "/contracts/products/{product}/", world.PRODUCT, 403),
    ("east_rep", leave_post, "/files/imports/{job}/commit/", {}, 403),
    ("east_rep", move_customer, "/customers/contacts/{contact}/change/", world.CONTACT, 404),
]  # fmt: skip


@pytest.mark.parametrize(
    "scene",
    SCENES,
    ids=[f"{who}-{lose.__name__}-{path.replace('/', '.')}" for who, lose, path, *_ in SCENES],
)  # fmt: skip
def test_a_page_opened_before_is_of_no_use_after(stage, scene):
    """The twin runs first and is undone: with the right the very same POST goes through."""
    from django.db import transaction

    who, lose, path, body, status = scene
    named = ("customer", "case", "product", "job", "contact")
    path = path.format(**{name: getattr(stage, name).pk for name in named})
    body = world.decision(stage) if body == "decision" else body
    client = client_of(world.someone(who))
    with transaction.atomic():
        before = dump()
        assert client.post(path, body).status_code < 400 or not body
        assert difference(before, dump()) or not body
        transaction.set_rollback(True)
    lose(stage, who)
    before = dump()
    answer = client.post(path, body)
    assert answer.status_code == status
    if status == 302:
        assert "/accounts/login/" in answer["Location"] or answer["Location"] == "/org/companies/"
    if lose is not close_company:
        assert difference(before, dump()) == []


def test_a_token_and_a_repeated_key_die_with_the_right(stage, client):
    """Also the stored answer of a key is not shown again to whoever is out."""
    rep = stage.cast.east_rep
    raw = actions.make_token(rep, name="t", by=rep)
    headers = {"Authorization": f"Token {raw}", "Idempotency-Key": "once"}
    path, body = "/api/v1/visits/plan/", world.plan(stage) | {"customer": stage.customer.pk}

    def ask():
        return client.post(path, body, content_type="application/json", headers=headers)

    first = ask()
    assert first.status_code == 201
    assert ask().content == first.content
    actions.disable(rep, by=stage.cast.admin)
    assert ask().status_code == 401


def test_a_key_of_another_member_or_company_is_a_key_of_ones_own(stage, rival):
    """Keys are counted by person: nobody is shown the answer another was given."""
    with inside(rival):
        theirs = samples.build(rival)
        there = client_of(rival.east_rep)
    customer = theirs[next(m for m in theirs if m.__name__ == "Customer")]
    path, headers = "/api/v1/contacts/", {"Idempotency-Key": "shared"}

    def ask(client, pk):
        body = {"customer": pk, "name": f"王{pk}"}
        return client.post(path, body, content_type="application/json", headers=headers)

    first = ask(client_of(stage.cast.east_rep), stage.customer.pk)
    assert first.status_code == 201
    second = ask(client_of(stage.cast.east_supervisor), stage.customer.pk)
    assert second.status_code == 201
    assert "Idempotent-Replay" not in second.headers
    assert second.json()["id"] != first.json()["id"]
    assert ask(client_of(stage.cast.west_rep), stage.customer.pk).status_code == 404
    foreign = ask(there, customer.pk)
    assert foreign.status_code == 201
    assert "Idempotent-Replay" not in foreign.headers
    assert IdempotencyKey.objects.filter(key="shared").count() == 2


@pytest.fixture
def double(stage, rival):
    """One login, two companies: a rep here, a director there."""
    user = stage.cast.east_rep.user
    with inside(rival):
        member = actions.add_member(user, name="两家公司")
        actions.start_post(member, unit=rival.unit("root"), role=Role.DIRECTOR,
                           starts_on=yesterday())  # fmt: skip
        made = samples.build(rival)
    client = client_of(stage.cast.east_rep, enforce_csrf_checks=True)
    return client, {m.__name__: obj for m, obj in made.items()}


def test_a_page_of_one_company_sent_from_the_other_writes_nowhere(stage, rival, double):
    """The tab that was open before the company was changed: its form is not of this company."""
    client, theirs = double

    def opened(path):
        """What a page's form would send back unseen."""
        page = client.get(path).content.decode()
        return {
            name: page.split(f'name="{name}" value="')[1].split('"')[0]
            for name in ("idempotency_key", "csrfmiddlewaretoken") if f'name="{name}"' in page
        }  # fmt: skip

    def choose(cast):
        chosen = {"company": cast.company.pk, **opened("/org/companies/")}
        assert client.post("/org/companies/", chosen)["Location"] == "/"

    choose(stage.cast)
    assert client.post("/customers/create/", world.CUSTOMER | opened("/customers/create/")
                       ).status_code == 302  # fmt: skip
    stale = opened("/customers/create/")
    choose(rival)
    with inside(rival):
        before = dump()
        assert client.post("/customers/create/", world.CUSTOMER | stale).status_code == 403
        assert dump() == before
    fresh = opened("/customers/create/")
    mine, missing = (
        client.post(f"/customers/{pk}/change/", world.CUSTOMER | fresh)
        for pk in (stage.customer.pk, MISSING)
    )
    assert mine.status_code == missing.status_code == 404
    assert stage.cast.canary not in mine.content.decode()
    assert (
        theirs["Customer"].notes
        in client.get(f"/customers/{theirs['Customer'].pk}/").content.decode()
    )


def test_a_chosen_company_that_ends_is_not_replaced_in_silence(stage, rival, double):
    client, _theirs = double
    session = client.session
    session["company"] = stage.cast.company.pk
    session.save()
    assert client.get("/customers/").status_code == 200
    actions.disable(stage.cast.east_rep, by=stage.cast.admin)
    assert client.get("/customers/")["Location"] == "/org/companies/"


def test_an_approval_follows_the_post(stage):
    """T8: who leaves is not asked any more, who is above is; nothing is stuck."""
    boss, case = stage.cast.east_supervisor, stage.case
    assert Task.objects.waiting_for(boss).filter(case=case).exists()
    leave_post(stage, "east_supervisor")
    left = stage.cast.anew("east_supervisor")
    assert not left.may("approvals.decide", case)
    news = Outbox.objects.filter(topic="org.seats_changed").latest("pk")
    ask_again(news.payload)
    asked = Task.objects.filter(case=case, state="open")
    assert asked.get().member.employee_no == "east_manager"
    assert stage.cast.anew("east_manager").may("approvals.decide", case)
    ask_again(news.payload)
    assert Task.objects.filter(case=case, state="open").count() == 1


def test_whoever_keeps_the_post_keeps_the_task(stage):
    before = set(Task.objects.filter(state="open").values_list("pk", flat=True))
    ask_again({"member": stage.cast.east_supervisor.pk})
    assert set(Task.objects.filter(state="open").values_list("pk", flat=True)) == before


def test_a_disabled_approver_leaves_no_case_stuck(stage):
    actions.disable(stage.cast.east_supervisor, by=stage.cast.admin)
    ask_again(Outbox.objects.filter(topic="org.seats_changed").latest("pk").payload)
    asked = Task.objects.filter(case=stage.case, state="open", member__is_active=True)
    assert asked.get().member.employee_no == "east_manager"


def test_a_decided_case_is_listed_only_while_it_is_seen(stage):
    """The inbox of what was decided shows titles and amounts of today."""
    boss, link = client_of(stage.cast.east_supervisor), f"/contracts/{stage.approved.pk}/"
    assert link in boss.get("/approvals/?box=done").content.decode()
    leave_post(stage, "east_supervisor")
    assert link not in boss.get("/approvals/?box=done").content.decode()


def test_a_share_ends_with_its_moment_and_a_post_begins_with_its_day(stage):
    west, customer = stage.cast.west_rep, stage.customer
    client, path = client_of(west), f"/customers/{customer.pk}/"
    assert client.get(path).status_code == 404
    customers.share(customer, by=stage.cast.east_rep, member=west,
                    until=timezone.now() + timedelta(hours=1))  # fmt: skip
    assert client.get(path).status_code == 200
    CustomerShare.objects.update(valid_until=timezone.now() - timedelta(seconds=1))
    assert client.get(path).status_code == 404
    unit = stage.cast.unit("east")
    post = actions.start_post(west, unit=unit, role=Role.REGIONAL_MANAGER,
                              starts_on=timezone.localdate() + timedelta(days=1))  # fmt: skip
    assert client.get(path).status_code == 404
    type(post).objects.filter(pk=post.pk).update(starts_on=timezone.localdate())
    assert client.get(path).status_code == 200


def test_a_job_asks_for_the_right_again_when_it_runs(stage, acme):
    """An import decided on by somebody who then lost the post ends without a row."""
    from files import actions as files
    from tenancy.actions import run

    files.commit(stage.job, by=stage.cast.east_rep)
    row = Outbox.objects.get(topic="files.commit", sent_at=None)
    leave_post(stage, "east_rep")
    count = Customer.objects.count()
    run(acme.company.pk, row.pk, row.tries)
    stage.job.refresh_from_db()
    assert (stage.job.status, Customer.objects.count()) == ("failed", count)


def test_no_grant_outlives_its_post(stage):
    from org.models import UnitGrant

    for name in ("east_supervisor", "director"):
        leave_post(stage, name)
    actions.disable(stage.cast.east_manager, by=stage.cast.admin)
    today = timezone.localdate()
    alive = UnitGrant.objects.filter(valid_until=None).select_related("post__member")
    assert alive
    for grant in alive:
        assert grant.post.ends_on is None or grant.post.ends_on >= today
        assert grant.post.member.is_active


def test_a_rep_who_left_the_team_still_finds_only_what_is_hers(stage):
    """Own drafts stay one's own, but nothing new begins without a post."""
    leave_post(stage, "east_rep")
    rep = Member.objects.get(pk=stage.cast.east_rep.pk)
    assert rep.may("contracts.view", stage.draft)
    assert not rep.may("contracts.create", stage.customer)
    assert not rep.may("customers.create")
    answer = send(client_of(rep), "POST", "/api/v1/contracts/", world.api_paper(stage))
    assert answer.status_code == 403


# --- with one set-up: who, what goes before, the address, how the right ends, the answer ----------


def stood_in(stage):
    """A stand-in of the supervisor who asks in the other's name."""
    boss, day = stage.cast.east_supervisor, timezone.localdate()
    stage.lent = approvals.delegate(
        boss, stand_in=stage.cast.west_supervisor, starts_on=day, ends_on=day, by=boss, reason="休"
    )


def two_posts(stage):
    unit = stage.cast.unit("east_one")
    stage.second = actions.start_post(
        stage.cast.west_rep, unit=unit, role=Role.SUPERVISOR, starts_on=yesterday()
    )
    Task.objects.filter(case=stage.case, state="open").update(member=stage.cast.west_rep)


def opened(_stage):
    """Nothing to prepare."""


def take_back(stage):
    approvals.end_delegation(stage.lent, by=stage.cast.east_supervisor)


def last_day_over(stage):
    day = yesterday()
    type(stage.lent).objects.filter(pk=stage.lent.pk).update(starts_on=day, ends_on=day)


def pass_on(stage):
    approvals.transfer(stage.case, to=stage.cast.director, by=stage.cast.east_supervisor)


def lose_second(stage):
    actions.end_post(stage.second, by=stage.cast.admin, ends_on=yesterday())


def move_team(stage):
    actions.move_unit(stage.cast.unit("east_one"), target=stage.cast.unit("west"),
                      by=stage.cast.admin)  # fmt: skip


def withdraw_share(stage):
    customers.end_share(stage.customer, share=stage.share.pk, by=stage.cast.east_rep)


def end_sessions(stage):
    from accounts.actions.sessions import end_all

    end_all(stage.cast.east_supervisor.user)


def hand_over(stage):
    customers.hand_over([stage.customer], to=stage.cast.west_rep, reason="区域调整交接",
                        by=stage.cast.director, take=True)  # fmt: skip


def off(stage):
    actions.disable(stage.cast.east_manager, by=stage.cast.admin)


APPROVE = "/approvals/{case}/approve/"
READY = "/approvals/{ready}/approve/"
MORE = [
    ("a stand-in is taken back", "west_supervisor", stood_in, APPROVE, take_back, 404),
    ("a stand-in's last day is over", "west_supervisor", stood_in, APPROVE, last_day_over, 404),
    ("the task was passed on", "east_supervisor", opened, APPROVE, pass_on, 409),
    ("one of two posts ends", "west_rep", two_posts, APPROVE, lose_second, 404),
    ("the unit is moved", "east_manager", opened, READY, move_team, 404),
    ("the approver is switched off", "east_manager", opened, READY, off, 302),
    ("every session is ended", "east_supervisor", opened, APPROVE, end_sessions, 302),
    ("the share is withdrawn", "bare_rep", opened, "/customers/{customer}/", withdraw_share, 404),
    ("the customer is handed over", "east_rep", opened, "/contracts/{draft}/submit/", hand_over,
     404),
]  # fmt: skip


def test_each_way_a_right_ends_counts_with_the_next_request(stage):
    """Each scene is undone; its twin, the same request before, is answered."""
    from django.db import transaction

    wrong = []
    for name, who, prepare, path, lose, status in MORE:
        with transaction.atomic():
            body = world.decision(stage)
            prepare(stage)
            path = path.format(
                case=stage.case.pk, ready=stage.ready.case_id, customer=stage.customer.pk,
                draft=stage.draft.pk,
            )  # fmt: skip
            if str(stage.ready.case_id) in path:
                body = {"content_hash": stage.ready.case.content_hash, "comment": "同意批准"}
            client = client_of(world.someone(who))
            call = client.get if path.startswith("/customers/") else client.post
            with transaction.atomic():
                twin = call(path, body).status_code
                transaction.set_rollback(True)
            lose(stage)
            before = dump()
            answer = call(path, body).status_code
            done = difference(before, dump())
            if twin >= 400 or answer != status or done:
                wrong.append((name, twin, answer, status, done[:2]))
            transaction.set_rollback(True)
    assert wrong == []


def test_a_revoked_token_and_an_ended_support_access_open_nothing(stage, client):
    rep = stage.cast.east_rep
    raw = actions.make_token(rep, name="t", by=rep)
    headers = {"Authorization": f"Token {raw}"}
    assert client.get("/api/v1/customers/", headers=headers).status_code == 200
    actions.revoke_token(ApiToken.objects.latest("pk"), by=rep)
    assert client.get("/api/v1/customers/", headers=headers).status_code == 401
    guest = client_of(SimpleNamespace(user=stage.support.user))
    session = guest.session
    session["company"] = stage.cast.company.pk
    session.save()
    assert guest.get("/customers/").status_code == 200
    actions.end_support(stage.support, by=stage.cast.admin)
    assert guest.get("/customers/").status_code == 302


def test_an_export_asked_for_before_the_post_ended_writes_what_is_seen_now(stage, acme):
    """A queued job asks again when it runs: rows of the old post are not in the file."""
    from files import actions as files
    from tenancy.actions import run

    boss = stage.cast.east_supervisor
    job = files.export(kind="customers.customer", form="csv", by=boss)
    row = Outbox.objects.filter(topic="files.export", sent_at=None).latest("pk")
    leave_post(stage, "east_supervisor")
    run(acme.company.pk, row.pk, row.tries)
    job.refresh_from_db()
    assert (job.status, job.done_rows) in {("failed", 0), ("ready", 0), ("done", 0)}


def test_no_grant_is_an_orphan_whatever_happened(stage):
    """Guardian: none for a person who is out, none for a post that is over, none of its own."""
    from guardian.models import GroupObjectPermission, UserObjectPermission

    from org.models import UnitGrant

    two_posts(stage)
    lose_second(stage)
    leave_post(stage, "east_supervisor")
    off(stage)
    move_team(stage)
    alive = Member.objects.filter(is_active=True).values("user")
    assert not UnitGrant.objects.exclude(user__in=alive).exists()
    over = UnitGrant.objects.filter(post__ends_on__lt=timezone.localdate())
    assert not over.filter(valid_until=None).exists()
    assert not UserObjectPermission.objects.exists()
    assert not GroupObjectPermission.objects.exists()
