"""A job of the clock wanted now: claimed for the minute, done by the worker or else right here."""

from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from kit.because import Refused
from org.access import check
from org.models import Member
from tenancy.actions import claim, post
from tenancy.jobs import jobs, run_asked
from tenancy.models import JobRun, Outbox

ASKED = "asked"
PATIENCE = timedelta(minutes=1)


def run_job(key: str, *, by: Member) -> JobRun | None:
    """None when it was asked for in this very minute already: whoever clicks twice gets one run."""
    check(by, "org.run_job")
    if key not in jobs or jobs[key].work is None:
        raise Refused(_("There is no such job to run."), code="unknown")
    run = claim(key, f"{timezone.localtime():%Y-%m-%d %H:%M}", ASKED)
    if run is None:
        return None
    run.asked_by_id = by.pk
    run.save(update_fields=["asked_by_id"])
    if is_worker_away():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '20s'")
            run_asked({"job": key, "run": run.pk})
            cursor.execute("SET LOCAL statement_timeout = 0")
    else:
        post("tenancy.job", job=key, run=run.pk)
    record("org.run_job", run, by=by, after={"job": key})
    return run


def is_worker_away() -> bool:
    """Whether news lies untouched that a sweep would have taken up within seconds."""
    late = timezone.now() - PATIENCE
    return Outbox.objects.filter(sent_at=None, tries=0, due_at__lt=late).exists()
