"""Celery shells: the clock of every company."""

from celery import shared_task

from approvals import actions
from tenancy.context import Origin, company
from tenancy.jobs import beat
from tenancy.models import Company


@shared_task(name="approvals.clock")
def clock() -> int:
    """Every few minutes: reminders and what is told upward; a company's fault is its own."""
    done = 0
    for pk in Company.objects.filter(is_active=True).values_list("pk", flat=True):
        with company(pk, came=Origin(channel="job")):
            did = actions.run_clock()
            beat("approvals.clock", did)
            done += sum(did.values())
    return done
