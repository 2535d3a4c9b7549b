"""The tree by the administrator: add, rename, off and on, and the move with its preview."""

import pytest
from django.db import connection

from approvals.models import Task
from audit.models import AuditLine
from contracts.models import Contract
from customers.models import Customer, Visit
from kit.because import Refused
from org import actions, preview
from org.access import sees
from org.actions import move as moving
from org.models import Role, Unit, UnitMove, owned_models
from tenancy import actions as plumbing
from tenancy.models import Outbox
from tests.access import samples
from tests.conftest import client_of, inside


def test_a_unit_is_added_below_another_and_renamed(acme):
    client, east = client_of(acme.admin), acme.unit("east")
    said = {"name": "华东三组", "kind": "team", "code": "HD3"}
    assert client.post(f"/org/units/{east.pk}/add/", said).status_code == 302
    unit = Unit.objects.get(name="华东三组")
    assert unit.path.startswith(east.path)
    assert client.post(f"/org/units/{east.pk}/add/", said).status_code == 422
    assert client.post(f"/org/units/{unit.pk}/", {"name": "新三组"}).status_code == 302
    assert Unit.objects.get(pk=unit.pk).name == "新三组"


def test_only_an_empty_unit_is_switched_off(acme):
    samples.build(acme)
    for name in ("root", "east", "east_one"):
        with pytest.raises(Refused):
            actions.switch_off_unit(acme.unit(name), by=acme.admin)
    empty = actions.add_unit("空组", parent=acme.unit("east"), kind="team", by=acme.admin)
    actions.switch_off_unit(empty, by=acme.admin)
    with pytest.raises(Refused):
        actions.start_post(acme.east_rep, unit=empty, role="rep", by=acme.admin)
    assert "空组" not in client_of(acme.east_rep).get("/org/tree/").content.decode()
    actions.switch_on_unit(empty, by=acme.admin)
    assert "空组" in client_of(acme.east_rep).get("/org/tree/").content.decode()


def counts(members):
    """{(member, kind): how many records the member sees}."""
    return {
        (m.pk, str(model._meta.verbose_name_plural)): model.objects.visible_to(m).count()
        for m in members
        for model in owned_models()
    }


EVERYBODY = ("director", "east_manager", "west_manager", "east_supervisor", "west_supervisor",
             "east_rep", "east_rep2", "finance", "secretary")  # fmt: skip


@pytest.mark.parametrize("target", ["west", "west_one", "root"])
def test_the_preview_says_what_the_move_does(acme, target):
    samples.build(acme)
    unit, place = acme.unit("east_one"), acme.unit(target)
    said = {
        (change.member.pk, kind): sign * count
        for change in preview.changes(unit, place)
        for sign, found in ((1, change.gains), (-1, change.losses))
        for kind, count in found
    }
    before = counts([getattr(acme, name) for name in EVERYBODY])
    actions.move_unit(unit, target=place, by=acme.admin)
    after = counts([acme.anew(name) for name in EVERYBODY])
    assert {key: after[key] - before[key] for key in after if after[key] != before[key]} == said
    assert said


def test_a_move_takes_the_subtree_its_records_and_no_others(acme):
    made = samples.build(acme)
    contract = made[Contract]
    tasks = list(Task.objects.order_by("pk").values_list("pk", "member_id", "state"))
    move = actions.move_unit(acme.unit("east"), target=acme.unit("west"), by=acme.admin)
    assert move.state == UnitMove.State.DONE
    assert acme.unit("east_one").path.startswith(acme.unit("east").path)
    assert acme.unit("east").path.startswith(acme.unit("west").path)
    for model in owned_models():
        for row in model.objects.select_related("unit"):
            assert row.org_path == row.unit.path, model
    for kind in (Customer, Contract, Visit):
        assert sees(acme.anew("west_manager"), kind.objects.get(pk=made[kind].pk))
    # running approvals keep their people
    assert list(Task.objects.order_by("pk").values_list("pk", "member_id", "state")) == tasks
    assert contract.case.pk
    line = AuditLine.objects.get(verb="org.move_unit")
    assert line.after["records"] == move.done > 0


def test_a_move_is_one_statement_a_table(acme, django_assert_max_num_queries):
    samples.build(acme)
    with django_assert_max_num_queries(45):
        actions.move_unit(acme.unit("east_one"), target=acme.unit("west"), by=acme.admin)


@pytest.mark.parametrize(
    ("unit", "target"),
    [("east", "east_one"), ("east", "east"), ("root", "east"), ("east_one", "east")],
)
def test_no_circle_no_root_and_no_move_to_where_it_is(acme, unit, target):
    with pytest.raises(Refused):
        actions.move_unit(acme.unit(unit), target=acme.unit(target), by=acme.admin)


def test_the_page_previews_and_does_nothing_before_it_is_told(acme, rival):
    samples.build(acme)
    unit, target = acme.unit("east_one"), acme.unit("west")
    client, path = client_of(acme.admin), f"/org/units/{unit.pk}/move/"
    page = client.get(path, {"target": target.pk}).content.decode()
    assert "acme.west_manager" in page
    assert "acme.east_manager" in page
    assert Unit.objects.get(pk=unit.pk).path == unit.path
    with inside(rival):
        foreign = rival.unit("west").pk
    assert client.post(path, {"target": foreign}).status_code == 422
    answer = client.post(path, {"target": target.pk})
    assert answer["Location"].startswith("/org/moves/")
    assert "之下" in client.get(path).content.decode() or client.get(path).status_code == 200
    assert Unit.objects.get(pk=unit.pk).parent_id == target.pk


def test_many_records_are_moved_by_the_worker(acme, monkeypatch):
    samples.build(acme)
    monkeypatch.setattr(moving, "MOST_AT_ONCE", 1)
    unit, target = acme.unit("east_one"), acme.unit("west")
    old = unit.path
    move = actions.move_unit(unit, target=target, by=acme.admin)
    assert move.is_running
    assert Unit.objects.get(pk=unit.pk).path == old
    page = client_of(acme.admin).get(f"/org/moves/{move.pk}/").content.decode()
    assert "hx-trigger" in page
    with pytest.raises(Refused):
        actions.move_unit(acme.unit("east_two"), target=target, by=acme.admin)
    row = Outbox.objects.get(topic="org.move_unit")
    assert plumbing.run(acme.company.pk, row.pk, row.tries)
    move.refresh_from_db()
    assert (move.state, move.done) == ("done", move.total)
    assert Unit.objects.get(pk=unit.pk).path.startswith(target.path)


def test_a_long_move_that_became_impossible_says_so(acme, monkeypatch):
    samples.build(acme)
    monkeypatch.setattr(moving, "MOST_AT_ONCE", 1)
    target = acme.unit("west")
    move = actions.move_unit(acme.unit("east_one"), target=target, by=acme.admin)
    actions.add_unit("华东一组", parent=target, kind="team")
    row = Outbox.objects.get(topic="org.move_unit")
    assert plumbing.run(acme.company.pk, row.pk, row.tries)
    move.refresh_from_db()
    assert move.state == "refused"
    assert move.message


def test_a_long_move_dies_with_the_right_of_who_planned_it(acme, monkeypatch):
    """A9: a job asks for the right again when it runs."""
    monkeypatch.setattr(moving, "MOST_AT_ONCE", -1)
    second = acme.secretary
    actions.start_post(second, unit=acme.unit("root"), role=Role.COMPANY_ADMIN)
    unit, second = acme.unit("east_one"), acme.anew("secretary")
    move = actions.move_unit(unit, target=acme.unit("west"), by=second)
    actions.disable(second, by=acme.admin)
    row = Outbox.objects.get(topic="org.move_unit")
    assert plumbing.run(acme.company.pk, row.pk, row.tries)
    move.refresh_from_db()
    assert (move.state, bool(move.message)) == ("refused", True)
    assert Unit.objects.get(pk=unit.pk).path == unit.path


def test_a_record_written_meanwhile_follows(acme):
    made = samples.build(acme)
    unit = acme.unit("east_one")
    old = unit.path
    actions.move_unit(unit, target=acme.unit("west"), by=acme.admin)
    Customer.objects.filter(pk=made[Customer].pk).update(org_path=old)
    row = Outbox.objects.get(topic="org.follow_move")
    moving.follow_move(row.payload)
    assert Customer.objects.get(pk=made[Customer].pk).org_path.startswith(acme.unit("west").path)
    actions.move_unit(acme.unit("east_one"), target=acme.unit("east"), by=acme.admin)
    moving.follow_move(row.payload)
    assert Customer.objects.get(pk=made[Customer].pk).org_path == acme.unit("east_one").path
    assert connection.in_atomic_block
