"""Companies for tools: N customers each, a canary in every free text, tokens and ids."""

import datetime as dt
import random
from typing import Any

from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from files.actions import upload
from org import actions
from org.models import Unit
from salesops.seed import history, months, today
from salesops.seed.clock import standing
from salesops.seed.firm import Firm, add_person, add_units, found_company, new_password
from tenancy.calendar import zone
from tenancy.context import company

UNITS = {
    "east": ("root", "region", "HD", "华东大区"),
    "west": ("root", "region", "XB", "西北大区"),
    "SH": ("east", "team", "HD1", "华东一组"),
    "SN": ("east", "team", "HD2", "华东二组"),
    "GS": ("west", "team", "XB1", "西北一组"),
}
PEOPLE = (
    ("management", "root", "management"),
    ("director", "root", "director"),
    ("finance", "root", "finance"),
    ("secretary", "root", "sales_ops"),
    ("analyst", "root", "analyst"),
    ("admin", "root", "company_admin"),
    ("east.manager", "east", "regional_manager"),
    ("west.manager", "west", "regional_manager"),
    ("east.supervisor", "SH", "supervisor"),
    ("west.supervisor", "GS", "supervisor"),
    ("rep1", "SH", "rep"),
    ("rep2", "SH", "rep"),
    ("rep3", "SN", "rep"),
    ("rep4", "GS", "rep"),
)
# what a tool may ask for by id
LABELS = (
    "org.unit",
    "org.member",
    "customers.customer",
    "customers.contact",
    "customers.visit",
    "contracts.product",
    "contracts.contract",
    "approvals.case",
    "kpi.period",
    "kpi.review",
    "files.importjob",
)


def tell(dice: random.Random, count: int, customers: int, seed: int) -> list[dict[str, Any]]:
    """One password for all of a run: hashing it once is what keeps a thousand logins quick."""
    password = new_password()
    hashed = make_password(password)
    return [
        one(dice, f"s{seed}-{number}", customers, password, hashed)
        for number in range(1, count + 1)
    ]


def one(
    dice: random.Random, slug: str, customers: int, password: str, hashed: str
) -> dict[str, Any]:
    canary = f"CANARY-{slug.upper()}-{dice.getrandbits(40):010x}"
    with standing(timezone.now() - dt.timedelta(days=400)):
        firm = Firm(found_company(f"{slug} 工业有限公司", slug), canary=canary)
        with company(firm.company.pk):
            Unit.objects.filter(parent=None).update(name=f"{firm.company.name} {canary}")
            add_units(firm, {k: (*u[:3], f"{u[3]} {canary}") for k, u in UNITS.items()})
            for place, (name, unit, role) in enumerate(PEOPLE, 1):
                add_person(
                    firm, f"{slug}.{name} {canary}", unit, role, login=f"{name}@{slug}.example",
                    password=password, hashed=hashed, no=f"{place:03d}",
                )  # fmt: skip
    with company(firm.company.pk):
        live(firm, dice, customers)
        return {
            "id": firm.company.pk,
            "slug": slug,
            "name": firm.company.name,
            "canary": canary,
            "members": [member_of(person) for person in firm.people],
            "ids": {label: ids_of(label) for label in LABELS},
        }


def live(firm: Firm, dice: random.Random, customers: int) -> None:
    """Customers first; a tenth as many contracts, some visits, and work of today."""
    story = history.Story(firm, dice, timezone.now().astimezone(zone()))
    history.add_products(story)
    history.add_customers(story, customers)
    end = story.today - dt.timedelta(days=8)
    if customers:
        history.add_contracts(story, customers // 10, first=end - dt.timedelta(365), last=end)
        visits = end + dt.timedelta(days=7)
        history.add_visits(story, until=visits, days=min(customers, 180), rate=0.4)
    history.add_plans(story)
    history.write_log(story)
    months.close(story, months=1)
    if customers >= len(firm.reps()):
        today.tell(story)
    table = f"客户名称,备注\n{firm.canary} 客户,{firm.canary}\n".encode()
    secretary = firm.the("sales_ops")
    upload(
        SimpleUploadedFile(f"{firm.canary}.csv", table),
        kind="customers.customer",
        unit=firm.units["root"],
        owner=secretary,
        by=secretary,
    )


def member_of(person: Any) -> dict[str, Any]:
    return {
        "id": person.member.pk,
        "name": person.member.name,
        "role": person.role,
        "unit": person.unit.name,
        "login": person.login,
        "password": person.password,
        "token": actions.make_token(person.member, name="seed", by=None),
    }


def ids_of(label: str) -> list[int]:
    return list(apps.get_model(label).objects.order_by("pk").values_list("pk", flat=True))
