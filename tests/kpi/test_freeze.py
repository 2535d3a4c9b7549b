"""The snapshot: everybody's and every unit's numbers, each document once, nothing lost."""

import datetime as dt
import random
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Sum
from django.utils import timezone

from approvals.actions import chain_of
from approvals.models import Case
from contracts.chain import KIND
from contracts.models import Contract
from customers import actions as customers
from customers.models import Customer, Visit
from figures.measures import measures
from figures.models import Cell, Delta
from figures.totals import figures
from kpi import actions, counting, reading
from kpi.closing import shifted
from kpi.models import Freeze, Period, Review, Standing, Value
from org import actions as org
from org.models import Post
from tenancy.calendar import seed_workdays, zone
from tenancy.models import JobRun
from tests.story import told

KEYS = tuple(measures)


def at(year, month, day, hour=10, minute=0):
    return dt.datetime(year, month, day, hour, minute, tzinfo=zone())


def close_until(moment):
    """Every step that is due by then, in its order."""
    done = []
    while step := actions.advance(moment):
        done.append(step)
    return done


def visit_on(acme, who, moment, customer=None, summary="谈妥"):
    rep = getattr(acme, who)
    home = rep.scope.home
    place = {"owner": rep, "unit_id": home.unit_id, "org_path": home.path}
    customer = customer or Customer.objects.create(
        name=f"客户{random.random()}", created_at=moment, **place
    )
    return Visit.objects.create(
        customer=customer, status="done", planned_on=moment.date(), checked_in_at=moment,
        checked_out_at=moment, summary=summary, **place,
    )  # fmt: skip


def signed_on(acme, who, day, amount):
    rep = getattr(acme, who)
    home = rep.scope.home
    place = {"owner": rep, "unit_id": home.unit_id, "org_path": home.path}
    customer = Customer.objects.create(name=f"买家{random.random()}", **place)
    then = dt.datetime.combine(day, dt.time(9), zone())
    case = Case.objects.create(
        kind="contracts.contract", object_id=customer.pk, chain=chain_of(KIND), title="合同",
        state="approved", submitted_at=then, decided_at=then, **place,
    )  # fmt: skip
    row = Contract(
        customer=customer, title="合同", status="signed", signed_on=day, case=case,
        signatory_ours="我", signatory_theirs="他", number=f"HT-{customer.pk}",
        net_amount=Decimal(amount), gross_amount=Decimal(amount), **place,
    )  # fmt: skip
    row.save()
    return row


def frozen(month, key, **who):
    rows = Value.objects.in_force().filter(freeze__period__month=month, measure=key)
    return rows.filter(**(who or {"owner__isnull": False})).aggregate(n=Sum("number"))["n"] or 0


def rollup(key, months):
    """What the sums hold of some months, folded or waiting."""
    parts = (Cell.objects.exclude(owner=None), Delta.objects.all())
    return sum(
        rows.filter(measure=key, month__in=months).aggregate(n=Sum("number"))["n"] or 0
        for rows in parts
    )


def nothing_twice_nothing_lost():
    """Sum of the snapshots in force = sum of the rollup over their months, by measure and month."""
    months = list(Period.objects.frozen().values_list("month", flat=True))
    for key in KEYS:
        for month in months:
            kept = Value.objects.in_force().filter(measure=key, month=month).exclude(owner=None)
            assert (kept.aggregate(n=Sum("number"))["n"] or 0) == rollup(key, [month]), (key, month)
    # each document once: its numbers over all snapshots are those of its row
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT v.measure, d.id FROM kpi_value v "
            "JOIN kpi_period p ON p.freeze_id = v.freeze_id "
            "CROSS JOIN LATERAL unnest(v.ids, v.numbers) d (id, number) "
            "WHERE v.measure IN ('visits', 'contracts', 'new_customers') "
            "GROUP BY 1, 2 HAVING sum(d.number) NOT IN (0, 1)) twice"
        )
        assert cursor.fetchone() == (0,)
    # every unit is the sum of its people, the root of all of them
    root = Value.objects.in_force().filter(owner=None, unit__parent=None)
    people = Value.objects.in_force().exclude(owner=None)
    assert root.aggregate(n=Sum("number")) == people.aggregate(n=Sum("number"))


def test_a_month_opens_collects_and_is_frozen_once(acme):
    """KPI-2.1: the appraisal runs month by month."""
    seed_workdays(2026)
    assert close_until(at(2026, 9, 30)) == ["open 2026-09"]
    september = Period.objects.get()
    assert september.reviews.count() == 9  # whoever sells and is there
    visit_on(acme, "east_rep", at(2026, 9, 10))
    assert close_until(at(2026, 9, 30, 23, 59)) == []
    assert close_until(at(2026, 10, 1, 0, 0)) == ["open 2026-10", "collect 2026-09"]
    visit_on(acme, "east_rep", at(2026, 9, 29))
    september.refresh_from_db()
    # 1 to 7 October are holidays, the 10th is a make-up Saturday: 8, 9, 10
    assert september.collects_until == dt.date(2026, 10, 10)
    assert close_until(at(2026, 10, 10, 23, 59)) == []
    assert close_until(at(2026, 10, 11, 0, 0)) == ["freeze 2026-09"]
    assert close_until(at(2026, 10, 11, 0, 0)) == []
    assert frozen(september.month, "visits") == 2
    assert frozen(september.month, "visits", owner=acme.east_rep) == 2
    for name in ("east_one", "east", "root"):
        who = {"owner": None, "unit": acme.unit(name)}
        assert frozen(september.month, "visits", **who) == 2, name
    assert frozen(september.month, "visits", owner=None, unit=acme.unit("west")) == 0
    standing = Standing.objects.get(owner=acme.east_rep)
    assert (standing.unit, standing.role) == (acme.unit("east_one"), "rep")
    nothing_twice_nothing_lost()


def test_what_comes_late_credits_the_first_month_not_frozen_with_its_true_date(acme):
    close_until(at(2026, 8, 20))
    visit_on(acme, "east_rep", at(2026, 8, 5))
    close_until(at(2026, 9, 10))
    assert frozen(dt.date(2026, 8, 1), "visits") == 1
    late = signed_on(acme, "east_rep", dt.date(2026, 8, 31), "500.50")
    visit_on(acme, "east_rep", at(2026, 9, 5))
    close_until(at(2026, 10, 20))
    august, september = (Period.objects.get(month=dt.date(2026, n, 1)) for n in (8, 9))
    assert frozen(august.month, "signed_amount") == 0
    assert frozen(september.month, "signed_amount") == Decimal("500.50")
    value = Value.objects.get(freeze=september.freeze, measure="contracts", owner=acme.east_rep)
    assert (value.month, value.ids, value.number) == (august.month, [late.pk], 1)
    shown = reading.late_of(acme.east_supervisor, september, acme.east_rep)
    assert {part.month for part in shown} == {august.month}
    assert {doc["pk"] for part in shown for doc in part.documents} == {late.pk, late.case_id}
    # the true month of the live figures is as it was
    assert rollup("signed_amount", [august.month]) == Decimal("500.50")
    card = reading.cards(acme.east_rep, september, owner=acme.east_rep)[0]
    assert (card["value"], card["late"]) == (Decimal("500.50"), Decimal("500.50"))
    close_until(at(2026, 11, 20))
    assert frozen(dt.date(2026, 10, 1), "signed_amount") == 0
    nothing_twice_nothing_lost()


def test_what_waits_to_be_credited_late_is_told_where_its_unit_is_seen(acme):
    """KPI-2.1: frozen or not, what was reached in another region is not for the old leader."""
    close_until(at(2026, 8, 20))
    close_until(at(2026, 9, 10))
    signed_on(acme, "east_rep", dt.date(2026, 8, 30), "200")
    there = signed_on(acme, "east_rep", dt.date(2026, 8, 31), "777")
    west = acme.unit("west_one")
    for row in (there, there.customer, there.case):
        type(row).objects.filter(pk=row.pk).update(unit=west, org_path=west.path)
    september = Period.objects.get(month=dt.date(2026, 9, 1))

    def told():
        readers = ("east_supervisor", "west_supervisor", "director", "east_rep")
        late = {name: reading.late_of(getattr(acme, name), september, acme.east_rep)
                for name in readers}  # fmt: skip
        return [sum(p.number for p in parts if p.is_money) for parts in late.values()]

    assert told() == [200, 777, 977, 977]
    close_until(at(2026, 10, 20))
    september.refresh_from_db()
    assert told() == [200, 777, 977, 977]


def test_a_hand_over_moves_nothing_that_was_frozen(acme):
    """T9: whoever owned it on its day keeps the credit."""
    close_until(at(2026, 8, 20))
    visit = visit_on(acme, "east_rep", at(2026, 8, 5))
    close_until(at(2026, 9, 10))
    customers.hand_over(
        [visit.customer], to=acme.east_rep2, reason="调整负责区域", by=acme.east_supervisor
    )
    Visit.objects.filter(pk=visit.pk).update(owner=acme.east_rep2)
    newer = visit_on(acme, "east_rep2", at(2026, 8, 6))
    close_until(at(2026, 10, 20))
    september = dt.date(2026, 9, 1)
    assert frozen(dt.date(2026, 8, 1), "visits", owner=acme.east_rep) == 1
    # the one that came late goes to its owner, the one handed over to nobody
    assert frozen(september, "visits", owner=acme.east_rep2) == 1
    assert frozen(september, "visits", owner=acme.east_rep) == 0
    row = Value.objects.get(freeze__period__month=september, measure="visits", owner=acme.east_rep2)
    assert row.ids == [newer.pk]
    nothing_twice_nothing_lost()


def test_what_was_counted_and_is_gone_is_taken_off_whoever_had_it(acme):
    close_until(at(2026, 8, 20))
    visit = visit_on(acme, "east_rep", at(2026, 8, 5))
    close_until(at(2026, 9, 10))
    Visit.objects.filter(pk=visit.pk).update(status="cancelled")
    close_until(at(2026, 10, 20))
    assert frozen(dt.date(2026, 9, 1), "visits", owner=acme.east_rep) == -1
    nothing_twice_nothing_lost()


def test_a_moved_member_leaves_the_month_with_the_unit_of_that_time(acme):
    close_until(at(2026, 8, 20))
    visit_on(acme, "east_rep", at(2026, 8, 5))
    close_until(at(2026, 9, 10))
    Post.objects.filter(member=acme.east_rep).update(ends_on=dt.date(2026, 9, 14))
    Post.objects.create(
        member=acme.east_rep, unit=acme.unit("west_one"), role="rep", starts_on=dt.date(2026, 9, 15)
    )
    close_until(at(2026, 10, 20))
    stood = Standing.objects.filter(owner=acme.east_rep).order_by("freeze_id")
    assert list(stood.values_list("unit__name", flat=True)) == ["华东一组", "西北一组"]
    assert Value.objects.get(owner=None, unit=acme.unit("east_one"), measure="visits").number == 1
    reviews = {row.period.month.month: row for row in Review.objects.filter(owner=acme.east_rep)}
    units = {n: row.unit.name for n, row in reviews.items()}
    assert (units[8], units[9]) == ("华东一组", "西北一组")
    west, east = acme.anew("west_supervisor"), acme.anew("east_supervisor")
    seen = Review.objects.visible_to(west).filter(
        owner=acme.east_rep, period__month__lt="2026-10-01"
    )
    assert [row.period.month.month for row in seen] == [9]
    seen = Review.objects.visible_to(east).filter(
        owner=acme.east_rep, period__month__lt="2026-10-01"
    )
    assert [row.period.month.month for row in seen] == [8]


def test_a_moved_team_takes_its_months_along_and_the_region_keeps_its_total(acme):
    close_until(at(2026, 8, 20))
    visit_on(acme, "east_rep", at(2026, 8, 5))
    close_until(at(2026, 9, 10))
    august = Period.objects.get(month=dt.date(2026, 8, 1))
    stayed = Standing.objects.get(unit=acme.unit("east_one"), owner=None).place
    org.move_unit(acme.unit("east_one"), target=acme.unit("west"), by=acme.admin)
    for name, number in {"east": 1, "west": 0, "east_one": 1}.items():
        who = {"owner": None, "unit": acme.unit(name)}
        assert frozen(august.month, "visits", **who) == number, name
    assert Standing.objects.get(unit=acme.unit("east_one"), owner=None).place == stayed
    west, east = acme.anew("west_manager"), acme.anew("east_manager")
    mine = Value.objects.filter(owner=acme.east_rep, measure="visits")
    assert mine.visible_to(west).count() == 1
    assert mine.visible_to(east).count() == 0
    assert Review.objects.visible_to(west).filter(owner=acme.east_rep, period=august).exists()
    lines = reading.units_of(east, august, acme.unit("east"))
    assert [line.name for line in lines] == ["华东二组"]


def test_a_close_that_dies_leaves_nothing_and_is_made_up_for(acme, monkeypatch):
    close_until(at(2026, 8, 20))
    visit_on(acme, "east_rep", at(2026, 8, 5))
    close_until(at(2026, 9, 1))

    def dies(*_args, **_kwargs):
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(counting, "stand", dies)
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            actions.advance(at(2026, 9, 10))
    assert not Value.objects.exists()
    assert not JobRun.objects.filter(subject="freeze-1").exists()
    assert close_until(at(2026, 9, 10)) == ["freeze 2026-08"]
    assert frozen(dt.date(2026, 8, 1), "visits") == 1


def test_months_missed_are_closed_in_their_order(acme):
    close_until(at(2026, 5, 20))
    for month in (5, 6, 7, 8):
        visit_on(acme, "east_rep", at(2026, month, 9))
    done = close_until(at(2026, 9, 20))
    assert [step for step in done if step.startswith("freeze")] == [
        f"freeze 2026-0{n}" for n in (5, 6, 7, 8)
    ]
    for month in (5, 6, 7, 8):
        assert frozen(dt.date(2026, month, 1), "visits") == 1
    nothing_twice_nothing_lost()


def test_what_is_frozen_cannot_be_changed_by_the_application(acme):
    close_until(at(2026, 8, 20))
    visit_on(acme, "east_rep", at(2026, 8, 5))
    close_until(at(2026, 9, 10))
    for rows in (Value.objects.all(), Standing.objects.all(), Freeze.objects.all()):
        assert rows.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Value.objects.update(number=F("number") + 1)


def test_whatever_happens_between_the_freezes_every_document_counts_once(acme):
    """A history told by dice: late, cancelled, moved and handed-over documents in four months."""
    dice = random.Random(11)
    close_until(at(2026, 4, 1))
    rows, people = [], ("east_rep", "east_rep2", "bare_rep", "west_rep", "east_supervisor")
    for step in range(60):
        month = 4 + step // 12
        who = dice.choice(people)
        true = dice.randint(4, month)
        if dice.random() < 0.5:
            rows.append(visit_on(acme, who, at(2026, true, dice.randint(1, 28))))
        else:
            day = dt.date(2026, true, dice.randint(1, 28))
            rows.append(signed_on(acme, who, day, dice.randint(1, 9999)))
        if dice.random() < 0.3:
            row = dice.choice(rows)
            to = getattr(acme, dice.choice(people))
            home = to.scope.home
            type(row).objects.filter(pk=row.pk).update(
                owner=to, unit_id=home.unit_id, org_path=home.path
            )
        if dice.random() < 0.2:
            row = dice.choice(rows)
            type(row).objects.filter(pk=row.pk).update(
                status=dice.choice(("cancelled", "done")) if isinstance(row, Visit) else "signed"
            )
        if step % 12 == 11:
            close_until(at(2026, month + 1, 20))
            nothing_twice_nothing_lost()
    assert Period.objects.frozen().count() == 5
    assert Value.objects.filter(month__lt=F("freeze__period__month")).exists()


def test_the_first_month_of_a_told_history_is_the_independent_sum_of_everybody(acme):
    told(acme)
    now = timezone.now()
    last = shifted(now.astimezone(zone()).date().replace(day=1), -1)
    close_until(dt.datetime.combine(last, dt.time(10), zone()))
    close_until(dt.datetime.combine(shifted(last, 1) + dt.timedelta(20), dt.time(10), zone()))
    director = acme.director
    assert Value.objects.exists()
    for row in figures(director, KEYS, last, shifted(last, 1) - dt.timedelta(1), by="member"):
        for key in KEYS:
            assert frozen(last, key, owner_id=row.key) == row.values[key], (row.label, key)
