"""The pages of months and reviews: who sees whose numbers and words, who closes and re-opens."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from approvals import actions as approvals
from audit.models import AuditLine
from kit.because import Forbidden, Refused
from kpi import actions, reading, views
from kpi.closing import shifted
from kpi.models import Comment, Freeze, Period, Reopening, Review, Value
from salesops.seed.clock import standing
from tenancy.actions import deliver
from tenancy.calendar import zone
from tenancy.models import Outbox
from tests.conftest import client_of
from tests.house.test_statements import statements
from tests.kpi.test_freeze import (
    at,
    close_until,
    frozen,
    nothing_twice_nothing_lost,
    signed_on,
    visit_on,
)


@pytest.fixture
def autumn(acme):
    """2 November: August and September frozen, October collecting, November running."""
    close_until(at(2026, 8, 3))
    visit_on(acme, "east_rep", at(2026, 8, 10))
    close_until(at(2026, 9, 20))
    acme.late = signed_on(acme, "east_rep", dt.date(2026, 8, 20), "100.00")
    visit_on(acme, "west_rep", at(2026, 9, 10))
    close_until(at(2026, 10, 20))
    acme.waits = visit_on(acme, "east_rep", at(2026, 9, 11))
    close_until(at(2026, 11, 2))
    rows = {row.month.month: row for row in Period.objects.all()}
    acme.august, acme.september, acme.october, acme.november = (rows[n] for n in (8, 9, 10, 11))
    with standing(at(2026, 11, 2)):
        yield acme


def review_of(acme, period, who):
    return Review.objects.get(period=period, owner=getattr(acme, who))


def test_everybody_sees_his_own_month_and_leaders_that_of_their_units(autumn):
    review = review_of(autumn, autumn.october, "east_rep")
    path = f"/kpi/reviews/{review.pk}/"
    for who, code in {
        "east_rep": 200, "east_supervisor": 200, "east_manager": 200, "director": 200,
        "finance": 200, "east_rep2": 404, "bare_rep": 404, "west_manager": 404, "admin": 404,
    }.items():  # fmt: skip
        assert client_of(getattr(autumn, who)).get(path).status_code == code, who


def test_a_month_opens_where_the_reader_stands_and_goes_down_to_the_people(autumn):
    client = client_of(autumn.director)
    path = f"/kpi/{autumn.september.pk}/"
    top = client.get(path)
    assert [line.name for line in top.context["units"]] == ["华东大区", "西北大区"]
    assert top.context["cards"][0]["value"] == Decimal("100.00")
    east = client.get(path, {"unit": autumn.unit("east").pk})
    assert [line.name for line in east.context["units"]] == ["华东一组", "华东二组"]
    team = client.get(path, {"unit": autumn.unit("east_one").pk})
    lines = {line.name: line.values["signed_amount"] for line in team.context["people"]}
    assert set(lines) == {"acme.east_rep", "acme.east_rep2", "acme.east_supervisor"}
    assert (lines["acme.east_rep"].own, lines["acme.east_rep"].late) == (0, Decimal("100.00"))
    # a unit that is not covered is not opened
    other = client_of(autumn.east_manager).get(path, {"unit": autumn.unit("west").pk})
    assert other.context["unit"] == autumn.unit("east")
    mine = client_of(autumn.west_rep).get(path)
    assert [line.name for line in mine.context["people"]] == ["acme.west_rep"]
    assert {card["key"]: card["value"] for card in mine.context["cards"]}["visits"] == 1


def test_no_number_holds_more_than_the_reader_sees(autumn):
    """What a month shows is the sum of the people one sees, frozen or running."""
    for who in ("director", "east_manager", "east_supervisor", "east_rep"):
        member = getattr(autumn, who)
        seat = next(iter(views.seats(member)), None)
        for period in (autumn.august, autumn.september, autumn.october):
            cards = reading.cards(member, period, keys=reading.chief(), **views.who(member, seat))
            people = Review.objects.visible_to(member).filter(period=period)
            lines = reading.people_of(member, period, list(people.select_related("owner")), seat)
            for card in cards:
                parts = (line.values[card["key"]].total for line in lines)
                assert sum(parts) == card["value"], (who, str(period), card["key"])


def test_a_late_document_is_linked_for_whoever_sees_it_and_only_counted_for_others(autumn):
    review = review_of(autumn, autumn.september, "east_rep")
    address = f"/contracts/{autumn.late.pk}/"
    page = client_of(autumn.east_supervisor).get(f"/kpi/reviews/{review.pk}/")
    assert address in page.text
    assert "2026-08-20" in page.text
    # the contract goes elsewhere: its number stays, its name does not
    west = autumn.west_rep.scope.home
    type(autumn.late).objects.filter(pk=autumn.late.pk).update(
        owner=autumn.west_rep, unit_id=west.unit_id, org_path=west.path
    )
    type(autumn.late.customer).objects.filter(pk=autumn.late.customer_id).update(
        owner=autumn.west_rep, unit_id=west.unit_id, org_path=west.path
    )
    page = client_of(autumn.east_supervisor).get(f"/kpi/reviews/{review.pk}/")
    assert address not in page.text
    parts = {part.label: part for part in page.context["late"]}
    assert sum(part.hidden for part in parts.values()) >= 2


def test_what_waits_to_be_credited_stands_beside_the_month_that_takes_it(autumn):
    review = review_of(autumn, autumn.october, "east_rep")
    page = client_of(autumn.east_rep).get(f"/kpi/reviews/{review.pk}/")
    documents = {(d["place"], d["pk"]) for part in page.context["late"] for d in part.documents}
    assert documents == {("customers:visit", autumn.waits.pk), ("customers:detail",
                         autumn.waits.customer_id)}  # fmt: skip
    november = review_of(autumn, autumn.november, "east_rep")
    assert client_of(autumn.east_rep).get(f"/kpi/reviews/{november.pk}/").context["late"] == []


def test_person_and_leader_write_their_own_words_alone(autumn):
    """KPI-2.8: both sides speak, and nobody writes for another."""
    review = review_of(autumn, autumn.october, "east_rep")
    path = f"/kpi/reviews/{review.pk}/comment/"
    rep, boss = client_of(autumn.east_rep), client_of(autumn.east_supervisor)
    assert rep.post(path, {"text": "回款滞后，下月补上"}).status_code == 302
    assert boss.post(path, {"text": "同意，先抓回款"}).status_code == 302
    assert boss.post(path, {"text": "同意，先抓回款，再抓新客"}).status_code == 302
    said = {row.by.name: row.text for row in Comment.objects.select_related("by")}
    assert said == {
        "acme.east_rep": "回款滞后，下月补上",
        "acme.east_supervisor": "同意，先抓回款，再抓新客",
    }
    lines = AuditLine.objects.filter(verb="kpi.comment").order_by("seq")
    assert [line.before for line in lines] == [{}, {}, {"text": "同意，先抓回款"}]
    # others who see the numbers neither read nor write the words
    finance = client_of(autumn.finance)
    page = finance.get(f"/kpi/reviews/{review.pk}/")
    assert page.status_code == 200
    assert "回款滞后" not in page.text
    assert "回款滞后" in boss.get(f"/kpi/reviews/{review.pk}/").text
    assert finance.post(path, {"text": "x"}).status_code == 403
    assert client_of(autumn.west_manager).post(path, {"text": "x"}).status_code == 404
    # nothing said is no comment
    assert rep.post(path, {"text": " "}).status_code == 422
    deliver()
    told = {row.member.name for row in notices("kpi.comment")}
    assert told == {"acme.east_rep", "acme.east_supervisor"}


def notices(topic):
    from notices.models import Notice

    return Notice.objects.filter(topic=topic).select_related("member")


def test_words_are_open_from_the_end_of_the_month_until_the_next_is_frozen(autumn):
    def may(period, who="east_rep"):
        return bool(getattr(autumn, who).may("kpi.comment", review_of(autumn, period, who)))

    assert [may(p) for p in (autumn.august, autumn.september, autumn.october, autumn.november)] == [
        False, True, True, False,
    ]  # fmt: skip


def test_people_are_told_that_a_month_collects_and_is_frozen(autumn):
    Outbox.objects.update(due_at=at(2026, 1, 1))
    deliver(limit=500)
    assert notices("kpi.collecting").filter(member=autumn.east_rep).count() == 3
    assert notices("kpi.frozen").filter(member=autumn.east_rep).count() == 2
    assert client_of(autumn.east_rep).get("/notices/").status_code == 200


def test_the_director_freezes_a_month_before_its_day(autumn):
    """KPI-2.1: what collects may be frozen by hand, in order; others are shown why it waits."""
    path = f"/kpi/{autumn.october.pk}/freeze/"
    for who in ("east_rep", "east_manager", "finance"):
        assert client_of(getattr(autumn, who)).post(path).status_code == 403, who
    client = client_of(autumn.director)
    assert client.post(f"/kpi/{autumn.november.pk}/freeze/").status_code == 403
    assert path in client.get(f"/kpi/{autumn.october.pk}/").text
    assert client.post(path).status_code == 302
    autumn.october.refresh_from_db()
    assert autumn.october.is_frozen
    assert Freeze.objects.get(period=autumn.october).by == autumn.director
    assert client.post(path).status_code == 403
    # the visit of September that was written down in October
    assert frozen(autumn.october.month, "visits", owner=autumn.east_rep) == 1
    nothing_twice_nothing_lost()


def asked(autumn, who="finance"):
    return actions.reopen(autumn.september, reason="漏记两份合同", by=getattr(autumn, who))


def decided(case, verb, by, comment="同意重新打开"):
    case.refresh_from_db()
    approvals.decide(case, verb=verb, by=by, seen=case.content_hash, comment=comment)


def test_the_month_frozen_last_is_opened_again_after_the_director_agrees(autumn):
    """KPI-2.1: by approval alone; the old numbers are kept beside the new ones."""
    old = autumn.september.freeze
    before = list(Value.objects.filter(freeze=old).order_by("id").values_list("id", "number"))
    request = asked(autumn)
    assert request.status == "in_review"
    with pytest.raises(Forbidden):
        asked(autumn, "director")  # one at a time
    signed_on(autumn, "east_rep", dt.date(2026, 9, 15), "900.00")
    decided(request.case, "approve", autumn.director)
    autumn.september.refresh_from_db()
    assert (autumn.september.state, autumn.september.freeze) == ("collecting", None)
    assert autumn.september.collects_until == dt.date(2026, 11, 4)
    # October waits for it
    verdict = autumn.director.may("kpi.freeze", autumn.october)
    assert "2026-09" in str(verdict)
    assert not verdict
    steps = close_until(at(2026, 11, 9))
    assert steps == ["freeze 2026-09", "freeze 2026-10"]
    autumn.september.refresh_from_db()
    assert (autumn.september.versions, autumn.september.freeze.version) == (2, 2)
    assert frozen(autumn.september.month, "signed_amount", owner=autumn.east_rep) == 1000
    # what was late in its first version is late in the second, and counts once
    late = Value.objects.in_force().filter(measure="signed_amount", month=autumn.august.month)
    assert late.get(owner=autumn.east_rep).number == 100
    assert frozen(autumn.october.month, "signed_amount") == 0
    after = list(Value.objects.filter(freeze=old).order_by("id").values_list("id", "number"))
    assert after == before
    verbs = AuditLine.objects.filter(verb__startswith="kpi.").values_list("verb", flat=True)
    assert {"kpi.reopen", "kpi.submit", "kpi.reopened", "kpi.freeze"} <= set(verbs)
    nothing_twice_nothing_lost()


def test_only_the_last_frozen_month_and_only_by_some(autumn):
    path = f"/kpi/{autumn.september.pk}/reopen/"
    for who, code in {
        "east_rep": 403,
        "secretary": 403,
        "finance": 200,
        "east_manager": 200,
    }.items():
        assert client_of(getattr(autumn, who)).get(path).status_code == code, who
    client = client_of(autumn.finance)
    assert client.get(f"/kpi/{autumn.august.pk}/reopen/").status_code == 403
    assert client.get(f"/kpi/{autumn.october.pk}/reopen/").status_code == 403
    assert client.post(path, {"reason": "漏"}).status_code == 422
    answer = client.post(path, {"reason": "漏记两份合同"})
    request = Reopening.objects.get()
    assert answer.url == f"/kpi/reopenings/{request.pk}/"
    assert client.get(answer.url).status_code == 200
    boss = client_of(autumn.director)
    assert f"/approvals/{request.case_id}/approve/" in boss.get(answer.url).text
    assert client_of(autumn.east_rep).get(answer.url).status_code == 404


def test_a_request_that_comes_back_is_mended_and_sent_again(autumn):
    request = asked(autumn)
    decided(request.case, "return", autumn.director, "请写明是哪两份合同")
    request.refresh_from_db()
    path = f"/kpi/reopenings/{request.pk}/submit/"
    client = client_of(autumn.finance)
    assert client.post(path, {"reason": ""}).status_code == 422
    assert client_of(autumn.director).post(path, {"reason": "漏记合同两份"}).status_code == 403
    assert client.post(path, {"reason": "漏记苏州两份合同"}).status_code == 302
    request.refresh_from_db()
    assert (request.status, request.reason) == ("in_review", "漏记苏州两份合同")


def test_a_request_is_void_once_the_following_month_is_frozen(autumn):
    request = asked(autumn)
    actions.freeze(autumn.october, by=autumn.director)
    with pytest.raises(Refused):
        decided(request.case, "approve", autumn.director)


def test_a_director_does_not_agree_with_himself(autumn):
    """ORG-1.3: the director's own request goes to the management."""
    request = asked(autumn, "director")
    assert not autumn.director.may("approvals.decide", request.case)
    decided(request.case, "approve", autumn.management)
    autumn.september.refresh_from_db()
    assert autumn.september.state == "collecting"


def test_programs_read_comment_and_ask(autumn):
    review = review_of(autumn, autumn.october, "east_rep")
    client = client_of(autumn.east_supervisor)
    rows = client.get("/api/v1/reviews/", {"period": autumn.october.pk}).json()["results"]
    assert {row["owner_name"] for row in rows} == {
        "acme.east_rep", "acme.east_rep2", "acme.east_supervisor",
    }  # fmt: skip
    september = review_of(autumn, autumn.september, "east_rep")
    shown = client.get(f"/api/v1/reviews/{september.pk}/").json()
    numbers = {row["key"]: (row["value"], row["late"]) for row in shown["numbers"]}
    assert numbers["signed_amount"] == ("100.00", "100.00")
    said = client.post(f"/api/v1/reviews/{review.pk}/comment/", {"text": "继续"},
                       content_type="application/json")  # fmt: skip
    assert (said.status_code, said.json()["by_name"]) == (200, "acme.east_supervisor")
    finance = client_of(autumn.finance)
    body = {"period": autumn.september.pk, "reason": "漏记两份合同"}
    made = finance.post("/api/v1/reopenings/", body, content_type="application/json")
    assert (made.status_code, made.json()["status"]) == (201, "in_review")
    assert finance.get("/api/v1/periods/").json()["results"][0]["month"] == "2026-11-01"
    frozen_ = client_of(autumn.director).post(f"/api/v1/periods/{autumn.october.pk}/freeze/")
    assert (frozen_.status_code, frozen_.json()["state"]) == (200, "frozen")


@pytest.mark.parametrize("who", ["director", "east_supervisor", "east_rep"])
def test_the_list_of_months_asks_as_few_statements_for_many_as_for_one(acme, who):
    client = client_of(getattr(acme, who))
    this = timezone.localdate().replace(day=1)
    Period.objects.create(month=this, collects_until=this)
    one = statements(client, "/kpi/")
    Period.objects.bulk_create(
        Period(month=shifted(this, -n), state="collecting", collects_until=this)
        for n in range(1, 90)
    )
    assert statements(client, "/kpi/") == one
    assert one <= 10


def test_the_page_of_a_month_asks_the_same_for_one_person_and_many(autumn):
    client = client_of(autumn.east_supervisor)
    path = f"/kpi/{autumn.september.pk}/"
    few = statements(client, path)
    home = autumn.east_supervisor.scope.home
    from accounts.models import User
    from org.models import Member

    users = User.objects.bulk_create(User(login=f"n{n}@x.example", password="") for n in range(40))
    people = Member.objects.bulk_create(Member(user=user, name=user.login) for user in users)
    Review.objects.bulk_create(
        Review(period=autumn.september, owner=one, unit_id=home.unit_id, org_path=home.path)
        for one in people
    )
    assert statements(client, path) <= few + 1


def test_the_figures_say_that_a_month_is_frozen(autumn):
    client = client_of(autumn.director)
    path = f"/kpi/{autumn.september.pk}/"
    assert path in client.get("/figures/", {"month": "2026-09"}).text
    assert path not in client.get("/figures/", {"period": "quarter"}).text


def test_an_empty_company_says_when_the_first_month_appears(acme):
    page = client_of(acme.east_rep).get("/kpi/")
    assert page.status_code == 200
    assert page.context["page"].rows == []
    assert dt.datetime.now(zone()).year >= 2026
