"""Celery shells: the clock of every company."""

from celery import shared_task

from approvals import actions
from tenancy.calendar import working
from tenancy.jobs import beat, look_everywhere


@shared_task(name="approvals.clock")
def clock() -> int:
    """Every few minutes: reminders and what is told upward."""
    return look_everywhere("approvals.clock", _look)


def _look(pk: int) -> int:
    with working(pk):
        did = actions.run_clock()
        beat("approvals.clock", did)
    return sum(did.values())
