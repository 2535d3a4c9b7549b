"""Today and the figures, for every role, with much and with nothing."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils.timezone import localdate

from customers.actions import plan_visit
from customers.models import Customer
from desk import exports
from desk.attention import Concern, behind
from desk.dashboard import period_of
from desk.today import desk_of
from figures.totals import Row
from kit.calendar import month_of
from org import actions as org
from tests.access import samples
from tests.conftest import client_of
from tests.org.test_company import good_code
from tests.story import told

EVERYBODY = (
    "management", "director", "finance", "secretary", "admin", "east_manager",
    "east_supervisor", "east_rep", "bare_rep",
)  # fmt: skip


@pytest.mark.parametrize("who", EVERYBODY)
def test_today_opens_for_everybody_with_nothing_to_do(acme, who):
    answer = client_of(getattr(acme, who)).get("/")
    assert answer.status_code == 200
    assert getattr(acme, who).name in answer.content.decode()


@pytest.mark.parametrize("who", EVERYBODY)
def test_today_opens_for_everybody_in_the_middle_of_work(acme, who):
    told(acme)
    answer = client_of(getattr(acme, who)).get("/")
    assert answer.status_code == 200


def test_without_work_there_is_one_sentence(acme):
    text = client_of(acme.finance).get("/").content.decode()
    assert "今天没有待处理的事项" in text
    assert "今日拜访" not in text


def test_the_first_open_visit_has_the_only_primary_button(acme):
    from django.utils import timezone

    told(acme, customers=12, contracts=0, days=30)
    rep = acme.east_rep
    for customer in Customer.objects.filter(owner=rep)[:3]:
        plan_visit(customer, by=rep, planned_on=timezone.localdate())
    text = client_of(rep).get("/").content.decode()
    assert text.count("btn btn-sm btn-primary") == 1
    assert desk_of(acme.anew("east_rep")).next_visit is not None


def test_nothing_is_offered_that_would_be_refused(acme):
    labels = {act["label"] for act in desk_of(acme.finance).quick}
    assert labels == set()
    assert {act["icon"] for act in desk_of(acme.secretary).quick} == {"user-plus", "file-import"}


def test_a_rep_sees_nothing_of_a_colleague_on_the_desk(acme):
    told(acme)
    desk = desk_of(acme.east_rep)
    assert {customer.owner_id for customer in desk.customers} == {acme.east_rep.pk}
    assert not desk.team
    assert not desk.attention
    mine = Customer.objects.filter(
        owner=acme.east_rep, created_at__date__gte=month_of(localdate())[0]
    )
    assert desk.strip.values["new_customers"] == mine.count()


@pytest.mark.parametrize(
    "query", ["", "?period=quarter", "?period=year", "?month=2026-02", "?month=x"]
)
@pytest.mark.parametrize("who", ["director", "east_supervisor", "east_rep", "finance"])
def test_figures_open_for_every_reader_and_period(acme, who, query):
    told(acme, customers=12, contracts=8)
    answer = client_of(getattr(acme, who)).get(f"/figures/{query}")
    assert answer.status_code == 200


def test_figures_are_not_for_the_administrator(acme):
    assert client_of(acme.admin).get("/figures/").status_code == 403


def test_figures_open_downward_and_hold_for_odd_addresses(acme):
    told(acme, customers=12, contracts=8)
    client = client_of(acme.director)
    east = acme.unit("east")
    assert client.get(f"/figures/?unit={east.pk}").context["way"] == "team"
    assert client.get(f"/figures/?owner={acme.east_rep.pk}").context["way"] == "month"
    for odd in ("?unit=9999999", "?unit=x", "?owner=-1", "?unit=99999999999999999999999"):
        assert client.get(f"/figures/{odd}").context["way"] == "region"


def test_the_supervisor_begins_at_the_team(acme):
    answer = client_of(acme.east_supervisor).get("/figures/")
    assert answer.context["way"] == "member"


def test_periods_are_compared_with_whole_ones_at_the_pace_of_working_days(acme):
    month = period_of("month", "", date(2026, 3, 31))
    assert (month.first, month.end) == (date(2026, 3, 1), date(2026, 3, 31))
    assert month.before == (date(2026, 2, 1), date(2026, 2, 28))
    assert month.year_ago == (date(2025, 3, 1), date(2025, 3, 31))
    assert month.pace == 1
    quarter = period_of("quarter", "", date(2026, 1, 10))
    assert (quarter.last, quarter.end) == (date(2026, 1, 10), date(2026, 3, 31))
    assert quarter.before == (date(2025, 10, 1), date(2025, 12, 31))
    year = period_of("year", "", date(2024, 2, 29))
    assert year.before == year.year_ago == (date(2023, 1, 1), date(2023, 12, 31))
    past = period_of("month", "2025-12", date(2026, 3, 31))
    assert (past.first, past.last, past.pace) == (date(2025, 12, 1), date(2025, 12, 31), 1)
    # 2, 5 and 6 January of the 20 working days: 1 to 3 are days off, the 4th is worked instead
    half = period_of("month", "", date(2026, 1, 6))
    assert 0 < half.pace < Decimal("0.2")


def test_a_card_is_measured_at_the_pace(acme):
    told(acme)
    answer = client_of(acme.director).get("/figures/")
    pace = answer.context["pace"]
    for card in answer.context["cards"]:
        if card["old"]:
            change = (Decimal(card["value"]) / (card["old"] * pace) - 1) * 100
            shown = Decimal(card["delta"].rstrip("%")) if "%" in card["delta"] else 0
            assert abs(change - shown) <= Decimal("0.05") + abs(change) / 1000


def test_provinces_come_by_themselves_and_without_script(acme):
    told(acme)
    client = client_of(acme.director)
    whole = client.get("/figures/?period=year&tiles=1")
    part = client.get("/figures/?period=year&tiles=1", headers={"HX-Request": "true"})
    assert "so-tiles" in whole.content.decode()
    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    assert "tiles=1" in client.get("/figures/").content.decode()


def test_who_needs_attention_and_why(acme):
    """PLAN-2.4: named by the same numbers that the table shows, with lists of as many rows."""
    told(acme)
    client = client_of(acme.director)
    answer = client.get("/figures/?attention=1")
    named = answer.context["concerns"]
    assert named
    rows = {row.key: row for row in client.get("/figures/").context["rows"]}
    assert {one.key for one in named} <= set(rows)
    lists = [r.url for one in named for r in one.reasons if "overdue" in r.url]
    assert lists
    for url in lists:
        assert client.get(url).context["page"].rows
    part = client.get("/figures/?attention=1", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert named[0].name in part


def test_a_supervisor_is_told_of_the_team_alone(acme):
    told(acme)
    named = client_of(acme.east_supervisor).get("/figures/?attention=1").context["concerns"]
    mine = {acme.east_rep.pk, acme.east_rep2.pk, acme.east_supervisor.pk}
    assert {one.key for one in named} <= mine
    assert client_of(acme.east_rep).get("/figures/?attention=1").context["concerns"] == []


@pytest.mark.parametrize(("signed", "is_named"), [(99, True), (100, False), (101, False)])
def test_behind_means_less_than_the_share_of_the_pace(acme, signed, is_named):
    """80 % of half of 250 is 100."""
    period = period_of("month", "", date(2026, 6, 15))
    row = Row(1, "华东一组", {"signed_amount": Decimal(signed)}, {"signed_amount": ""})
    one = Concern(1, "华东一组", is_person=False)
    old = {"signed_amount": (Decimal(125) / period.pace).quantize(Decimal("0.01"))}
    behind(one, row, old, period, done=10)
    assert bool(one.reasons) is is_named
    behind(early := Concern(1, "", is_person=False), row, old, period, done=2)
    assert not early.reasons


def test_the_table_is_taken_away_as_it_is_shown(acme):
    told(acme)
    filters = QueryDict("period=year")
    shown = client_of(acme.east_manager).get("/figures/?period=year").context["rows"]
    manager = acme.anew("east_manager")
    taken = exports.rows(manager, exports.ids(manager, filters), False, filters)
    assert [line[:2] for line in taken] == [
        [row.label, row.values["signed_amount"]] for row in shown
    ]
    assert len(exports.header(False)) == len(taken[0])


def test_what_a_leader_should_look_at_opens_lists_of_as_many_rows(acme):
    told(acme)
    client = client_of(acme.director)
    notices = desk_of(acme.anew("director")).attention
    assert notices
    for notice in notices:
        page = client.get(notice.url).context["page"]
        assert len(page.rows) == min(int(notice.count), 25)


def test_the_stages_of_the_contracts_open_their_rows(acme):
    told(acme)
    client = client_of(acme.director)
    for stage in client.get("/figures/").context["stages"]:
        assert len(client.get(stage.url).context["page"].rows) == min(stage.count, 25)


def test_people_are_ranked_by_what_they_signed(acme):
    told(acme)
    best = client_of(acme.director).get("/figures/?period=year").context["best"]
    amounts = [one["amount"] for one in best]
    assert amounts == sorted(amounts, reverse=True)
    assert best[0]["share"] == 100


def test_the_administrator_of_a_new_company_is_told_what_comes_first(acme):
    def page(who):
        return client_of(who).get("/").content.decode()

    assert "公司启用步骤" in page(acme.admin)
    assert "公司启用步骤" not in page(acme.director)
    head = {"credit_code": good_code(), "address": "浦东", "bank_account": "6222"}
    org.change_company(by=acme.admin, **head)
    samples.build(acme)
    assert "公司启用步骤" not in page(acme.anew("admin"))
