"""Celery shell: owners are reminded of visits and customers, once a working day and company."""

from celery import shared_task

from tenancy.jobs import run_everywhere


@shared_task(name="customers.remind")
def remind() -> int:
    return run_everywhere("customers.remind")
