"""The demo: a company of a year's history with work on every desk, and a second, smaller one."""

import datetime as dt
import hashlib
import random
from typing import Any

from django.utils import timezone

from files.models import ImportJob, ImportState
from org.models import Role
from salesops.seed import history, months, today, words
from salesops.seed.clock import standing
from salesops.seed.firm import Firm, add_units, found_company, staffed
from salesops.seed.papers import furnish
from tenancy.calendar import zone
from tenancy.context import company

SLUGS = ("hengyuan", "chutian")
FIRMS = (
    ("恒原智能装备（苏州）有限公司", words.DEMO_UNITS, words.DEMO_PEOPLE, 400, 210),
    ("楚天启航自动化有限公司", words.SMALL_UNITS, words.SMALL_PEOPLE, 40, 14),
)
HEADS = (
    {
        "credit_code": "91320594MA1K7Q2RXU", "phone": "0512-62881600",
        "address": "苏州工业园区金鸡湖大道 88 号", "bank_name": "中国工商银行苏州分行",
        "bank_account": "1102026609000123456",
    },
    {
        "credit_code": "91420100MA4L9T3X0U", "phone": "027-87166200",
        "address": "武汉市东湖高新区光谷大道 120 号", "bank_name": "招商银行武汉分行",
        "bank_account": "127909876510701",
    },
)  # fmt: skip
YEARS = 730
QUIET = dt.timedelta(days=6)  # history ends here, the real actions tell the rest


def tell(dice: random.Random) -> list[dict[str, str]]:
    """Both companies; returns who can log in and how."""
    logins = []
    for slug, told, head in zip(SLUGS, FIRMS, HEADS, strict=True):
        name, units, people, customers, contracts = told
        begin = timezone.now() - dt.timedelta(days=YEARS + 30)
        with standing(begin):
            firm = Firm(found_company(name, slug))
            with company(firm.company.pk):
                add_units(firm, units)
                staffed(firm, people, f"{slug}.example")
                furnish(firm, head)
        with company(firm.company.pk):
            live(firm, dice, customers, contracts)
        logins += [login_of(firm, person) for person in firm.people]
    return logins


def live(firm: Firm, dice: random.Random, customers: int, contracts: int) -> None:
    now = timezone.now().astimezone(zone())
    story = history.Story(firm, dice, now, days=YEARS)
    history.add_products(story)
    history.add_customers(story, customers)
    end = (now - QUIET).date()
    year = dt.timedelta(days=365)
    history.add_contracts(story, contracts // 2, first=end - 2 * year, last=end - year)
    history.add_contracts(story, contracts, first=end - year, last=end)
    history.add_visits(story, until=end - year, rate=0.3)
    history.add_visits(story, until=(now - dt.timedelta(days=1)).date())
    history.add_plans(story)
    history.write_log(story)
    months.close(story)
    today.tell(story)
    imports(story)


def imports(story: history.Story) -> None:
    """One import of last week, so that the secretaries know where theirs will stand."""
    secretary, unit = story.firm.the("sales_ops"), story.firm.units["root"]
    then = story.at((story.now - dt.timedelta(days=7)).date(), 10)
    ImportJob.objects.create(
        owner=secretary,
        unit=unit,
        org_path=unit.path,
        target_owner=story.firm.reps()[0].member,
        kind="customers.customer",
        filename="十一月展会名单.xlsx",
        stored="",
        sha256=hashlib.sha256(b"").hexdigest(),
        size=48_213,
        status=ImportState.DONE,
        total=86,
        done_rows=86,
        ok_count=79,
        duplicate_count=5,
        failed_count=2,
        created_at=then,
        updated_at=then,
        finished_at=then + dt.timedelta(minutes=3),
    )


def login_of(firm: Firm, person: Any) -> dict[str, str]:
    return {
        "company": firm.company.name,
        "role": str(Role(person.role).label),
        "name": person.member.name,
        "login": person.login,
        "password": person.password,
    }
