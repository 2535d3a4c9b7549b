"""Mail of notices: once a member and day, in the person's hours, and nothing private in it."""

import datetime as dt
import re
from smtplib import SMTPException
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import translation

from accounts.models import User
from audit.models import AuditLine
from kit.registry import topics
from notices import actions
from notices.actions.mail import MOST_TRIES
from notices.hours import Hours, hours_of
from notices.letters import read_token, token_of
from notices.models import Channel, Choice, Letterbox, Mail, Notice
from notices.tasks import mail as run
from org.models import Post
from tenancy.actions import deliver, tell
from tenancy.calendar import seed_workdays, work_table
from tenancy.models import Company
from tests.access import samples
from tests.conftest import client_of, inside

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
SHARED, ASKED = "customers.shared", "approvals.asked"


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


def at(text, zone=SHANGHAI):
    return time_machine.travel(dt.datetime.fromisoformat(text).replace(tzinfo=zone), tick=False)


def news(*members, topic=SHARED, n=0):
    text = "x"
    return actions.write(topic=topic, to=[m.pk for m in members], text=text, event=f"{topic}{n}")


def states():
    return sorted(Mail.objects.values_list("kind", "period", "state"))


# --- hours ----------------------------------------------------------------------------------------

NINE, EVENING, MORNING = dt.time(9), dt.time(21), dt.time(8)


@pytest.mark.parametrize(
    ("start", "end", "clock", "heard"),
    [
        ("21:00", "08:00", "20:59", "20:59"),
        ("21:00", "08:00", "21:00", "+08:00"),
        ("21:00", "08:00", "23:30", "+08:00"),
        ("21:00", "08:00", "00:00", "08:00"),
        ("21:00", "08:00", "07:59", "08:00"),
        ("21:00", "08:00", "08:00", "08:00"),
        ("12:00", "13:30", "12:00", "13:30"),
        ("12:00", "13:30", "13:30", "13:30"),
        ("12:00", "13:30", "11:59", "11:59"),
        ("00:00", "00:00", "03:00", "03:00"),
        ("08:00", "08:00", "08:00", "08:00"),
        ("00:00", "06:00", "05:30", "06:00"),
    ],
)
def test_quiet_hours(start, end, clock, heard):
    hours = Hours(True, NINE, dt.time.fromisoformat(start), dt.time.fromisoformat(end))
    moment = dt.datetime.combine(dt.date(2026, 3, 4), dt.time.fromisoformat(clock), SHANGHAI)
    day = dt.date(2026, 3, 5 if heard.startswith("+") else 4)
    wanted = dt.datetime.combine(day, dt.time.fromisoformat(heard.lstrip("+")), SHANGHAI)
    assert hours.heard_at(moment) == wanted


@pytest.mark.parametrize(
    ("moment", "own", "due"),
    [
        ("2026-03-04T08:59", {}, False),  # a Wednesday
        ("2026-03-04T09:00", {}, True),
        ("2026-03-04T17:59", {}, True),
        ("2026-03-04T18:00", {}, False),
        ("2026-03-07T10:00", {}, False),  # Saturday
        ("2026-10-10T10:00", {}, True),  # a Saturday that makes up for a holiday (T11)
        ("2026-09-20T10:00", {}, True),  # a Sunday that does
        ("2026-10-01T10:00", {}, False),  # National Day
        ("2026-02-16T10:00", {}, False),  # Spring Festival, a Monday
        ("2026-03-04T13:59", {"at": dt.time(14)}, False),
        ("2026-03-04T14:00", {"at": dt.time(14)}, True),
        ("2026-03-04T09:00", {"at": dt.time(7)}, True),
        ("2026-03-04T09:30", {"quiet_until": dt.time(10)}, False),
        ("2026-03-04T10:00", {"quiet_until": dt.time(10)}, True),
        ("2026-03-04T15:00", {"quiet_from": dt.time(14), "quiet_until": dt.time(16)}, False),
        ("2026-03-04T16:00", {"quiet_from": dt.time(14), "quiet_until": dt.time(16)}, True),
        ("2026-03-04T10:00", {"is_daily": False}, False),
        ("2026-03-04T10:00", {"quiet_from": dt.time(9), "quiet_until": dt.time(18)}, False),
    ],
)
def test_when_the_daily_mail_is_due(acme, moment, own, due):
    usual = {"is_daily": True, "at": NINE, "quiet_from": EVENING, "quiet_until": MORNING}
    now = dt.datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
    seed_workdays(2026)
    assert Hours(**(usual | own)).is_due(now, work_table()) is due


def test_the_companys_zone_decides(acme):
    """Nine in New York is two or three in the afternoon in UTC, whatever the server's clock."""
    Company.objects.filter(pk=acme.company.pk).update(zone="America/New_York")
    with inside(acme):
        news(acme.east_rep)
        # the 8th of March 2026: the clocks there go forward
        for moment, number in (("2026-03-09T12:59", 0), ("2026-03-09T13:00", 1)):
            with at(moment, dt.UTC):
                Notice.objects.update(created_at=dt.datetime.now(dt.UTC))
                actions.plan_mail()
                assert Mail.objects.count() == number
        assert Mail.objects.get().period == "2026-03-09"


# --- the day's mail -------------------------------------------------------------------------------


@at("2026-03-04T10:00")
def test_one_mail_a_member_and_day_however_often_it_is_tried(acme):
    assert news(acme.east_rep, acme.east_rep2, acme.director) == 3
    assert news(acme.east_rep, topic=ASKED, n=2) == 1
    assert run() == 3
    assert run() == 0
    assert [to for one in mail.outbox for to in one.to] == [
        acme.east_rep.user.email, acme.east_rep2.user.email, acme.director.user.email
    ] or len({one.to[0] for one in mail.outbox}) == 3  # fmt: skip
    (mine,) = [one for one in mail.outbox if one.to == [acme.east_rep.user.email]]
    assert mine.subject == f"您有 2 条通知 · {acme.company.name}"
    assert "有文档待我审批: 1" in mine.body.replace("：", ": ") or "1" in mine.body
    (html, kind) = mine.alternatives[0]
    assert kind == "text/html"
    assert 'lang="zh-hans"' in html
    # what is told later on this day waits for the next working day's mail
    news(acme.east_rep, n=3)
    assert run() == 0
    with at("2026-03-05T10:00"):
        assert run() == 1
    assert mail.outbox[-1].subject.startswith("您有 1 条通知")
    assert {state for _kind, _day, state in states()} == {"sent"}


@at("2026-03-04T10:00")
def test_what_is_read_or_settled_needs_no_mail(acme):
    news(acme.east_rep)
    actions.plan_mail()
    actions.read_all(by=acme.east_rep)
    assert run() == 0
    assert states() == [("day", "2026-03-04", "dropped")]
    news(acme.east_rep2)
    actions.read_all(by=acme.east_rep2)
    assert run() == 0
    assert Mail.objects.count() == 1


@pytest.mark.parametrize("why", ["no address", "disabled", "login off", "no post", "daily off"])
@at("2026-03-04T10:00")
def test_only_who_is_in_force_and_has_an_address(acme, why):
    news(acme.east_rep, acme.east_rep2)
    who = acme.east_rep
    if why == "no address":
        User.objects.filter(pk=who.user_id).update(email=None)
    elif why == "login off":
        User.objects.filter(pk=who.user_id).update(is_active=False)
    elif why == "disabled":
        type(who).objects.filter(pk=who.pk).update(is_active=False)
    elif why == "no post":
        Post.objects.filter(member=who).update(ends_on=dt.date(2026, 3, 3))
    else:
        actions.choose({}, by=who, box={"is_daily": False})
    assert run() == 1
    assert mail.outbox[0].to == [acme.east_rep2.user.email]


def test_days_without_a_worker_are_made_up_for_by_one_mail(acme):
    for n, day in enumerate(("03", "04", "05")):
        with at(f"2026-03-{day}T15:00"):
            news(acme.east_rep, n=n)
    with at("2026-03-07T10:00"):  # Saturday
        assert run() == 0
    with at("2026-03-09T09:00"):
        assert run() == 1
    assert mail.outbox[0].subject.startswith("您有 3 条通知")


@at("2026-03-04T10:00")
def test_another_language_and_the_converted_one(acme):
    people = {"en": acme.east_rep, "zh-hant": acme.east_rep2, "": acme.director}
    for language, who in people.items():
        User.objects.filter(pk=who.user_id).update(language=language)
    news(*people.values())
    assert run() == 3
    said = {one.to[0]: one for one in mail.outbox}
    english, taiwan, default = (said[who.user.email] for who in people.values())
    assert english.subject.startswith("1 notice for you")
    assert "A customer is shared with me: 1" in english.body
    assert "您有 1 則通知" in taiwan.subject or "通知" in taiwan.subject
    assert 'lang="zh-hant"' in taiwan.alternatives[0][0]
    assert 'lang="zh-hans"' in default.alternatives[0][0]


@pytest.mark.parametrize("number", [1, 60])
@at("2026-03-04T10:00")
def test_planning_asks_the_same_number_of_queries(acme, number, django_assert_max_num_queries):
    people = list(type(acme.east_rep).objects.filter(is_active=True)[:14])
    for n in range(number):
        news(people[n % len(people)], n=n)
    with django_assert_max_num_queries(9):
        assert actions.plan_mail() == min(number, len(people))


# --- at once --------------------------------------------------------------------------------------


def at_once(member):
    actions.choose({(ASKED, Channel.NOW): True}, by=member)


def test_at_once_and_after_the_quiet_hours(acme):
    at_once(acme.east_rep)
    with at("2026-03-07T11:00"):  # a Saturday: the person asked for it
        news(acme.east_rep, topic=ASKED)
        assert run() == 1
        assert run() == 0
    with at("2026-03-07T22:00"):
        news(acme.east_rep, topic=ASKED, n=1)
        assert run() == 0
    with at("2026-03-08T07:59"):
        news(acme.east_rep, topic=ASKED, n=2)
        assert run() == 0
    with at("2026-03-08T08:00"):
        assert run() == 1
    assert [one.subject[:6] for one in mail.outbox] == ["您有 1 条", "您有 2 条"]
    with at("2026-03-09T10:00"):  # nothing is told a second time by the day's mail
        assert run() == 0


# --- failing --------------------------------------------------------------------------------------


@pytest.fixture
def broken(monkeypatch):
    """A mail server that refuses until it is told otherwise."""
    from django.core.mail.backends.locmem import EmailBackend

    send, box = EmailBackend.send_messages, {"is_broken": True}

    def refuse(self, messages):
        if box["is_broken"]:
            raise SMTPException("550 华东精密机械有限公司")
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    return box


def test_a_refused_mail_is_tried_again_and_seen(acme, broken):
    with at("2026-03-04T10:00") as clock:
        news(acme.east_rep)
        assert run() == 0
        assert run() == 0
        (row,) = Mail.objects.all()
        assert (row.tries, row.state, row.error) == (1, "waiting", "SMTPException")
        page = client_of(acme.admin).get("/org/company/").content.decode()
        assert "SMTPException" in page
        assert "华东精密机械有限公司" not in row.error
        broken["is_broken"] = False
        clock.shift(dt.timedelta(minutes=3))
        assert run() == 1
        assert run() == 0
    assert len(mail.outbox) == 1
    assert states() == [("day", "2026-03-04", "sent")]


def test_what_was_given_up_goes_into_the_next_days_mail(acme, broken):
    at_once(acme.east_rep2)
    with at("2026-03-04T10:00") as clock:
        news(acme.east_rep)
        news(acme.east_rep2, topic=ASKED)
        for _n in range(60):
            run()
            clock.shift(dt.timedelta(minutes=10))
        assert Mail.objects.get(kind="now").tries == MOST_TRIES
    broken["is_broken"] = False
    with at("2026-03-05T10:00"):
        # the first look lets go of yesterday's, the second makes today's
        assert run() + run() == 2
    assert {one.to[0] for one in mail.outbox} == {
        acme.east_rep.user.email, acme.east_rep2.user.email
    }  # fmt: skip
    assert {state for _kind, day, state in states() if day == "2026-03-05"} == {"sent"}
    assert {state for _kind, day, state in states() if day != "2026-03-05"} == {"failed"}


def test_a_worker_that_died_in_between_is_replaced_by_the_same_message(acme, monkeypatch):
    with at("2026-03-04T10:00") as clock:
        news(acme.east_rep)
        actions.plan_mail()
        (pk,) = actions.waiting_mail()
        with monkeypatch.context() as patch:
            from django.core.mail import EmailMultiAlternatives

            def die(self):
                raise KeyboardInterrupt

            patch.setattr(EmailMultiAlternatives, "send", die)
            with pytest.raises(KeyboardInterrupt):
                actions.send_mail(acme.company.pk, pk)
        assert run() == 0  # somebody else still has it
        clock.shift(dt.timedelta(minutes=3))
        assert run() == 1
    (one,) = mail.outbox
    assert one.extra_headers["Message-ID"] == f"<notices.{acme.company.pk}.{pk}@localhost>"


def test_without_a_mail_server_nothing_breaks_and_the_pages_say_so(acme, settings):
    settings.HAS_MAIL = False
    with at("2026-03-04T10:00"):
        news(acme.east_rep)
        assert run() == 0
        assert "没有设置邮件服务器" in client_of(acme.admin).get("/org/company/").content.decode()
        page = client_of(acme.east_rep).get("/notices/choices/").content.decode()
        assert "没有设置邮件服务器" in page
        assert "is_daily" not in page
        client_of(acme.east_rep).post("/notices/choices/", dict.fromkeys(topics, "on"))
    # what cannot be chosen is not unchosen
    assert not Choice.objects.filter(channel="mail").exists()


# --- nothing private ------------------------------------------------------------------------------


def test_no_name_amount_number_or_canary_is_in_any_mail(acme, rival):
    with at("2026-03-04T10:00"):
        for who in ("east_supervisor", "east_manager", "finance"):
            at_once(getattr(acme, who))
        made = {model.__name__: obj for model, obj in samples.build(acme).items()}
        tell(SHARED, to=[acme.east_supervisor.pk], text="%(name)s %(who)s", who="王工 13800138000",
             kind="customers.customer", target=made["Customer"].pk)  # fmt: skip
        while deliver():
            pass
        assert run() >= 3
    text = "\n".join(str(one.message()) + one.subject + one.body + one.alternatives[0][0]
                     for one in mail.outbox)  # fmt: skip
    secrets = [
        acme.canary, rival.canary, made["Customer"].name, made["Contract"].number, "王工",
        "13800138000", "五轴加工中心", f"{made['Contract'].gross_amount}", "acme.",
        *(name for name in type(acme.east_rep).objects.values_list("name", flat=True)),
    ]  # fmt: skip
    text = text.replace("@acme.example", "")
    assert [secret for secret in secrets if secret in text] == []
    # the twin: the page says what the mail leaves out
    page = client_of(acme.east_supervisor).get("/notices/").content.decode()
    assert made["Customer"].name in page


def test_the_links_ask_for_the_login_and_the_rule(acme):
    with at("2026-03-04T10:00"):
        made = samples.build(acme)
        while deliver():
            pass
        assert run() >= 1
        (one,) = [one for one in mail.outbox if one.to == [acme.east_supervisor.user.email]]
        path = re.search(r"http://localhost(/notices/\d+/)", one.body)[1]
        assert "/accounts/login/" in Client().get(path)["Location"]
        contract = next(obj for model, obj in made.items() if model.__name__ == "Contract")
        seen = client_of(acme.east_supervisor).get(path)
        assert seen["Location"] == f"/contracts/{contract.pk}/"
        assert client_of(acme.west_rep).get(path).status_code == 404


# --- to stop it -----------------------------------------------------------------------------------


def stop_of(message):
    link = message.extra_headers["List-Unsubscribe"].strip("<>")
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert link in message.body
    assert link in message.alternatives[0][0]
    return link.removeprefix("http://localhost")


def test_one_click_stops_that_mail_and_nothing_else(acme):
    at_once(acme.east_rep)
    with at("2026-03-04T10:00"):
        news(acme.east_rep)
        news(acme.east_rep, topic=ASKED)
        assert run() == 2
    paths = {("day" if "/stop/" in path and read_token(path.split("/")[-2])[2] == "day" else "now"):
             path for path in map(stop_of, mail.outbox)}  # fmt: skip
    before = actions.chosen(acme.east_rep)
    stranger = Client(enforce_csrf_checks=True)
    # looking, as mail scanners do, changes nothing
    assert "<form" in stranger.get(paths["day"]).content.decode()
    assert not Letterbox.objects.exists()
    answer = stranger.post(paths["day"], {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert stranger.post(paths["day"]).status_code == 200
    assert Letterbox.objects.get().is_daily is False
    assert actions.chosen(acme.east_rep) == before
    line = AuditLine.objects.latest("seq")
    assert (line.verb, line.actor_name) == ("notices.choose", acme.east_rep.name)
    stranger.post(paths["now"])
    assert actions.chosen(acme.east_rep) == before | {(ASKED, "now"): False}
    stranger.post(paths["now"], {"again": "1"})
    stranger.post(paths["day"], {"again": "1"})
    assert actions.chosen(acme.east_rep) == before
    assert Letterbox.objects.get().is_daily is True


def test_a_forged_link_is_not_found(acme, rival):
    row = Mail(company=acme.company, member=acme.east_rep, kind="day", period="x")
    token = token_of(row)
    assert Client().get(f"/notices/stop/{token}/").status_code == 200
    for wrong in (token[:-1] + ("A" if token[-1] != "A" else "B"), "x", "W10:x:y", token + "A"):
        assert Client().post(f"/notices/stop/{wrong}/").status_code == 404
    other = Mail(company=rival.company, member=acme.east_rep, kind="day", period="x")
    assert Client().post(f"/notices/stop/{token_of(other)}/").status_code == 404
    assert not Letterbox.objects.exists()


# --- the page -------------------------------------------------------------------------------------


def test_hours_are_chosen_and_kept(acme):
    browser, who = client_of(acme.east_rep2), acme.east_rep2
    wanted = dict.fromkeys((*topics, *(f"mail-{key}" for key in topics)), "on")
    times = {"digest_at": "14:30", "quiet_from": "19:00", "quiet_until": "09:30"}
    answer = browser.post("/notices/choices/", wanted | times | {"is_daily": "on"})
    assert answer.status_code == 302
    assert hours_of([who.pk])[who.pk] == Hours(
        is_daily=True, at=dt.time(14, 30), quiet_from=dt.time(19), quiet_until=dt.time(9, 30)
    )
    page = browser.get("/notices/choices/").content.decode()
    assert page.count("selected") >= 3
    # back to the company's
    browser.post("/notices/choices/", wanted | {"is_daily": "on"})
    assert hours_of([who.pk])[who.pk].at == NINE
    for wrong in ({"digest_at": "08:00"}, {"quiet_from": "25:00"},
                  {"quiet_from": "09:00", "quiet_until": "18:00"}):  # fmt: skip
        answer = browser.post("/notices/choices/", wanted | {"is_daily": "on"} | wrong)
        assert answer.status_code == 422
    assert hours_of([who.pk])[who.pk].quiet_from == EVENING


def test_what_is_only_mailed_rings_no_bell_but_opens(acme):
    actions.choose({(SHARED, Channel.PAGE): False}, by=acme.east_rep)
    with at("2026-03-04T10:00"):
        assert news(acme.east_rep) == 1
        (row,) = Notice.objects.filter(member=acme.east_rep)
        page = client_of(acme.east_rep).get("/notices/").content.decode()
        assert f"/notices/{row.pk}/" not in page
        assert run() == 1
        assert client_of(acme.east_rep).get(f"/notices/{row.pk}/").status_code == 200
    actions.choose({(SHARED, Channel.MAIL): False}, by=acme.east_rep)
    assert news(acme.east_rep, n=9) == 0
