"""The demo and the companies for tools: complete, consistent, each for itself."""

import json
import subprocess
import sys

import pytest

from tests.database import BASE
from tests.serving import environment, run

ROLES = {
    "公司管理层", "销售总监", "区域销售经理", "销售主管",
    "销售代表", "财务", "销售内勤", "公司管理员",
}  # fmt: skip
STATES = {"draft", "in_review", "returned", "withdrawn", "rejected", "approved", "signed"} | {
    "archived"
}
LOOK = """
from collections import Counter
from approvals.actions import is_stale
from approvals.kinds import kinds
from approvals.models import Case, Decision, Task, Version
from audit.verify import verify
from contracts.models import Contract, Instalment, Line
from customers.models import Customer, Visit
from django.db.models import Sum
from django.utils import timezone
from kit.texthash import digest
from org.models import Member
from tenancy.context import company
from tenancy.models import Company
result = []
for firm in Company.objects.order_by("pk"):
    with company(firm.pk):
        contracts = Contract.objects.select_related("case", "owner", "unit", "customer")
        wrong = []
        for c in contracts:
            if c.lines.aggregate(s=Sum("gross"))["s"] != c.gross_amount:
                wrong.append(("lines", c.pk))
            if c.instalments.aggregate(s=Sum("amount"))["s"] != c.gross_amount:
                wrong.append(("plan", c.pk))
            if c.case_id and digest(kinds["contracts.contract"].snapshot(c)) != c.case.content_hash:
                wrong.append(("hash", c.pk))
            if c.signed_on and c.signed_on > timezone.localdate():
                wrong.append(("future", c.pk))
        for d in Decision.objects.select_related("case"):
            if d.verb == "approve" and d.by_id == d.case.owner_id:
                wrong.append(("own", d.pk))
            if d.at > timezone.now() or d.at < d.case.submitted_at:
                wrong.append(("time", d.pk))
        result.append({
            "slug": firm.slug,
            "states": sorted(set(contracts.values_list("status", flat=True))),
            "tiers": sorted(set(Customer.objects.values_list("tier", flat=True))),
            "customers": Customer.objects.count(),
            "names": list(Customer.objects.order_by("pk").values_list("name", flat=True)[:20]),
            "waiting": {m.role_label: Task.objects.waiting_for(m).count()
                        for m in Member.objects.select_related("company").order_by("pk")},
            "visits_today": Visit.objects.filter(planned_on=timezone.localdate()).count(),
            "wrong": wrong,
            "chain": verify(firm.pk).ok,
        })
"""
CANARY = """
from django.apps import apps
from django.db import connection
from tenancy.context import company
from tenancy.models import Company
result = {}
LABELS = ("org.Unit", "org.Member", "customers.Customer", "customers.Contact", "customers.Visit",
          "customers.TierChange", "contracts.Contract", "contracts.Line", "contracts.Instalment",
          "contracts.Product", "approvals.Case", "approvals.Version", "files.ImportJob")
for firm in Company.objects.filter(slug__startswith="s5-"):
    with company(firm.pk), connection.cursor() as cursor:
        found = {}
        for label in LABELS:
            table = apps.get_model(label)._meta.db_table
            cursor.execute(f"SELECT count(*), count(*) FILTER (WHERE t::text LIKE '%CANARY-%') "
                           f"FROM {table} t")
            found[label] = cursor.fetchone()
        result[firm.slug] = found
"""


def command(clone, folder, *words):
    env = environment(clone, SALESOPS_DATA=str(folder), DJANGO_SETTINGS_MODULE="salesops.settings")
    line = [sys.executable, "manage.py", *words]
    return subprocess.run(line, env=env, cwd=BASE, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def demo(clone_database, tmp_path_factory):
    clone, folder = clone_database(), tmp_path_factory.mktemp("demo")
    done = command(clone, folder, "seed", "--demo")
    assert done.returncode == 0, done.stderr
    return clone, folder


def test_the_logins_are_for_their_owner_alone_and_cover_every_role(demo):
    _clone, folder = demo
    file = folder / "demo-logins.json"
    assert file.stat().st_mode & 0o777 == 0o600
    rows = json.loads(file.read_text())
    assert set(rows[0]) == {"company", "role", "name", "login", "password"}
    assert {row["role"] for row in rows} == ROLES
    for name in ("login", "password"):
        assert len({row[name] for row in rows}) == len(rows)


def test_the_story_is_whole(demo):
    clone, _folder = demo
    found = {row["slug"]: row for row in run(clone, LOOK)}
    first = found["hengyuan"]
    assert set(first["states"]) == STATES
    assert first["tiers"] == ["A", "B", "C", "D"]
    assert first["customers"] == 400
    for role in ("销售主管", "区域销售经理", "财务", "销售总监", "公司管理层", "公司管理员"):
        assert first["waiting"][role] > 0, role
    assert first["visits_today"] >= 16
    for row in (first, found["chutian"]):
        assert row["wrong"] == []
        assert row["chain"]


def test_the_demo_is_told_once(demo):
    clone, folder = demo
    before = (folder / "demo-logins.json").read_text()
    done = command(clone, folder, "seed", "--demo")
    assert done.returncode == 0
    assert (folder / "demo-logins.json").read_text() == before


def test_companies_for_tools(clone_database, tmp_path):
    clone, file = clone_database(), tmp_path / "seed.json"
    words = ("--companies", "2", "--customers", "20", "--seed", "5", "--json", str(file))
    done = command(clone, tmp_path, "seed", *words)
    assert done.returncode == 0, done.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    companies = json.loads(file.read_text())["companies"]
    assert len(companies) == 2
    assert set(companies[0]) == {"id", "slug", "name", "canary", "members", "ids"}
    member = companies[0]["members"][0]
    assert set(member) == {"id", "name", "role", "unit", "login", "password", "token"}
    for one in companies:
        assert len(one["ids"]["customers.customer"]) == 20
        assert all(one["ids"].values()), one["ids"]
    for slug, tables in run(clone, CANARY).items():
        for label, (rows, marked) in tables.items():
            assert rows == marked > 0, (slug, label)


def test_a_company_is_founded_with_its_administrator(clone_database, tmp_path):
    clone = clone_database()
    done = command(
        clone, tmp_path, "create_company", "新立有限公司", "xinli", "--admin", "Admin@xinli.example"
    )
    assert done.returncode == 0, done.stderr
    assert "admin@xinli.example" in done.stdout
    again = command(clone, tmp_path, "create_company", "新立有限公司", "xinli")
    assert again.returncode == 1
    assert "already" in again.stderr


def test_every_address_is_listed_with_its_rule(clone_database, tmp_path):
    done = command(clone_database(), tmp_path, "list_endpoints", "--json")
    rows = {row["pattern"]: row for row in json.loads(done.stdout)}
    assert rows["/contracts/<int:pk>/submit/"] == {
        "pattern": "/contracts/<int:pk>/submit/",
        "name": "contracts:submit",
        "methods": ["POST"],
        "rule": "contracts.submit",
        "rules": {},
        "model": "contracts.Contract",
    }
    unguarded = [p for p, row in rows.items() if not row["rule"] and not p.startswith("/operator/")]
    assert unguarded == []


BULK = """
from django.db.models import Count
from figures.actions import differences
from figures.models import Delta
from customers.models import Customer, Contact, Visit
from contracts.models import Contract
from tenancy.context import company
from tenancy.models import Company
firm = Company.objects.get(slug="b3-400")
with company(firm.pk):
    result = {
        "customers": Customer.objects.count(),
        "found": Customer.objects.search(Customer.objects.first().name[2:5]).count(),
        "owners": Customer.objects.values("owner").distinct().count(),
        "contacts": Contact.objects.count(),
        "visits": Visit.objects.count(),
        "contracts": Contract.objects.count(),
        "waiting": Delta.objects.count(),
        "differences": len(differences()),
    }
    Customer.objects.create(name="后来的公司", owner=Customer.objects.first().owner,
        unit=Customer.objects.first().unit, org_path=Customer.objects.first().org_path)
"""


def test_a_large_company_comes_by_copy_with_its_figures(clone_database, tmp_path):
    clone, file = clone_database(), tmp_path / "bulk.json"
    done = command(clone, tmp_path, "seed", "--size", "400", "--seed", "3", "--json", str(file))
    assert done.returncode == 0, done.stderr
    told = json.loads(file.read_text())["companies"][0]
    assert {"director", "regional_manager", "supervisor", "rep"} <= {
        member["role"] for member in told["members"]
    }
    found = run(clone, BULK)
    assert found.pop("found") > 0
    assert found == {
        "customers": 400, "owners": 2, "contacts": 400, "visits": 1200, "contracts": 200,
        "waiting": 0, "differences": 0,
    }  # fmt: skip
