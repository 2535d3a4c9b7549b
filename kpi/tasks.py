"""Celery shell: the months of every company, by its own zone and calendar."""

import logging

from celery import shared_task

from kit.because import Refused
from kpi import actions
from tenancy.context import Origin, company
from tenancy.jobs import beat
from tenancy.models import Company

log = logging.getLogger(__name__)


@shared_task(name="kpi.close")
def close() -> int:
    """Each step in a transaction of its own, until nothing is due; how many steps were done."""
    done = 0
    for pk in Company.objects.filter(is_active=True).values_list("pk", flat=True):
        steps = 0
        while _step(pk):
            steps += 1
        with company(pk, came=Origin(channel="job")):
            actions.enrol_daily()
            beat(actions.JOB, {"steps": steps})
        done += steps
    return done


def _step(pk: int) -> bool:
    try:
        with company(pk, came=Origin(channel="job")):
            did = actions.advance()
    except Refused as refused:
        # another beat was faster; what is left is found the next time
        log.info("company %s: %s", pk, refused.detail)
        return False
    if did:
        log.info("company %s: %s", pk, did)
    return did is not None
