"""Shares, hand-overs, talks and corrections: who keeps a customer, and what stays readable."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditLine
from customers import actions
from customers.models import Customer, CustomerShare, Note, OwnerHistory, Visit
from kit.because import Forbidden, Refused
from org.access import sees
from org.actions import move_unit
from tests.conftest import client_of

pytestmark = pytest.mark.django_db

WHY = "原负责人调岗到华南"


@pytest.fixture
def customer(acme):
    return actions.create(by=acme.east_rep, name="华东精密机械有限公司", notes=acme.canary)


def page(name, *args):
    return reverse(f"customers:{name}", args=args)


# --- shares ---


def test_a_share_is_lent_listed_and_ended_on_the_page(acme, customer):
    rep, west = client_of(acme.east_rep), client_of(acme.west_rep)
    assert west.get(page("detail", customer.pk)).status_code == 404
    day = timezone.localdate() + timedelta(days=3)
    typed = {"member": acme.west_rep.pk, "until": day.isoformat()}
    assert rep.post(page("share", customer.pk), typed).status_code == 302
    share = CustomerShare.objects.get()
    assert timezone.localtime(share.valid_until).isoformat()[:16] == f"{day + timedelta(1)}T00:00"
    assert west.get(page("detail", customer.pk)).status_code == 200
    text = rep.get(page("detail", customer.pk)).content.decode()
    assert f"至 {day}" in text
    # the colleague sees, and neither shares nor ends
    assert (
        page("end_share", customer.pk) not in west.get(page("detail", customer.pk)).content.decode()
    )
    assert west.post(page("end_share", customer.pk), {"share": share.pk}).status_code == 403
    assert west.get(page("share", customer.pk)).status_code == 403
    assert rep.post(page("end_share", customer.pk), {"share": share.pk}).status_code == 302
    assert west.get(page("detail", customer.pk)).status_code == 404
    assert rep.post(page("end_share", customer.pk), {"share": share.pk}).status_code == 409
    line = AuditLine.objects.get(verb="customers.end_share")
    assert line.before == {"member": "acme.west_rep"}


def test_a_share_of_another_customer_is_not_ended_by_number(acme, customer):
    other = actions.create(by=acme.west_rep, name="成都蜀锦食品")
    share = actions.share(other, member=acme.east_rep2, by=acme.west_rep)
    rep = client_of(acme.east_rep)
    assert rep.post(page("end_share", customer.pk), {"share": share.pk}).status_code == 409
    assert CustomerShare.objects.filter(pk=share.pk).exists()


@pytest.mark.parametrize(
    ("days", "who", "field"), [(-1, "west_rep", "until"), (3, "east_rep", "member")]
)
def test_a_wrong_share_is_said_beside_its_field(acme, customer, days, who, field):
    day = timezone.localdate() + timedelta(days=days)
    typed = {"member": getattr(acme, who).pk, "until": day.isoformat()}
    answer = client_of(acme.east_rep).post(page("share", customer.pk), typed)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})


# --- hand-over ---


def test_a_hand_over_moves_the_customer_its_plans_visits_and_talks(acme, customer):
    day = timezone.localdate()
    done = actions.check_in(customer, by=acme.east_rep)
    actions.finish_visit(done, by=acme.east_rep, summary="确认交期")
    plan = actions.plan_visit(customer, by=acme.east_rep, planned_on=day)
    note = actions.add_note(customer, by=acme.east_rep, text="电话确认")
    by = acme.director
    assert actions.hand_over([customer], to=acme.west_rep, reason=WHY, by=by) == 1
    customer.refresh_from_db()
    west = acme.unit("west_one")
    assert (customer.owner, customer.unit, customer.org_path) == (acme.west_rep, west, west.path)
    for row in (done, plan, note):
        row.refresh_from_db()
        assert (row.unit_id, row.org_path, row.keeper) == (west.pk, west.path, acme.west_rep)
    assert (done.owner, plan.owner, note.owner) == (acme.east_rep, acme.west_rep, acme.east_rep)
    assert customer not in Customer.objects.visible_to(acme.anew("east_supervisor"))
    assert customer in Customer.objects.visible_to(acme.west_supervisor)
    line = OwnerHistory.objects.get()
    assert (line.old, line.new, line.old_unit, line.by) == (
        acme.east_rep, acme.west_rep, acme.unit("east_one"), by,
    )  # fmt: skip
    told = AuditLine.objects.get(verb="customers.hand_over")
    assert (told.before["owner"], told.after["owner"], told.note) == (
        "acme.east_rep", "acme.west_rep", WHY,
    )  # fmt: skip


def test_the_database_says_whose_customer_a_visit_was_made_to(acme, customer):
    """ORG-1.1: its owner sees what others did there, and no hand writes anybody else into it."""
    visit = actions.check_in(customer, by=acme.east_supervisor)
    note = actions.add_note(customer, by=acme.east_supervisor, text="电话确认")
    for row in (visit, note):
        rows = type(row).objects
        assert rows.get(pk=row.pk).keeper == acme.east_rep
        rows.filter(pk=row.pk).update(keeper=acme.west_rep)
        assert rows.get(pk=row.pk).keeper == acme.east_rep
        assert row in rows.visible_to(acme.east_rep)
        assert row not in rows.visible_to(acme.east_rep2)
        assert row not in rows.visible_to(acme.west_rep)


@pytest.mark.parametrize(
    ("who", "to", "may"),
    [
        ("director", "west_rep", True),
        ("secretary", "west_rep", True),
        ("east_manager", "bare_rep", True),
        ("east_supervisor", "east_rep2", True),
        ("east_manager", "west_rep", False),
        ("east_supervisor", "bare_rep", False),
        ("west_manager", "west_rep", False),
        ("east_rep", "east_rep2", False),
        ("finance", "west_rep", False),
        ("admin", "west_rep", False),
    ],
)
def test_it_takes_lead_or_assist_over_both_ends(acme, customer, who, to, may):
    def act():
        return actions.hand_over(
            [customer], to=getattr(acme, to), reason=WHY, by=getattr(acme, who)
        )

    if may:
        assert act() == 1
    else:
        with pytest.raises(Forbidden):
            act()
        assert not OwnerHistory.objects.exists()


@pytest.mark.parametrize(("to", "reason", "field"), [
    ("finance", WHY, "to"), ("disabled", WHY, "to"), ("east_rep", WHY, "to"),
    ("east_rep2", "好", "reason"),
])  # fmt: skip
def test_a_wrong_hand_over_is_refused_whole(acme, customer, to, reason, field):
    other = actions.create(by=acme.east_rep2, name="成都蜀锦食品")
    with pytest.raises(Refused) as refused, transaction.atomic():
        actions.hand_over([customer, other], to=getattr(acme, to), reason=reason, by=acme.director)
    assert set(refused.value.errors) == {field}
    assert not OwnerHistory.objects.exists()
    assert Customer.objects.filter(owner=acme.east_rep).get() == customer


def test_an_archived_customer_is_restored_first(acme, customer):
    actions.archive(customer, by=acme.east_rep)
    with pytest.raises(Forbidden):
        actions.hand_over([customer], to=acme.east_rep2, reason=WHY, by=acme.director)


def test_the_history_is_not_rewritten(acme, customer):
    actions.hand_over([customer], to=acme.east_rep2, reason=WHY, by=acme.director)
    for act in (
        lambda: OwnerHistory.objects.update(reason="x"),
        lambda: OwnerHistory.objects.all().delete(),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            act()


def test_many_from_the_list_and_both_are_told(acme, customer):
    other = actions.create(by=acme.east_rep, name="成都蜀锦食品")
    foreign = actions.create(by=acme.west_rep, name="西安重工")
    boss = client_of(acme.east_supervisor)
    assert 'name="pick"' in boss.get(page("list")).content.decode()
    assert 'name="pick"' not in client_of(acme.east_rep).get(page("list")).content.decode()
    picks = [customer.pk, other.pk, foreign.pk]
    text = boss.get(page("hand_over"), {"pick": picks}).content.decode()
    assert customer.name in text
    assert foreign.name not in text
    typed = {"pick": picks, "to": acme.east_rep2.pk, "reason": WHY}
    assert boss.post(page("hand_over"), typed).status_code == 302
    assert OwnerHistory.objects.count() == 2
    foreign.refresh_from_db()
    assert foreign.owner == acme.west_rep
    for who, words in (("east_rep2", "2 个客户现由您负责"), ("east_rep", "您的 2 个客户已移交给")):
        assert words in client_of(getattr(acme, who)).get("/").content.decode()
    assert "移交" not in client_of(acme.bare_rep).get("/").content.decode()
    detail = client_of(acme.east_rep2).get(page("detail", customer.pk)).content.decode()
    assert "acme.east_rep → acme.east_rep2" in detail


def test_the_page_needs_the_right_and_a_choice(acme, customer):
    assert client_of(acme.east_rep).get(page("hand_over")).status_code == 403
    boss = client_of(acme.east_supervisor)
    assert "尚未选择客户" in boss.get(page("hand_over"), {"pick": "x"}).content.decode()
    typed = {"to": acme.east_rep2.pk, "reason": WHY}
    assert boss.post(page("hand_over"), typed).status_code == 422


# --- archive ---


def test_the_message_takes_an_archive_back(acme, customer):
    rep = client_of(acme.east_rep)
    answer = rep.post(page("archive", customer.pk), follow=True)
    text = answer.content.decode()
    assert f'action="{page("restore", customer.pk)}"' in text
    assert rep.post(page("restore", customer.pk)).status_code == 302
    assert Customer.objects.active().filter(pk=customer.pk).exists()


# --- talks ---


def test_a_talk_counts_as_contact_and_shows_in_the_timeline(acme, customer):
    rep = client_of(acme.east_rep)
    answer = rep.post(page("add_note", customer.pk), {"kind": "call", "text": " "})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"text"})
    typed = {"kind": "wechat", "text": "确认下周到厂"}
    assert rep.post(page("add_note", customer.pk), typed).status_code == 302
    customer.refresh_from_db()
    assert timezone.now() - customer.last_contact_at < timedelta(minutes=1)
    assert "确认下周到厂" in rep.get(page("detail", customer.pk)).content.decode()
    assert Note.objects.visible_to(acme.east_manager).count() == 1
    assert Note.objects.visible_to(acme.west_manager).count() == 0


@pytest.mark.parametrize(
    ("who", "status"),
    [("east_rep", 302), ("east_supervisor", 302), ("secretary", 302), ("finance", 403),
     ("east_rep2", 404)],
)  # fmt: skip
def test_who_keeps_the_customer_notes(acme, customer, who, status):
    client = client_of(getattr(acme, who))
    assert (
        client.post(page("add_note", customer.pk), {"kind": "call", "text": "x"}).status_code
        == status
    )


# --- corrections ---


@pytest.fixture
def visit(acme, customer):
    begun = actions.check_in(customer, by=acme.east_rep)
    return actions.finish_visit(begun, by=acme.east_rep, summary="价格八折", met="王工")


def test_a_result_is_corrected_and_the_old_words_stay(acme, visit):
    rep = client_of(acme.east_rep)
    assert page("correct_visit", visit.pk) in rep.get(page("visit", visit.pk)).content.decode()
    typed = {"summary": "价格九折", "met": "王工", "rival_news": "", "next_step": ""}
    assert rep.post(page("correct_visit", visit.pk), typed).status_code == 302
    visit.refresh_from_db()
    assert visit.summary == "价格九折"
    for who in ("east_rep", "east_manager"):
        text = client_of(getattr(acme, who)).get(page("visit", visit.pk)).content.decode()
        assert "价格八折 → 价格九折" in text
    line = AuditLine.objects.get(verb="customers.correct_visit")
    assert (line.before, line.after) == ({"summary": "价格八折"}, {"summary": "价格九折"})
    assert rep.post(page("correct_visit", visit.pk), typed | {"summary": " "}).status_code == 422


def test_only_ones_own_and_only_for_a_day(acme, visit):
    actions.correct_visit(visit, by=acme.east_rep, summary="一")
    with pytest.raises(Forbidden):
        actions.correct_visit(visit, by=acme.east_manager, summary="二")
    assert client_of(acme.east_manager).get(page("correct_visit", visit.pk)).status_code == 403
    before = timezone.now() - timedelta(hours=24, minutes=1)
    Visit.objects.filter(pk=visit.pk).update(checked_out_at=before)
    visit.refresh_from_db()
    with pytest.raises(Forbidden):
        actions.correct_visit(visit, by=acme.east_rep, summary="三")
    rep = client_of(acme.east_rep)
    assert page("correct_visit", visit.pk) not in rep.get(page("visit", visit.pk)).content.decode()


def test_nothing_changed_leaves_no_trace(acme, visit):
    actions.correct_visit(visit, by=acme.east_rep, summary="价格八折")
    assert not AuditLine.objects.filter(verb="customers.correct_visit").exists()


def agree(acme, customer):
    """Of every visit and talk: whoever finds it in a list may open it, and nobody else."""
    seen = []
    for name in ("director", "east_manager", "west_manager", "east_supervisor", "east_rep",
                 "east_rep2", "bare_rep", "west_rep", "finance", "admin"):  # fmt: skip
        who = acme.anew(name)
        for row in (*Visit.objects.filter(customer=customer), *Note.objects.all()):
            row = type(row).objects.get(pk=row.pk)
            found = type(row).objects.visible_to(who).filter(pk=row.pk).exists()
            assert found == bool(sees(who, row)), (name, type(row).__name__)
            seen.append((name, found))
    return {name for name, found in seen if found}


def test_lists_and_pages_agree_whatever_becomes_of_the_customer(acme, customer):
    """ORG-1.1: shared, its team moved, handed over with what stays its maker's."""
    actions.check_in(customer, by=acme.east_supervisor)
    actions.add_note(customer, by=acme.east_supervisor, text="电话确认")
    actions.plan_visit(customer, by=acme.east_rep, planned_on=timezone.localdate())
    always = {"director", "finance"}
    east = {"east_supervisor", "east_rep", "east_manager"}
    assert agree(acme, customer) == always | east
    share = actions.share(customer, member=acme.bare_rep, by=acme.east_rep)
    assert agree(acme, customer) == always | east | {"bare_rep"}
    CustomerShare.objects.filter(pk=share.pk).update(valid_until=timezone.now())
    move_unit(acme.unit("east_one"), target=acme.unit("west"), by=acme.admin)
    moved = always | {"east_supervisor", "east_rep", "west_manager"}
    assert agree(acme, customer) == moved
    actions.hand_over([customer], to=acme.bare_rep, reason=WHY, by=acme.director)
    # a visit and a talk stay readable to whoever made them
    after = always | {"bare_rep", "east_manager", "east_supervisor"}
    assert agree(acme, customer) == after


def test_the_first_page_names_a_customer_only_to_who_sees_it(acme, customer):
    """ORG-1.6: what it is called after the hand-over is news of the new owner's."""
    actions.hand_over([customer], to=acme.west_rep, reason=WHY, by=acme.director)
    customer.refresh_from_db()
    actions.change(customer, by=acme.anew("west_rep"), name="改名后的新公司")
    old, new = (client_of(acme.anew(who)).get("/").text for who in ("east_rep", "west_rep"))
    assert ("改名后的新公司" in old, "您的 1 个客户已移交给 acme.west_rep" in old) == (False, True)
    assert "改名后的新公司 现由您负责" in new
    actions.hand_over([customer], to=acme.bare_rep, reason=WHY, by=acme.director)
    gone = client_of(acme.anew("west_rep")).get("/").text
    assert ("改名后的新公司" in gone, "1 个客户转到您名下" in gone) == (False, True)
