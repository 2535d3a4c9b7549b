"""G1: every act leaves its line, in the same transaction, and nothing secret or forged in it."""

import json
import logging

import pytest
from django.db import transaction

from approvals.models import Decision
from audit.models import AuditLine, Refusal
from audit.verify import verify
from customers import actions as customers
from org import actions
from org.models import Role
from salesops.logs import Lines
from tests.access import world
from tests.access.changes import difference, dump
from tests.access.test_bodies import told, unsafe
from tests.access.test_matrix import path_of
from tests.access.world import WRITES, send
from tests.conftest import client_of


@pytest.fixture
def stage(acme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return world.build(acme)


def acts(stage):
    for name, text, method, _view in unsafe():
        if row := WRITES.get(name):
            path = path_of(text, getattr(stage, row.on).pk if row.on else 0)
            yield name, row, method, path


# what somebody has read is nobody else's business, and no act
SILENT = {
    f"POST /notices/{verb}/"
    for verb in ("<int:pk>/read", "<int:pk>/unread", "read_all", "unread_all")
} | {
    f"POST /api/v1/^notices/{verb}/$"
    for verb in ("(?P<pk>[^/.]+)/read", "(?P<pk>[^/.]+)/unread", "read_all", "unread_all")
}


def test_every_act_leaves_its_line_with_actor_place_and_way(stage):
    wrong, before = [], AuditLine.objects.latest("seq").seq
    for name, row, method, path in acts(stage):
        if name in SILENT:
            continue
        who = world.someone(row.who)
        client = client_of(who, REMOTE_ADDR="203.0.113.7")
        with transaction.atomic():
            answer = send(client, method, path, row.body(stage))
            lines = list(AuditLine.objects.filter(seq__gt=before).order_by("seq"))
            channel = "api" if "/api/" in name else "web"
            fits = [
                line for line in lines
                if (line.actor_id, line.actor_name, line.ip, line.channel)
                == (who.pk, who.name, "203.0.113.7", channel)
                and line.object_id and line.verb and line.hash
                and (line.before or line.after) and line.company_id == stage.cast.company.pk
            ]  # fmt: skip
            if answer.status_code >= 400 or not fits or len(fits) != len(lines):
                wrong.append((name, answer.status_code, [(x.verb, x.ip) for x in lines]))
            if not verify(stage.cast.company.pk).ok:
                wrong.append((name, "chain"))
            transaction.set_rollback(True)
    assert not wrong, told(wrong)


def test_an_act_that_changes_a_record_says_what_was_before(stage):
    """What the line calls `before` is what stood in the table."""
    was = {name: getattr(stage.customer, name) for name in ("city", "notes", "industry")}
    client_of(stage.cast.east_rep).post(f"/customers/{stage.customer.pk}/change/", world.CUSTOMER)
    line = AuditLine.objects.latest("seq")
    assert line.verb == "customers.change"
    assert {name: line.before[name] for name in was} == was
    assert {name: line.after[name] for name in was} == {n: world.CUSTOMER[n] for n in was}


def test_an_act_that_fails_late_leaves_neither_rows_nor_line(stage, monkeypatch):
    """The line is written last; when it cannot be, the act has not happened."""
    import audit.actions

    wrong, before, broken = [], dump(), 0

    def no(*_args, **_kwargs):
        raise ZeroDivisionError

    with transaction.atomic():
        twin = client_of(stage.cast.east_rep).post(
            f"/customers/{stage.customer.pk}/change/", world.CUSTOMER
        )
        assert twin.status_code == 302
        transaction.set_rollback(True)
    monkeypatch.setattr(audit.actions, "seal", no)
    for name, row, method, path in acts(stage):
        if name in SILENT:
            continue
        client = client_of(world.someone(row.who), raise_request_exception=False)
        answer = send(client, method, path, row.body(stage))
        broken += answer.status_code == 500
        if answer.status_code < 400 or difference(before, dump()):
            wrong.append((name, answer.status_code, difference(before, dump())[:2]))
    assert not wrong, told(wrong)
    assert broken > 45


SECRETS = ["a long enough secret", "another long secret"]


def test_no_line_holds_a_password_a_token_or_a_session(stage, client, caplog):
    caplog.set_level(logging.DEBUG)
    rep, admin = stage.cast.east_rep, stage.cast.admin
    rep.user.set_password(SECRETS[0])
    rep.user.save()
    login = {"login": rep.user.email, "password": SECRETS[0]}
    assert client.post("/accounts/login/", login | {"password": SECRETS[1]}).status_code == 422
    assert client.post("/accounts/login/", login).status_code == 302
    raw = actions.make_token(rep, name="t", by=admin)
    headers = {"Authorization": f"Token {raw}"}
    assert client.get("/api/v1/customers/", headers=headers).status_code == 200
    assert client.get("/api/v1/nowhere/", headers=headers).status_code == 404
    assert client.post(f"/contracts/{stage.west.contract.pk}/submit/").status_code == 404
    session = client.cookies["sessionid"].value
    csrf = client.cookies["csrftoken"].value
    rows = json.dumps(
        [*AuditLine.objects.values(), *Refusal.objects.values(), *Decision.objects.values()],
        default=str,
    ) + caplog.text  # fmt: skip
    assert "org.make_token" in rows
    for secret in (*SECRETS, raw, session, csrf, rep.user.password):
        assert secret not in rows


NUMBERS = {"mobile": "13912345678", "phone": "021-58887777", "email": "wang.gong@x.example"}


def test_no_line_and_no_log_holds_a_persons_whole_number(stage, caplog):
    """G5: what is added to the record is never taken away, so numbers go in masked."""
    caplog.set_level(logging.DEBUG)
    rep, before = stage.cast.east_rep, AuditLine.objects.latest("seq").seq
    contact = customers.add_contact(stage.customer, by=rep, name="李工", **NUMBERS)
    customers.change_contact(contact, by=rep, mobile="13987654321")
    customers.add_note(stage.customer, by=rep, text="请打 138 1111 2222，或 0512-66668888")
    client_of(rep).post(f"/customers/{stage.customer.pk}/change/", world.CUSTOMER
                        | {"notes": "联系人 13733334444"})  # fmt: skip
    lines = AuditLine.objects.filter(seq__gt=before)
    rows = json.dumps(list(lines.values()), default=str) + caplog.text
    assert {"customers.add_contact", "customers.change_contact", "customers.change"} <= {
        line.verb for line in lines
    }
    for number in (*NUMBERS.values(), "13987654321", "138 1111 2222", "66668888", "13733334444"):
        assert number not in rows
    # the twin: what changed can still be told, and the record itself has it whole
    line = lines.get(verb="customers.change_contact")
    assert (line.before["mobile"], line.after["mobile"]) == ("139****5678", "139****4321")
    contact.refresh_from_db()
    assert contact.mobile == "13987654321"
    assert verify(stage.cast.company.pk).ok


FORGED = "x\r\n2026-01-01 00:00:00,000 INFO audit FORGED LINE\n\u2028\x85"


def test_no_text_forges_a_line_of_the_log(stage, caplog):
    """Paths, names and words with line ends: every entry of the log stays one line."""
    from django.utils.http import urlencode

    handler = logging.getLogger().handlers
    assert handler is not None
    client = client_of(stage.cast.east_rep, raise_request_exception=False)
    quoted = urlencode({"": FORGED})[1:].replace("+", "%20")
    client.get(f"/files/imports/template/{quoted}/")
    client.get(f"/{quoted}/")
    client.get(f"/api/v1/customers/{quoted.replace('.', '')}/")
    client.post("/accounts/login/", {"login": FORGED, "password": FORGED})
    client.get("/", headers={"User-Agent": "x", "Idempotency-Key": "k"})
    client.post("/customers/create/", world.CUSTOMER | {"name": f"甲方{FORGED}", "owner": FORGED})
    lines = [Lines().format(record) for record in caplog.records]
    assert len(lines) > 5
    for line in lines:
        assert "\n" not in line
        assert "FORGED" not in line  # fields are chosen: what people type is in none of them
    assert Refusal.objects.filter(path__contains="FORGED").exists()


def test_a_name_with_line_ends_is_one_line_of_the_record(stage):
    """The record is rows, not text; what a program exports of it is JSON."""
    rep = stage.cast.east_rep
    customers.change(stage.customer, by=rep, notes=FORGED)
    line = AuditLine.objects.latest("seq")
    assert json.loads(json.dumps(line.after))["notes"] == FORGED.strip()
    assert verify(stage.cast.company.pk).ok


def test_the_organisations_verbs_leave_their_lines(acme):
    """They have no page yet; whoever calls them is asked and recorded all the same."""
    from accounts.models import User
    from kit.because import Forbidden

    user = User.objects.create(login="new@acme.example")
    unit = acme.unit("east_two")
    member = actions.add_member(user, name="新人", by=acme.admin)
    post = actions.start_post(member, unit=unit, role=Role.REP, by=acme.admin)
    actions.end_post(post, by=acme.admin, ends_on=post.starts_on)
    actions.make_token(member, name="t", by=member)
    actions.add_unit("新组", parent=unit, kind="team", by=acme.admin)
    actions.disable(member, by=acme.admin)
    verbs = list(AuditLine.objects.order_by("-seq").values_list("verb", "actor_name")[:6])
    assert verbs == [
        ("org.disable", "acme.admin"), ("org.add_unit", "acme.admin"),
        ("org.make_token", "新人"), ("org.end_post", "acme.admin"),
        ("org.start_post", "acme.admin"), ("org.add_member", "acme.admin"),
    ]  # fmt: skip
    for who in ("director", "management", "secretary", "east_rep"):
        by = getattr(acme, who)
        for act in (
            lambda by=by: actions.disable(acme.west_rep, by=by),
            lambda by=by: actions.add_unit("x", parent=unit, kind="team", by=by),
            lambda by=by: actions.start_post(by, unit=acme.unit("root"), role="director", by=by),
            lambda by=by: actions.make_token(acme.director, name="t", by=by)
            if by != acme.director else actions.disable(acme.admin, by=by),
        ):  # fmt: skip
            with pytest.raises(Forbidden):
                act()
