"""S14: the close of a month for 5,000 people, beside the bare sums; printed, not asserted."""

import datetime as dt
import sys
import time

import pytest
from django.db import connection

from accounts.models import User
from customers.models import Customer, Visit
from figures.actions import fold
from kpi import actions
from kpi.models import Period, Standing, Value
from org import actions as org
from org.models import Member, Post
from salesops.bench.bare import MONTH
from tenancy.context import required
from tests.kpi.test_freeze import at, close_until, nothing_twice_nothing_lost

REPS, TEAM, VISITS = 5000, 10, 40
FILL = """
INSERT INTO customers_visit
  (company_id, owner_id, unit_id, org_path, customer_id, status, summary, planned_on,
   checked_in_at, {columns})
SELECT company_id, owner_id, unit_id, org_path, c.id, 'done', '谈妥', t::date, t, {values}
  FROM customers_customer c
 CROSS JOIN LATERAL (SELECT %s::timestamptz + n * interval '11 hours' AS t
                       FROM generate_series(1, %s) n) moments
 WHERE c.company_id = %s
"""
# what the models fill in by themselves
GIVEN = {"company", "owner", "unit", "org_path", "customer", "status", "summary", "planned_on",
         "checked_in_at", "id"}  # fmt: skip


def sold(acme, reps):
    """So many sellers in teams of ten, each with a customer of August."""
    teams = [
        org.add_unit(f"第{n}组", parent=acme.unit("east" if n % 2 else "west"), kind="team")
        for n in range(reps // TEAM)
    ]
    users = User.objects.bulk_create(
        User(login=f"n{n}@x.example", password="") for n in range(reps)
    )
    people = Member.objects.bulk_create(Member(user=u, name=u.login) for u in users)
    Post.objects.bulk_create(
        Post(member=one, unit=teams[n // TEAM], role="rep", starts_on=dt.date(2024, 1, 1))
        for n, one in enumerate(people)
    )
    Customer.objects.bulk_create(
        Customer(
            name=f"客户{n}", owner=one, unit=teams[n // TEAM], org_path=teams[n // TEAM].path,
            created_at=at(2026, 8, 5),
        )
        for n, one in enumerate(people)
    )  # fmt: skip


def visited(moment, number):
    """So many visits of every customer from a moment on."""
    one = Visit(customer_id=0, planned_on=moment.date())
    rest = [f for f in Visit._meta.concrete_fields if f.name not in GIVEN]
    values = {f.column: f.get_db_prep_save(f.pre_save(one, add=True), connection) for f in rest}
    text = FILL.replace("{columns}", ", ".join(values))
    text = text.replace("{values}", ", ".join("%s" for _ in values))
    with connection.cursor() as cursor:
        cursor.execute(text, [*values.values(), moment, number, required()])
    while fold():
        pass


def seconds(act):
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def bare(first, last):
    with connection.cursor() as cursor:
        cursor.execute(MONTH, {"company": required(), "first": first, "last": last})


@pytest.mark.nightly
def test_the_month_of_5000_people(acme, capsys):
    close_until(at(2026, 8, 3))
    sold(acme, REPS)
    visited(at(2026, 8, 4), VISITS)
    actions.enrol(Period.objects.get(), moment=at(2026, 8, 31))
    close_until(at(2026, 9, 1))
    plain = min(seconds(lambda: bare(at(2026, 8, 1), at(2026, 9, 1))) for _ in range(3))
    first = seconds(lambda: close_until(at(2026, 9, 10)))
    assert Standing.objects.filter(owner__isnull=False).count() >= REPS
    # every customer was visited once more in August, which is written down in September
    visited(at(2026, 8, 29), 1)
    visited(at(2026, 9, 1), VISITS)
    close_until(at(2026, 10, 1))
    second = seconds(lambda: close_until(at(2026, 10, 20)))
    assert Value.objects.filter(month__lt="2026-09-01", freeze__period__month="2026-09-01").exists()
    nothing_twice_nothing_lost()
    with capsys.disabled():
        sys.stdout.write(
            f"\nclose of {REPS} people, {REPS * VISITS} visits: {first:.1f} s, with {REPS} late "
            f"ones {second:.1f} s; the bare sums {plain:.2f} s\n"
        )
