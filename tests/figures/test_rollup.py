"""The rollup equals its rows for every role, at once, whatever is moved, handed over or killed."""

import datetime as dt
import json
import threading
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from contracts import actions as contracts
from customers import actions as customers
from customers.models import Customer
from figures import actions, tasks
from figures.measures import measures
from figures.models import Cell, Delta
from figures.totals import figures, split
from org import actions as org
from org.models import Post
from tenancy.context import company
from tenancy.models import JobRun, Outbox
from tests.cast import PEOPLE
from tests.conftest import cast_of, client_of
from tests.contracts.conftest import make_contract
from tests.contracts.steps import through
from tests.story import told

KEYS = tuple(measures)
EVERYBODY = tuple(name for name in PEOPLE if name != "disabled")
# each measure once more, by hand: table, day, number, condition
INDEPENDENT = {
    "signed_amount": (
        "contracts_contract", "signed_on", "sum(gross_amount)", "status IN ('signed', 'archived')",
    ),
    "contracts": ("contracts_contract", "signed_on", "count(*)", "status IN ('signed','archived')"),
    "visits": ("customers_visit", "checked_in_at", "count(*)", "status = 'done'"),
    "effective_visits": (
        "customers_visit", "checked_in_at", "count(*)", "status = 'done' AND summary <> ''",
    ),
    "new_customers": ("customers_customer", "created_at", "count(*)", "archived_at IS NULL"),
    "decided_cases": (
        "approvals_case", "decided_at", "count(*)", "state IN ('approved', 'rejected')",
    ),
    "approval_hours": (
        "approvals_case", "decided_at",
        "sum(round(extract(epoch FROM decided_at - submitted_at) / 3600, 2))",
        "state IN ('approved', 'rejected')",
    ),
}  # fmt: skip
# the roles of the house that look over a unit; a rep, and whoever only administers, over none
LOOKS = frozenset(
    {"management", "director", "regional_manager", "supervisor", "finance", "sales_ops", "analyst"}
)


def by_hand(member, key, first, last):
    """Own rows and those at units below a post that looks over them, asked in plain SQL."""
    table, at, number, where = INDEPENDENT[key]
    day = at if at.endswith("_on") else f"({at} AT TIME ZONE 'Asia/Shanghai')::date"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce({number}, 0) FROM {table} t WHERE {where} "
            f"AND {day} BETWEEN %s AND %s AND (owner_id = %s OR EXISTS ("
            "  SELECT 1 FROM org_post p JOIN org_unit over ON over.id = p.unit_id "
            "  JOIN org_unit u ON u.id = t.unit_id AND u.path LIKE over.path || '%%' "
            "  WHERE p.member_id = %s AND p.role = ANY(%s) AND p.starts_on <= CURRENT_DATE "
            "  AND (p.ends_on IS NULL OR p.ends_on >= CURRENT_DATE)))",
            [first, last, member.pk, member.pk, list(LOOKS)],
        )
        return cursor.fetchone()[0]


def agree(acme, people=EVERYBODY, days=None):
    """Every total of everybody, in every cut, against the sum by hand."""
    today = timezone.localdate()
    first, last = days or ((today - dt.timedelta(400)).replace(day=1), today)
    for who in people:
        member = acme.anew(who)
        row = figures(member, KEYS, first, last)[0]
        expected = {key: by_hand(member, key, first, last) for key in KEYS}
        assert row.values == expected, who
        for way in ("region", "team", "member", "month"):
            rows = figures(member, KEYS, first, last, by=way)
            sums = {key: sum(row.values[key] for row in rows) for key in KEYS}
            assert sums == expected, (who, way)


def signed(acme):
    """A contract through the real chain, signed today."""
    contracts.seed_vat_rates()
    rep = acme.east_rep
    contract = make_contract(rep, customers.create(by=rep, name="现签现算有限公司"))
    through(acme, contract)
    return contracts.sign(
        contract, by=rep, signed_on=timezone.localdate(), signatory_ours="我", signatory_theirs="他"
    )


def test_every_total_of_every_role_is_the_independent_sum(acme):
    told(acme)
    assert Delta.objects.exists()
    agree(acme)
    while actions.fold(7):
        pass
    assert not Delta.objects.exists()
    agree(acme)
    assert actions.differences() == []


def test_days_that_are_no_whole_months_are_the_independent_sum_too(acme):
    told(acme)
    actions.fold()
    today = timezone.localdate()
    spans = [
        (today - dt.timedelta(45), today - dt.timedelta(10)),
        (today - dt.timedelta(70), today),
        (today.replace(day=1) - dt.timedelta(5), today.replace(day=1) - dt.timedelta(2)),
    ]
    for days in spans:
        agree(acme, ("director", "east_manager", "east_rep"), days)


def test_the_director_sees_a_signature_at_once_and_after_folding(acme):
    ask = (acme.director, ("signed_amount", "contracts", "decided_cases"), *month())
    contract = signed(acme)
    row = figures(*ask)[0]
    assert row.values == {
        "signed_amount": contract.gross_amount, "contracts": 1, "decided_cases": 1,
    }  # fmt: skip
    waiting = Delta.objects.count()
    assert waiting
    assert actions.fold() == waiting
    assert figures(*ask)[0].values == row.values
    assert actions.fold() == 0


def test_what_is_rolled_back_is_not_counted(acme):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        customers.create(by=acme.east_rep, name="不存在的公司")
        assert Delta.objects.count() == 1
        raise ZeroDivisionError
    assert not Delta.objects.exists()


def test_a_fold_that_dies_leaves_every_number_as_it_was(acme):
    told(acme)
    before = Delta.objects.count()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        assert actions.fold() == before
        raise ZeroDivisionError
    assert Delta.objects.count() == before
    assert not Cell.objects.exists()
    agree(acme, ("director",))


def test_shares_and_tasks_are_read_but_not_counted(acme):
    told(acme)
    west = acme.west_rep
    before = figures(west, KEYS, *month())[0].values
    mine = customers.create(by=acme.east_rep, name="借看一眼有限公司")
    customers.share(mine, member=west, by=acme.east_rep)
    west = acme.anew("west_rep")
    assert Customer.objects.visible_to(west).filter(pk=mine.pk).exists()
    row = figures(west, KEYS, *month())[0]
    assert row.values == before
    shown = client_of(west).get(row.urls["new_customers"]).context["page"].queryset
    assert shown.count() == row.values["new_customers"]
    assert mine not in shown
    agree(acme)


def month():
    today = timezone.localdate()
    return today.replace(day=1), today


def test_a_customer_handed_over_takes_its_numbers_along(acme):
    told(acme)
    actions.fold()
    moved = list(Customer.objects.filter(owner=acme.east_rep)[:3])
    customers.hand_over(moved, to=acme.west_rep, reason="负责人调岗，客户移交", by=acme.director)
    agree(acme)
    actions.fold()
    agree(acme)
    assert actions.differences() == []


def test_a_moved_team_rewrites_no_sum(acme):
    told(acme)
    actions.fold()
    kept = list(Cell.objects.order_by("pk").values_list("pk", "unit", "number"))
    east = figures(acme.east_manager, KEYS, *month())[0].values
    assert any(east.values())
    org.move_unit(acme.unit("east_one"), target=acme.unit("west"), by=acme.admin)
    assert not Delta.objects.exists()
    assert list(Cell.objects.order_by("pk").values_list("pk", "unit", "number")) == kept
    agree(acme)


def test_archived_customers_leave_and_come_back(acme):
    told(acme)
    customer = Customer.objects.active().filter(owner=acme.east_rep).first()
    customers.archive(customer, by=acme.director)
    agree(acme, ("director", "east_rep"))
    customers.restore(customer, by=acme.director)
    agree(acme, ("director", "east_rep"))


def test_an_ended_post_and_a_disabled_member(acme):
    told(acme)
    actions.fold()
    post = Post.objects.get(member=acme.east_manager)
    org.end_post(post, by=None, ends_on=timezone.localdate() - dt.timedelta(1))
    agree(acme)
    org.disable(acme.east_rep2, by=None)
    agree(acme, ("director", "east_supervisor"))
    manager = acme.anew("east_manager")
    assert not any(figures(manager, KEYS, *month())[0].values.values())


def test_the_best_people_alone(acme):
    told(acme)
    first = (timezone.localdate() - dt.timedelta(100)).replace(day=1)
    ask = (acme.director, ("visits",), first, timezone.localdate())
    everybody = sorted(figures(*ask, by="member"), key=lambda row: (-row.values["visits"], row.key))
    best = {row.key: row.values["visits"] for row in figures(*ask, by="member", most=2)}
    assert best == {row.key: row.values["visits"] for row in everybody[:2]}


def test_every_measure_is_credited_by_a_trigger(acme):
    """A measure without one would show nothing; the comparison would find it, a day late."""
    for measure in measures.values():
        table = measure.model.lower().replace(".", "_")
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_trigger WHERE tgrelid = %s::regclass "
                "AND tgname LIKE '%%credits%%'",
                [table],
            )
            assert cursor.fetchone() == (3,), measure.key
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", [f"{table}_credits"])
            assert f"'{measure.key}'" in cursor.fetchone()[0]


# --- the nightly comparison ---


def spoil():
    """As if a trigger had been switched off: a person's sum, a unit's sum, and a missing one."""
    Cell.objects.filter(pk=Cell.objects.filter(owner=None).first().pk).update(number=1000)
    mine = Cell.objects.exclude(owner=None)
    Cell.objects.filter(pk=mine.first().pk).update(number=2000)
    Cell.objects.filter(pk=mine.last().pk).delete()


def test_differences_are_found_told_and_put_right(acme, caplog):
    told(acme)
    actions.fold()
    spoil()
    found = actions.reconcile(is_repair=False)
    assert len(found) >= 3
    assert actions.differences() == found
    assert actions.reconcile() == found
    assert "figures differ from their rows" in caplog.text
    assert actions.differences() == []
    agree(acme, ("director", "east_supervisor", "east_rep"))
    assert Outbox.objects.filter(topic="figures.differ").count() == 1


def test_the_sums_can_be_made_from_nothing(acme):
    told(acme)
    Delta.objects.all().delete()
    assert actions.reconcile()
    assert actions.differences() == []
    agree(acme, ("director", "east_rep"))


def test_the_comparison_runs_once_a_night(acme, monkeypatch):
    told(acme)
    monkeypatch.setattr(tasks, "NIGHT", 0)
    assert tasks.reconcile() == 2
    assert tasks.reconcile() == 0
    run = JobRun.objects.get(job="figures.reconcile")
    assert run.did == {"differences": 0, "first": []}
    assert run.finished_at


def test_the_command_names_what_differs_and_fails(acme):
    told(acme)
    tasks.fold()
    out = StringIO()
    call_command("reconcile", "--json", stdout=out)
    assert all(row["differences"] == [] for row in json.loads(out.getvalue()))
    spoil()
    with pytest.raises(CommandError):
        call_command("reconcile", stdout=StringIO())
    call_command("reconcile", "--repair", stdout=StringIO())
    call_command("reconcile", stdout=StringIO())


@pytest.mark.django_db(transaction=True)
def test_folding_beside_writers_counts_everything_once():
    """Three writers and two folders at once; each change is in exactly one place."""
    acme = cast_of("acme")
    with company(acme.company.pk):
        told(acme, customers=6, contracts=0)
        expected = Customer.objects.count() + 30
    stop, errors = threading.Event(), []

    def write(number):
        for place in range(10):
            with company(acme.company.pk):
                row = Customer.objects.filter(owner=acme.east_rep).first()
                row.pk, row.name, row.credit_code = None, f"并发{number}-{place}", ""
                row.save(force_insert=True)

    def fold():
        while not stop.is_set():
            with company(acme.company.pk):
                actions.fold(3)

    def guarded(work, *args):
        try:
            work(*args)
        except Exception as error:  # noqa: BLE001  told by the main thread
            errors.append(error)
        finally:
            connection.close()

    with company(acme.company.pk):
        assert acme.east_rep.pk
    writers = [threading.Thread(target=guarded, args=(write, number)) for number in range(3)]
    folders = [threading.Thread(target=guarded, args=(fold,)) for _number in range(2)]
    for thread in writers + folders:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in folders:
        thread.join()
    assert errors == []
    with company(acme.company.pk):
        assert actions.differences() == []
        while actions.fold():
            pass
        first = (timezone.localdate() - dt.timedelta(400)).replace(day=1)
        row = figures(acme.director, ("new_customers",), first, timezone.localdate())[0]
        assert row.values["new_customers"] == Customer.objects.active().count() == expected


def test_months_and_the_days_beside_them():
    day, year = dt.date, timezone.localdate().year - 1
    assert split(day(year, 1, 1), day(year, 3, 31)) == ((day(year, 1, 1), day(year, 3, 1)), [])
    assert split(day(year, 1, 5), day(year, 1, 20)) == (None, [(day(year, 1, 5), day(year, 1, 20))])
    assert split(day(year, 1, 5), day(year, 3, 20)) == (
        (day(year, 2, 1), day(year, 2, 1)),
        [(day(year, 1, 5), day(year, 1, 31)), (day(year, 3, 1), day(year, 3, 20))],
    )
    assert split(day(year, 1, 31), day(year, 2, 1)) == (
        None,
        [(day(year, 1, 31), day(year, 1, 31)), (day(year, 2, 1), day(year, 2, 1))],
    )


def test_each_measure_has_its_sum_by_hand():
    assert set(INDEPENDENT) == set(measures)
