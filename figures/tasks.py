"""Celery shells: folding every few seconds, the comparison with the rows every night."""

from datetime import datetime

from celery import shared_task
from django.db import connection

from figures import actions
from tenancy.calendar import zone
from tenancy.context import Origin, company
from tenancy.models import Company

QUIET = range(1, 6)  # hours of the night


def companies_with_deltas() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT company_id FROM companies_with_deltas()")
        return [row[0] for row in cursor.fetchall()]


@shared_task(name="figures.fold")
def fold() -> int:
    """Needs no message and no memory: what waits stands in the queue."""
    done = 0
    for pk in companies_with_deltas():
        with company(pk, came=Origin(channel="job")):
            done += actions.fold()
    return done


@shared_task(name="figures.reconcile")
def reconcile() -> int:
    """At night in each company's own zone; how many companies were compared."""
    done = 0
    for pk in Company.objects.filter(is_active=True).values_list("pk", flat=True):
        with company(pk, came=Origin(channel="job")):
            if datetime.now(zone()).hour in QUIET and actions.reconcile_nightly():
                done += 1
    return done
