"""The director's and the supervisor's day on the figures; each number is summed again by hand."""

import re
from decimal import Decimal

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESK, PHONE
from tests.serving import run

pytestmark = pytest.mark.browser

SOLD = """
import datetime as dt
from django.utils import timezone
from tenancy.context import company
from tests.conftest import cast_of
from tests.kpi.test_freeze import signed_on, visit_on
cast, day = cast_of("acme"), timezone.localdate().replace(day=1)
before = day - dt.timedelta(days=1)
with company(cast.company.pk):
    for who, amounts in {
        "east_rep": (120000, "3500.55"), "east_rep2": (80000,), "bare_rep": (41000,),
        "west_rep": (990000,),
    }.items():
        for amount in amounts:
            signed_on(cast, who, day, amount)
        signed_on(cast, who, before, 7000)
        visit_on(cast, who, timezone.now())
    result = {
        key: [unit.pk, unit.name] for key, unit in
        ((key, cast.unit(key)) for key in ("east", "west", "east_one", "east_two"))
    } | {"rep": [cast.east_rep.pk, cast.east_rep.name]}
"""
SUMMED = """
from django.db import connection
from tenancy.context import company
from tests.conftest import cast_of
cast, result = cast_of("acme"), {}
with company(cast.company.pk), connection.cursor() as cursor:
    for unit in ("root", "east", "west", "east_one", "east_two"):
        for period in ("month", "quarter", "year"):
            for owner in (0, cast.east_rep.pk):
                cursor.execute(
                    "SELECT coalesce(sum(gross_amount), 0), count(*) FROM contracts_contract c "
                    "JOIN org_unit u ON u.id = c.unit_id WHERE status IN ('signed', 'archived') "
                    "AND signed_on >= date_trunc(%s, now() AT TIME ZONE 'Asia/Shanghai')::date "
                    "AND signed_on <= (now() AT TIME ZONE 'Asia/Shanghai')::date "
                    "AND u.path LIKE %s || '%%' AND (%s = 0 OR c.owner_id = %s)",
                    (period, cast.unit(unit).path, owner, owner),
                )
                result[f"{unit} {period} {owner}"] = [str(n) for n in cursor.fetchone()]
"""


@pytest.fixture(scope="module")
def firm(stage):
    return run(stage[0], SOLD)


@pytest.fixture(scope="module")
def summed(stage, firm):
    """(amount, contracts) by plain SQL of a unit, a period and perhaps a person."""
    found = run(stage[0], SUMMED)

    def ask(unit, period="month", owner=0):
        amount, count = found[f"{unit} {period} {owner}"]
        return Decimal(amount), int(count)

    return ask


def cells(row):
    """(amount, contracts) of a row of the table, also where it is stacked on a phone."""
    texts = row.locator("td.so-num a").all_inner_texts()
    return Decimal(texts[0].replace("¥", "").replace(",", "")), int(texts[1])


def row_of(page, name):
    return page.locator(f"tr:has(a.so-deeper:text-is('{name}'))")


def deeper(page, name):
    row_of(page, name).locator("a.so-deeper").click()
    expect(page.locator("h1")).to_have_text(name)


def listed(page, number):
    """The rows behind a number: as many as it says."""
    rows = page.locator("#rows tbody tr, main tbody tr").locator("visible=true")
    expect(rows).to_have_count(number)


def test_a_directors_day(firm, log_in, summed):
    with log_in("director", DESK) as director:
        page = director.open("/figures/")
        for key in ("east", "west"):
            assert cells(row_of(page, firm[key][1])) == summed(key)
        for period in ("quarter", "year", "month"):
            page.click(f".so-chips a[href*='period={period}']")
            expect(page.locator(f".so-chip[aria-current][href*='period={period}']")).to_be_visible()
            assert cells(row_of(page, firm["east"][1])) == summed("east", period)
        # the chart is drawn, and its table holds the same number
        expect(page.locator("[data-so-chart] canvas, [data-so-chart] svg").first).to_be_visible()
        page.click("details.so-disclose summary")
        table = page.locator("details.so-disclose table")
        amount = f"{summed('root')[0]:,.2f}"
        expect(table.locator("tbody tr").filter(has_text=amount)).to_have_count(1)
        # region, team, person, the contracts themselves
        deeper(page, firm["east"][1])
        assert cells(row_of(page, firm["east_one"][1])) == summed("east_one")
        assert cells(row_of(page, firm["east_two"][1])) == summed("east_two")
        deeper(page, firm["east_one"][1])
        pk, name = firm["rep"]
        mine = summed("east_one", owner=pk)
        assert mine >= (Decimal("123500.55"), 2)
        assert cells(row_of(page, name)) == mine
        row_of(page, name).locator("td.so-num a").nth(1).click()
        page.wait_for_url(re.compile("/contracts/"))
        listed(page, mine[1])
        # and all of it as a file
        page = director.open("/figures/")
        page.click("a[href*='kind=figures']")
        expect(page.locator("main")).to_contain_text("导出")


def test_a_supervisors_day_on_the_phone(firm, log_in, summed):
    with log_in("east_supervisor", PHONE) as boss:
        page = boss.open("/")
        whole = summed("east_one")
        page = boss.open("/figures/")
        assert boss.is_within_the_screen()
        card = page.locator(".so-kpi").nth(1).locator(".so-kpi-value")
        expect(card).to_have_text(str(whole[1]))
        pk, name = firm["rep"]
        mine = summed("east_one", owner=pk)
        assert cells(row_of(page, name)) == mine
        # nobody of another team, in no row and no sum
        for other in ("east_two", "west"):
            expect(page.locator("main")).not_to_contain_text(firm[other][1])
        page.locator("[hx-get*='attention=1']").scroll_into_view_if_needed()
        expect(page.get_by_role("link", name="查看谁需要关注")).to_have_count(0)
        deeper(page, name)
        card = page.locator(".so-kpi").nth(1).locator(".so-kpi-value")
        expect(card).to_have_text(str(mine[1]))
        page.locator(".so-kpi").nth(1).click()
        page.wait_for_url(re.compile("/contracts/"))
        listed(page, mine[1])
        # an address of another team shows nothing of it
        boss.open(f"/figures/?unit={firm['west'][0]}")
        expect(page.locator(".so-kpi").nth(1).locator(".so-kpi-value")).to_have_text("0")
