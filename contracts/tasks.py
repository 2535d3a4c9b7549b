"""Celery shells: owners are reminded of their contracts, once a working day in every company."""

from celery import shared_task

from tenancy.jobs import run_everywhere


@shared_task(name="contracts.tell_ending")
def tell_ending() -> int:
    return run_everywhere("contracts.tell_ending")


@shared_task(name="contracts.remind")
def remind() -> int:
    return run_everywhere("contracts.remind")
