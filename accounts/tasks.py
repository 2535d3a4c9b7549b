"""Celery shell: old login attempts are let go."""

from celery import shared_task

from accounts import actions


@shared_task(name="accounts.tidy")
def tidy() -> int:
    return actions.tidy()
