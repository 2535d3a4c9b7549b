"""Celery shells: the clock of every company."""

from celery import shared_task

from approvals import actions
from tenancy.context import Origin, company
from tenancy.models import Company


@shared_task(name="approvals.clock")
def clock() -> int:
    """Every few minutes: reminders and what is told upward; a company's fault is its own."""
    done = 0
    for pk in Company.objects.filter(is_active=True).values_list("pk", flat=True):
        with company(pk, came=Origin(channel="job")):
            done += sum(actions.run_clock().values())
    return done
