"""A6: what is reached by way of something else: jobs, downloads, totals, timelines, suggestions."""

import re
import statistics
import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from contracts.models import Contract
from customers import actions as customers
from customers.models import Customer
from files.models import ImportJob, ImportRow
from org import actions
from org.models import Role
from tests.access import samples, world
from tests.access.world import MISSING, WEST
from tests.conftest import client_of, inside


@pytest.fixture
def stage(acme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return world.build(acme)


@pytest.fixture
def foreign(stage, rival):
    with inside(rival):
        made = {m.__name__: obj for m, obj in samples.build(rival).items()}
        ImportRow.objects.create(job=made["ImportJob"], row_no=2, state="failed",
                                 data={"name": rival.canary})  # fmt: skip
    return made


# --- imports --------------------------------------------------------------------------------------


def test_an_import_is_opened_by_sight_and_its_rows_only_by_who_brought_it(stage, foreign, rival):
    """The rows carry what the importer sees: a name from the west may stand in a message."""
    unit = stage.cast.unit("east_one")
    job = ImportJob.objects.create(
        owner=stage.cast.secretary, unit=unit, org_path=unit.path,
        target_owner=stage.cast.east_rep, kind="customers.customer", filename="b.csv",
        stored="nothing", sha256="0" * 64, size=1, status="checked", total=1, done_rows=1,
        duplicate_count=1,
    )  # fmt: skip
    said = f"公司已有该客户：{stage.west.customer.name}。"
    ImportRow.objects.create(job=job, row_no=2, state="duplicate", data={"name": "西北客户"},
                             messages=[{"column": "name", "text": said}])  # fmt: skip
    wanted = {"secretary": (200, 200, True), "east_supervisor": (200, 403, False),
              "director": (200, 403, False), "east_rep": (404, 404, False),
              "west_manager": (404, 404, False)}  # fmt: skip
    for who, (page_status, rows_status, is_told) in wanted.items():
        client = client_of(world.someone(who))
        page = client.get(f"/files/imports/{job.pk}/")
        rows = client.get(f"/files/imports/{job.pk}/failed/")
        assert (page.status_code, rows.status_code) == (page_status, rows_status), who
        text = page.content.decode() + rows.content.decode("utf-8-sig")
        assert (WEST in text) == is_told, who
        theirs = client.get(f"/files/imports/{foreign['ImportJob'].pk}/failed/")
        assert theirs.status_code == 404
        assert rival.canary not in theirs.content.decode()


def test_a_template_holds_headings_only(stage):
    page = client_of(stage.cast.east_rep).get("/files/imports/template/customers.customer/")
    text = page.content.decode("utf-8-sig")
    assert page.status_code == 200
    for secret in (stage.cast.canary, WEST, stage.customer.name, str(stage.customer.pk)):
        assert secret not in text


def test_a_duplicate_of_a_colleague_or_another_company_is_not_named(stage, foreign, rival):
    """T3: that there is one is said inside the company; across companies not even that."""
    from customers.imports import check
    from files.importers import Context

    with inside(rival):
        customers.create(by=rival.east_rep, name="独一无二精密仪器有限公司")
    rep = stage.cast.east_rep
    unit = stage.cast.unit("east_one")
    rows = [(2, {"name": stage.west.customer.name}), (3, {"name": "独一无二精密仪器有限公司"}),
            (4, {"name": stage.customer.name})]  # fmt: skip
    west, theirs, own = check(rows, Context(by=rep, unit=unit, owner=rep))
    assert west[0].is_duplicate
    assert WEST not in west[0].text
    assert theirs == []
    assert stage.customer.name in own[0].text


# --- timelines, records, panels -------------------------------------------------------------------


def test_a_shared_customers_page_shows_no_contract_that_is_not_seen(stage):
    """A share lends the file; purchases, drafts and their amounts stay with the seller."""
    guest = stage.cast.west_rep
    path = f"/customers/{stage.customer.pk}/"
    assert client_of(guest).get(path).status_code == 404
    customers.share(stage.customer, by=stage.cast.east_rep, member=guest)
    contract = stage.contract
    amount = f"{contract.gross_amount:,.2f}"
    pages = {
        who: client_of(world.someone(who)).get(path).content.decode()
        for who in ("west_rep", "east_rep")
    }
    assert contract.number in pages["east_rep"]
    for secret in (contract.number, amount, contract.title, f"/contracts/{contract.pk}/"):
        assert secret not in pages["west_rep"], secret
    assert stage.customer.name in pages["west_rep"]


def test_the_old_owner_reads_nothing_new_of_a_customer_that_was_handed_over(stage):
    """Own visits and contracts stay readable; the file and what others add to it do not."""
    rep, west = stage.cast.east_rep, stage.west.customer
    Customer.objects.filter(pk=stage.customer.pk).update(
        owner=west.owner_id, unit=west.unit_id, org_path=west.org_path
    )
    fresh = Customer.objects.get(pk=stage.customer.pk)
    new = "新的秘密备注"
    customers.change(fresh, by=stage.cast.west_rep, notes=new, phone="021-58889999")
    later = customers.plan_visit(fresh, by=stage.cast.west_rep, kind="phone",
                                 planned_on=timezone.localdate(), purpose=new)  # fmt: skip
    client = client_of(rep)
    assert client.get(f"/customers/{fresh.pk}/").status_code == 404
    assert client.get(f"/customers/visits/{later.pk}/").status_code == 404
    own = client.get(f"/customers/visits/{stage.visit.pk}/")
    assert own.status_code == 200
    texts = [own.content.decode()] + [
        client.get(p).content.decode()
        for p in (f"/contracts/{stage.contract.pk}/", "/", "/customers/visits/?box=all",
                  "/customers/visits/today/", "/api/v1/visits/", "/api/v1/contacts/",
                  "/api/v1/customers/", "/figures/", "/customers/lookup/?q=华东")
    ]  # fmt: skip
    for text in texts:
        assert new not in text
        assert "58889999" not in text


# --- totals ---------------------------------------------------------------------------------------


def sign(contract, day):
    Contract.objects.filter(pk=contract.pk).update(
        status="signed", signed_on=day, signatory_ours="a", signatory_theirs="b"
    )


def test_no_total_tells_of_rows_that_are_not_seen(stage, foreign, rival):
    """Signing in the west moves no figure of the east, on any page and under any limit."""
    day = timezone.localdate()
    sign(stage.contract, day)
    west = world.someone("west_rep").scope.home.unit_id
    queries = ("", f"?unit={west}", f"?owner={stage.west.member.pk}", "?period=year",
               f"?unit={stage.cast.unit('root').pk}",
               f"?unit={foreign['Customer'].unit_id}")  # fmt: skip
    people = ("east_rep", "east_rep2", "east_supervisor", "east_manager")

    def all_figures():
        found = {}
        for who in (*people, "west_manager"):
            client = client_of(world.someone(who))
            for query in queries:
                text = client.get(f"/figures/{query}").content.decode()
                found[who, query] = re.sub(r"[0-9a-zA-Z-]{32,64}|\d\d:\d\d", "", text)
            text = client.get("/").content.decode()
            found[who, "home"] = re.sub(r"[0-9a-zA-Z-]{32,64}|\d\d:\d\d", "", text)
        return found

    before = all_figures()
    sign(stage.west.contract, day)
    Contract.objects.filter(pk=stage.west.contract.pk).update(
        net_amount=Decimal(777777), tax_amount=0, gross_amount=Decimal(777777)
    )
    customers.check_in(stage.west.customer, by=stage.west.member, kind="field")
    with inside(rival):
        sign(foreign["Contract"], day)
    after = all_figures()
    changed = {key for key in before if before[key] != after[key]}
    assert not {key for key in changed if key[0] in people}
    assert ("west_manager", "") in changed


def test_counts_of_the_navigation_are_ones_own(stage):
    inbox = {
        who: client_of(world.someone(who)).get("/approvals/").content.decode()
        for who in ("east_supervisor", "west_supervisor", "east_rep2")
    }
    assert stage.case.party in inbox["east_supervisor"]
    assert WEST in inbox["west_supervisor"]
    assert WEST not in inbox["east_supervisor"] + inbox["east_rep2"]
    assert stage.case.party not in inbox["east_rep2"]


# --- positions ------------------------------------------------------------------------------------


def test_a_cursor_of_another_opens_no_row(stage, rival):
    """A position is a place in a list, never a right: others' cursors lead to one's own rows."""
    for n in range(30):
        customers.create(by=stage.cast.west_rep, name=f"{WEST}第{n}号客户")
    manager = client_of(stage.cast.west_manager).get("/customers/").content.decode()
    cursor = re.search(r"cursor=([^\"&]+)", manager)[1]
    assert WEST in manager
    for path in ("/customers/", "/contracts/", "/customers/visits/", "/files/imports/"):
        for name in ("east_rep", "east_rep2"):
            page = client_of(world.someone(name)).get(f"{path}?cursor={cursor}")
            assert page.status_code == 200
            assert WEST not in page.content.decode()
    api = client_of(stage.cast.west_manager).get("/api/v1/customers/?page_size=5").json()
    query = api["next"].split("?", 1)[1]
    page = client_of(stage.cast.east_rep).get(f"/api/v1/customers/?{query}")
    assert page.status_code == 200
    assert WEST not in page.content.decode()
    with inside(rival):
        client = client_of(rival.director)
    assert WEST not in client.get(f"/api/v1/customers/?{query}").content.decode()
    assert WEST not in client.get(f"/customers/?cursor={cursor}").content.decode()


# --- withdrawn products ---------------------------------------------------------------------------


def test_a_withdrawn_product_is_no_product_to_a_seller(stage):
    """Neither the draft form nor its sums nor the API tell its name or its price."""
    gone = stage.product.__class__.objects.create(
        name="停售机型", code="OLD-1", list_price=Decimal("123456.00"), is_active=False
    )
    client = client_of(stage.cast.east_rep)
    said = {}
    for pk in (gone.pk, MISSING):
        form = world.new_paper(stage) | {"lines-0-product": str(pk), "lines-0-filled": ""}
        form["action"] = "preview"
        pages = [client.post("/contracts/new/", form), client.post("/contracts/preview/", form),
                 client.get("/contracts/products/lookup/?q=OLD"),
                 client.get(f"/api/v1/products/{pk}/")]  # fmt: skip
        text = "".join(page.content.decode() for page in pages)
        said[pk] = ([p.status_code for p in pages], "停售机型" in text, "123456" in text)
    assert said[gone.pk] == said[MISSING]
    assert said[gone.pk][1:] == (False, False)


def test_a_draft_keeps_the_product_it_was_written_with(stage):
    """The twin: its own line may still name what has been withdrawn since."""
    type(stage.product).objects.filter(pk=stage.product.pk).update(is_active=False)
    client = client_of(stage.cast.east_rep)
    answer = client.post(f"/contracts/{stage.draft.pk}/change/", world.paper(stage))
    assert answer.status_code == 302


# --- time -----------------------------------------------------------------------------------------


def medians(client, pairs):
    took = ([], [])
    for pair in pairs:
        for place, path in enumerate(pair):
            start = time.perf_counter()
            assert client.get(path).status_code == 404
            took[place].append(time.perf_counter() - start)
    return [statistics.median(times) * 1000 for times in took]


def test_a_foreign_id_takes_as_long_as_a_missing_one(stage, foreign, capsys):
    """A7: medians over 200 pairs, in milliseconds; asserted wide, printed exact."""
    client, found = client_of(stage.cast.east_rep), {}
    for what, pattern, theirs in (
        ("other company", "/customers/{}/", foreign["Customer"].pk),
        ("out of sight", "/customers/{}/", stage.west.customer.pk),
        ("api", "/api/v1/contracts/{}/", stage.west.contract.pk),
    ):
        pairs = [(pattern.format(theirs), pattern.format(MISSING))] * (200 if what == "api" else 60)
        one, two = medians(client, pairs)
        found[what] = abs(one - two)
    with capsys.disabled():
        print({what: f"{ms:.3f} ms" for what, ms in found.items()})  # noqa: T201  for bench
    assert max(found.values()) < 5


def test_a_member_of_two_companies_sees_one_at_a_time_in_every_total(stage, foreign, rival):
    user = stage.cast.director.user
    with inside(rival):
        member = actions.add_member(user, name="二")
        actions.start_post(member, unit=rival.unit("root"), role=Role.DIRECTOR,
                           starts_on=timezone.localdate() - timedelta(days=1))  # fmt: skip
    client = client_of(stage.cast.director)
    for own, other in ((stage.cast, rival), (rival, stage.cast)):
        client.post("/org/companies/", {"company": own.company.pk})
        pages = "".join(
            client.get(path).content.decode()
            for path in ("/", "/figures/", "/customers/", "/contracts/", "/approvals/",
                         "/api/v1/customers/", "/org/members/")
        )  # fmt: skip
        assert f"{own.slug}.east_rep" in pages
        assert f"{other.slug}." not in pages
