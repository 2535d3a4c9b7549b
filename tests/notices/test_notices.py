"""Notices: once each, for their reader alone, in words that hide what is out of sight."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from approvals import actions as approvals
from contracts import actions as contracts
from contracts.models import Contract
from customers import actions as customers
from files import actions as files
from files.actions import exports, imports
from kit.registry import places, topics
from notices import actions
from notices.models import Choice, Notice
from notices.reading import told, unread_of
from org import actions as org
from org.models import Role
from tenancy.actions import deliver, tell
from tenancy.models import Outbox
from tests.access import samples
from tests.access.world import points_of, signed_paper
from tests.conftest import client_of, inside

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def chinese():
    """An earlier request may have left another language behind."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def made(acme):
    built = {model.__name__: obj for model, obj in samples.build(acme).items()}
    Notice.objects.all().delete()
    return built


def rows(member):
    return Notice.objects.visible_to(member).order_by("-created_at", "-id")


def texts(member):
    return [one.text for one in told(member, rows(member))]


def decide(contract, verb, who):
    contract.refresh_from_db()
    approvals.decide(
        contract.case, verb=verb, by=who, seen=contract.case.content_hash,
        comment="条款合规，同意。", checklist=points_of(contract, who),
    )  # fmt: skip


def drain():
    while deliver():
        pass


def test_a_submitted_contract_is_told_to_whoever_is_asked_and_settled_after(acme, made):
    drain()
    contract = made["Contract"]
    (text,) = texts(acme.east_supervisor)
    assert text == f"acme.east_rep 提交的 {contract} 待您审批"
    assert texts(acme.east_rep) == []
    decide(contract, "approve", acme.east_supervisor)
    drain()
    # nothing is asked of the first any more, the next one is told
    assert unread_of(acme.east_supervisor).count() == 0
    assert len(texts(acme.east_manager)) == 1
    for who in ("east_manager", "finance"):
        decide(contract, "approve", getattr(acme, who))
    drain()
    assert texts(acme.east_rep) == [f"{contract} 已通过审批"]
    # who was only asked for another is settled too; that he stands in remains to be read
    assert unread_of(acme.finance2).count() == 1
    assert sum("待您审批" in text for text in texts(acme.finance2)) == 1


@pytest.mark.parametrize(("verb", "word"), [("return", "退回了"), ("reject", "驳回了")])
def test_the_submitter_learns_how_it_ended(acme, made, verb, word):
    decide(made["Contract"], verb, acme.east_supervisor)
    drain()
    (text,) = texts(acme.east_rep)
    assert text.startswith(f"acme.east_supervisor {word}")


def test_a_stand_in_is_told_of_it_and_of_what_waits(acme, made):
    day = timezone.localdate()
    approvals.delegate(
        acme.east_supervisor, stand_in=acme.east_manager, by=acme.east_supervisor,
        starts_on=day, ends_on=day + timedelta(3), reason="休假三天",
    )  # fmt: skip
    drain()
    said = texts(acme.east_manager)
    assert any(text.startswith("您代 acme.east_supervisor 审批") for text in said)
    assert any(text.endswith("待您审批") for text in said)
    decide(made["Contract"], "return", acme.east_supervisor)
    drain()
    # settled for both
    assert unread_of(acme.east_manager).count() == 1
    assert unread_of(acme.east_supervisor).count() == 0


def test_a_withdrawn_contract_waits_for_nobody(acme, made):
    drain()
    assert unread_of(acme.east_supervisor).count() == 1
    approvals.withdraw(made["Case"], by=acme.east_rep)
    drain()
    assert unread_of(acme.east_supervisor).count() == 0


def test_an_event_is_told_once_however_often_it_is_delivered(acme, made):
    customers.share(made["Customer"], member=acme.bare_rep, by=acme.east_rep)
    drain()
    again = Outbox.objects.filter(topic__in=("notices.tell", "approvals.submitted"))
    before = Notice.objects.count()
    assert before >= 2
    for _n in range(2):
        again.update(sent_at=None, due_at=timezone.now())
        drain()
    assert Notice.objects.count() == before


def test_two_at_once_are_stopped_by_the_database(acme):
    """Whoever reads before the other has written meets the constraint, and nothing happens."""
    news = {"topic": "customers.shared", "to": [acme.east_rep2.pk], "text": "x", "event": "e:1"}
    assert actions.write(**news) == 1
    twice = Notice(member=acme.east_rep2, topic="customers.shared", text="x", event="e:1")
    Notice.objects.bulk_create([twice], ignore_conflicts=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(member=acme.east_rep2, topic="x", text="x", event="e:1")
    assert Notice.objects.filter(event="e:1").count() == 1


def test_nobody_is_told_of_his_own_act(acme, made):
    tell(
        "customers.shared", to=[acme.east_rep.pk, acme.east_rep2.pk, acme.disabled.pk],
        text="x", by=acme.east_rep.pk,
    )  # fmt: skip
    drain()
    assert [n.member for n in Notice.objects.filter(text="x")] == [acme.east_rep2]


def test_a_share_and_a_hand_over_are_told_without_names_to_whoever_lost_sight(acme, made):
    customer = made["Customer"]
    share = customers.share(customer, member=acme.bare_rep, by=acme.east_rep)
    drain()
    assert texts(acme.bare_rep) == [f"acme.east_rep 与您共享了 {customer.name}"]
    customers.end_share(customer, share=share.pk, by=acme.east_rep)
    assert texts(acme.anew("bare_rep")) == ["曾有一个客户与您共享"]
    customers.hand_over(
        [customer], to=acme.east_rep2, reason="区域调整，客户随人走", by=acme.east_manager
    )
    drain()
    assert f"acme.east_manager 将 {customer.name} 移交给您" in texts(acme.east_rep2)
    passed = texts(acme.east_rep)[0]
    assert passed == "acme.east_manager 将您的 1 个客户移交给 acme.east_rep2"
    # the rep himself hands nothing to himself: the actor has no notice
    assert texts(acme.east_manager) == []


def test_many_customers_are_one_notice(acme):
    ids = customers.add_many([{"name": f"青岛海润{n}"} for n in range(3)], by=acme.east_rep)
    several = list(customers_of(ids))
    customers.hand_over(several, to=acme.east_rep2, reason="区域调整移交", by=acme.east_manager)
    drain()
    assert texts(acme.east_rep2) == ["acme.east_manager 将 3 个客户移交给您"]
    assert client_of(acme.east_rep2).get(f"/notices/{rows(acme.east_rep2)[0].pk}/")["Location"] == (
        "/customers/"
    )


def customers_of(ids):
    from customers.models import Customer

    return Customer.objects.filter(pk__in=ids)


def test_finished_exports_and_imports_are_told(acme, made):
    export, job = made["ExportJob"], made["ImportJob"]
    exports.told(export, "The export “%(name)s” is ready for 24 hours")
    imports.told(job, "The import “%(name)s” failed")
    drain()
    said = texts(acme.east_rep)
    assert "导出“客户”已生成，24 小时内可下载" in said
    assert f"导入“{job.filename}”失败" in said


def test_a_new_post_is_told_in_the_readers_language(acme):
    org.start_post(acme.east_rep, unit=acme.unit("west"), role=Role.ANALYST, by=acme.admin)
    drain()
    day = timezone.localdate()
    assert texts(acme.east_rep) == [f"自 {day:%Y-%m-%d} 起，您担任 西北大区 的销售分析员"]
    with translation.override("en"):
        assert texts(acme.east_rep) == [f"You are Sales analyst of 西北大区 from {day:%Y-%m-%d} on"]
    notice = rows(acme.east_rep)[0]
    assert client_of(acme.east_rep).get(f"/notices/{notice.pk}/")["Location"] == "/org/me/"


def test_an_archived_contract_is_told_to_its_owner(acme, made):
    from django.core.files.uploadedfile import SimpleUploadedFile

    contract = signed_paper(acme, made["Customer"], made["Product"])
    files.attach(
        contract, SimpleUploadedFile("签署件.txt", b"x"), by=acme.east_rep, purpose="signed_copy"
    )
    contracts.archive(contract, by=acme.secretary, place="一号柜")
    drain()
    assert any("归档了" in text for text in texts(acme.east_rep))


@pytest.mark.parametrize(("left", "number"), [(-1, 0), (0, 1), (7, 1), (30, 1), (31, 0)])
def test_contracts_that_end_soon_are_told_once_a_limit(acme, made, monkeypatch, left, number):
    contract = signed_paper(acme, made["Customer"], made["Product"])
    end = timezone.localdate() + timedelta(left)
    Contract.objects.filter(pk=contract.pk).update(ends_on=end)
    assert contracts.tell_ending() == number
    assert contracts.tell_ending() == 0
    drain()
    said = [text for text in texts(acme.east_rep) if "到期" in text]
    assert len(said) == number
    if left == 30:
        # the next limit is reached
        monkeypatch.setattr("contracts.actions.ending.marks", lambda: [(40, ""), (35, "")])
        assert contracts.tell_ending() == 1


def test_the_day_is_claimed_once(acme, made):
    from contracts.tasks import tell_ending

    with time_machine.travel("2026-03-08T10:00:00+08:00", tick=False):  # a Sunday
        assert tell_ending() == 0
    with time_machine.travel("2026-03-09T10:00:00+08:00", tick=False):
        assert tell_ending() == 2
        assert tell_ending() == 0


def test_the_notice_leads_to_its_record_and_is_read(acme, made):
    drain()
    notice = rows(acme.east_supervisor)[0]
    browser = client_of(acme.east_supervisor)
    assert browser.get("/").content.decode().count("so-bell") == 2
    assert unread_of(acme.east_supervisor).count() == 1
    answer = browser.get(f"/notices/{notice.pk}/")
    assert answer["Location"] == f"/contracts/{made['Contract'].pk}/"
    assert browser.get(answer["Location"]).status_code == 200
    assert unread_of(acme.east_supervisor).count() == 0


def test_out_of_sight_is_a_sentence_and_names_nothing(acme, made):
    customer = made["Customer"]
    share = customers.share(customer, member=acme.bare_rep, by=acme.east_rep)
    drain()
    notice = rows(acme.bare_rep)[0]
    browser = client_of(acme.bare_rep)
    assert browser.get(f"/notices/{notice.pk}/").status_code == 302
    customers.end_share(customer, share=share.pk, by=acme.east_rep)
    answer = browser.get(f"/notices/{notice.pk}/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "您已无权查看" in page
    assert customer.name not in page
    assert customer.name not in browser.get("/notices/?box=all").content.decode()


def test_a_notice_is_its_readers_alone(acme, rival, made):
    drain()
    notice = rows(acme.east_supervisor)[0]
    for other in (acme.director, acme.admin, acme.east_rep):
        browser = client_of(other)
        assert browser.get(f"/notices/{notice.pk}/").status_code == 404
        assert browser.post(f"/notices/{notice.pk}/read/").status_code == 404
        assert str(made["Contract"]) not in browser.get("/notices/?box=all").content.decode()
    with inside(rival):
        assert client_of(rival.director).get(f"/notices/{notice.pk}/").status_code == 404
        assert Notice.objects.count() == 0
    assert unread_of(acme.east_supervisor).count() == 1


def test_read_one_read_all_and_undo(acme, made):
    for n in range(3):
        tell("customers.shared", to=[acme.east_rep2.pk], text=f"n{n}")
    drain()
    browser, who = client_of(acme.east_rep2), acme.east_rep2
    one = rows(who)[0]
    page = browser.post(f"/notices/{one.pk}/read/", follow=True).content.decode()
    assert f'action="/notices/{one.pk}/unread/"' in page
    assert unread_of(who).count() == 2
    page = browser.post("/notices/read_all/", follow=True).content.decode()
    assert unread_of(who).count() == 0
    undo = page.split('action="/notices/unread_all/')[1].split('"')[0].replace("&amp;", "&")
    browser.post(f"/notices/unread_all/{undo}")
    # what was read before stays read
    assert unread_of(who).count() == 2
    browser.post(f"/notices/{one.pk}/unread/")
    assert unread_of(who).count() == 3
    for wrong in ("", "?at=x", "?at=2026-13-45", "?at=2026-01-01T00:00:00"):
        assert browser.post(f"/notices/unread_all/{wrong}").status_code == 302


def test_what_is_not_wanted_is_not_told(acme, made):
    browser = client_of(acme.east_rep2)
    page = browser.get("/notices/choices/").content.decode()
    # page and daily mail, and one topic that may go at once; the daily mail itself
    assert page.count('type="checkbox"') == 2 * len(topics) + 2
    # the same block stands on one's account: an empty one would switch everything off when sent
    account = browser.get("/accounts/").content.decode()
    assert account.count('type="checkbox"') == page.count('type="checkbox"')
    wanted = {key: "on" for key in topics if key != "customers.shared"}
    assert browser.post("/notices/choices/", wanted).status_code == 302
    assert Choice.objects.get(topic="customers.shared", channel="page").is_on is False
    customers.share(made["Customer"], member=acme.east_rep2, by=acme.east_rep)
    drain()
    assert texts(acme.east_rep2) == []
    browser.post("/notices/choices/", dict.fromkeys(topics, "on"))
    customers.share(made["Customer"], member=acme.bare_rep, by=acme.east_rep)
    tell("customers.shared", to=[acme.east_rep2.pk], text="x")
    drain()
    assert len(texts(acme.east_rep2)) == len(texts(acme.bare_rep)) == 1


def test_more_than_are_counted(acme):
    Notice.objects.bulk_create(
        Notice(member=acme.east_rep, topic="customers.shared", text="x", event=f"{n}")
        for n in range(120)
    )
    assert "99+" in client_of(acme.east_rep).get("/").content.decode()


def test_what_was_told_long_ago_is_let_go_once_a_day(acme, made):
    from notices.tasks import tidy

    for days in (89, 91):
        at = timezone.now() - timedelta(days)
        Notice.objects.create(
            member=acme.east_rep, topic="x", text="x", event=f"{days}", created_at=at
        )
    assert tidy() == 2
    assert tidy() == 0
    assert set(Notice.objects.values_list("event", flat=True)) == {"89"}


@pytest.mark.parametrize("number", [1, 20])
def test_the_list_asks_the_same_number_of_queries(acme, made, number, django_assert_num_queries):
    for _n in range(number):
        tell(
            "customers.shared", to=[acme.east_rep2.pk], text="%(name)s",
            kind="customers.customer", target=made["Customer"].pk,
        )  # fmt: skip
    drain()
    shown = list(rows(acme.east_rep2))
    assert acme.east_rep2.scope.home
    with django_assert_num_queries(2):
        assert len(list(told(acme.east_rep2, shown))) == number


def test_every_topic_and_place_is_whole(acme):
    """What is handed down can be shown: pages exist, records know who sees them."""
    from django.apps import apps
    from django.urls import reverse

    assert len(topics) >= 8
    for topic in topics.values():
        assert not topic.url or reverse(topic.url)
    for kind, place in places.items():
        assert reverse(place.url) if place.is_own else reverse(place.url, args=[1])
        assert apps.get_model(kind).objects.visible_to(acme.director) is not None
