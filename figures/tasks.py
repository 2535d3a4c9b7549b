"""Celery shells: folding every few seconds, the comparison with the rows every night."""

from celery import shared_task
from django.db import connection
from django.utils import timezone

from figures import actions
from tenancy.calendar import working
from tenancy.jobs import look_everywhere

NIGHT = 1  # o'clock; a night that was missed is made up for by the first look of the day


def companies_with_deltas() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT company_id FROM companies_with_deltas()")
        return [row[0] for row in cursor.fetchall()]


@shared_task(name="figures.fold")
def fold() -> int:
    """Needs no message and no memory: what waits stands in the queue."""
    return look_everywhere("figures.fold", _fold, companies_with_deltas())


def _fold(pk: int) -> int:
    with working(pk):
        return actions.fold()


@shared_task(name="figures.reconcile")
def reconcile() -> int:
    """At night in each company's own zone; how many companies were compared."""
    return look_everywhere("figures.reconcile", _compare)


def _compare(pk: int) -> int:
    with working(pk):
        is_time = timezone.localtime().hour >= NIGHT
        return int(is_time and actions.reconcile_nightly() is not None)
