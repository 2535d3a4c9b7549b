"""Celery shells: the sweep that turns outbox rows into work, company by company."""

from celery import shared_task
from django.db import connection, transaction

from tenancy import actions
from tenancy.calendar import working
from tenancy.jobs import look_everywhere, run_everywhere


def companies_with_news() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT company_id FROM companies_with_news()")
        return [row[0] for row in cursor.fetchall()]


@shared_task(name="tenancy.sweep")
def sweep() -> int:
    """Deliver what waits in every company; runs every second or two and needs no message."""
    return look_everywhere("tenancy.sweep", _sweep, companies_with_news())


def _sweep(pk: int) -> int:
    def later(row: int, tries: int) -> None:
        transaction.on_commit(lambda: run.delay(pk, row, tries))

    with working(pk):
        return actions.deliver(later=later)


@shared_task(name="tenancy.tidy")
def tidy() -> int:
    """Once a day in every company, whichever beat comes first (E1: exactly once)."""
    return run_everywhere("tenancy.tidy")


@shared_task(name="tenancy.run")
def run(company_id: int, row_id: int, tries: int) -> bool:
    """Long work of one outbox row, in transactions of its own."""
    return actions.run(company_id, row_id, tries)
