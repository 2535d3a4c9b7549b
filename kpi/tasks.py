"""Celery shell: the months of every company, by its own zone and calendar."""

import logging

from celery import shared_task

from kit.because import Refused
from kpi import actions
from tenancy.calendar import working
from tenancy.jobs import beat, look_everywhere

log = logging.getLogger(__name__)


@shared_task(name="kpi.close")
def close() -> int:
    """Each step in a transaction of its own, until nothing is due; how many steps were done."""
    return look_everywhere(actions.JOB, _close)


def _close(pk: int) -> int:
    steps = 0
    while _step(pk):
        steps += 1
    with working(pk):
        actions.enrol_daily()
        beat(actions.JOB, {"steps": steps})
    return steps


def _step(pk: int) -> bool:
    try:
        with working(pk):
            did = actions.advance()
    except Refused as refused:
        # another beat was faster; what is left is found the next time
        log.info("company %s: %s", pk, refused.detail)
        return False
    if did:
        log.info("company %s: %s", pk, did)
    return did is not None
