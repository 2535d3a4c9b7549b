"""Jobs of the clock: what is due in a company, once for each period, in order, after any pause."""

import datetime as dt
import logging
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from kit.calendar import add_workdays, days_of, is_workday
from kit.registry import bind
from tenancy.actions import claim
from tenancy.calendar import work_table, working, zone
from tenancy.models import Company, JobRun

Did = Mapping[str, Any]
# (after this day, up to this day) -> numbers
Work = Callable[[dt.date, dt.date], Did]
MOST_DAYS = 7
FURTHEST = dt.timedelta(days=92)
MOST_TRIES = 5
FIRST_WAIT = dt.timedelta(minutes=5)
LATEST = "latest"
# done, or tried so often that the days after it wait no longer
OVER = Q(error="") | Q(tries__gte=MOST_TRIES)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Job:
    """One job in words, how often it runs, and its work for a span of days.

    `pace` is "workday" and "day" for what this module runs by days; "night" and "always" for what
    has a clock of its own, with `seconds` between two looks. `numbers` names what `did` counts,
    `state` tells how it stands where no run is noted.
    """

    key: str
    label: str
    text: str
    pace: str
    work: Work | None = None
    seconds: int = 0
    starts: dt.time = dt.time(0)
    numbers: Mapping[str, str] = field(default_factory=dict)
    state: Callable[[], Did] | None = None
    order: int = 50

    @property
    def is_by_days(self) -> bool:
        return self.pace in {"workday", "day"}


jobs: dict[str, Job] = {}


def job(*, clause: str = "", **facts: Any) -> None:
    """Make a job known; called at start-up by the floor that owns it."""
    known = Job(**facts)
    jobs[known.key] = known
    if clause:
        bind(clause, "job", known.key, "times out")


def companies() -> list[int]:
    return list(Company.objects.filter(is_active=True).order_by("pk").values_list("pk", flat=True))


def run_everywhere(key: str) -> int:
    """What is due of a job by days in every company; a company's fault is its own."""
    return sum(run_due(pk, jobs[key]) for pk in companies())


def look_everywhere(
    key: str, look: Callable[[int], int], ids: Iterable[int] | None = None
) -> int:
    """The look of a job with a clock of its own into every company, or those given.

    A company's fault is its own: it is noted, the next ones are looked at, and only then it is
    raised for whoever watches the worker.
    """
    done, fault = 0, None
    for pk in companies() if ids is None else ids:
        try:
            done += look(pk)
        except Exception as error:  # noqa: BLE001  as in `run_due`
            log.warning("job %s, company %s: %s", key, pk, traced(error))
            fault = error
            if key in jobs and jobs[key].work:
                with working(pk):
                    beat(key, {}, error=type(error).__name__)
    if fault:
        raise fault
    return done


def run_due(company_id: int, known: Job) -> int:
    """The days that have not been done yet, oldest first, each in a transaction of its own.

    A day that fails is undone, noted and tried again later; the days after it wait, so that
    nothing is told out of order.
    """
    done = 0
    with working(company_id):
        after, days = due_days(known)
    for day in days:
        try:
            with working(company_id):
                run = begin(known.key, f"{day}")
                if run is not None:
                    finish(run, known.work(after, day))
                    done += 1
                elif (ended := ending_of(known.key, f"{day}")) is None:
                    break
                elif ended.error:
                    continue  # the next day takes what this one could not do
        except Exception as error:  # noqa: BLE001  noted for people; the next company goes on
            log.warning("job %s, company %s, %s: %s", known.key, company_id, day, traced(error))
            with working(company_id):
                note_failure(known.key, f"{day}", error)
            break
        after = day
    return done


def ending_of(key: str, period: str) -> JobRun | None:
    """The run that is done or given up; None while it is to be tried again."""
    rows = JobRun.objects.filter(OVER, job=key, period=period, subject="")
    return rows.exclude(finished_at=None).first()


def due_days(known: Job) -> tuple[dt.date, list[dt.date]]:
    """Where the last run ended, and the days to be done now.

    Of a pause at most the last seven days are done one by one; the first of them takes what is
    older. What tells people something does so on working days alone.
    """
    now, table = timezone.now().astimezone(zone()), work_table()
    today = now.date()
    if known.pace == "day":
        return today - dt.timedelta(days=1), [today]
    if now.time() < known.starts or not is_workday(today, table):
        return today, []
    rows = JobRun.objects.filter(job=known.key, subject="", error="").exclude(finished_at=None)
    last = rows.order_by("-period").values_list("period", flat=True).first()
    if last:
        after = max(dt.date.fromisoformat(last), today - FURTHEST)
    else:
        after = add_workdays(today, -1, table)
    first = max(after + dt.timedelta(days=1), today - dt.timedelta(days=MOST_DAYS - 1))
    return after, [day for day in days_of(first, today) if is_workday(day, table)]


def begin(key: str, period: str) -> JobRun | None:
    """Claim the period; one that failed is claimed again when its time has come."""
    if run := claim(key, period):
        return run
    failed = JobRun.objects.filter(job=key, period=period, subject="", tries__lt=MOST_TRIES)
    for row in failed.exclude(error="").select_for_update(skip_locked=True):
        if timezone.now() >= row.finished_at + FIRST_WAIT * 2 ** (row.tries - 1):
            row.started_at, row.error, row.finished_at = timezone.now(), "", None
            row.save(update_fields=["started_at", "error", "finished_at"])
            return row
    return None


def finish(run: JobRun, did: Did) -> None:
    run.did, run.finished_at, run.error = dict(did), timezone.now(), ""
    run.save(update_fields=["did", "finished_at", "error"])


def traced(error: Exception) -> str:
    """The fault and its places for the log, without its text: that may quote anybody's data."""
    return f"{type(error).__name__}\n{''.join(traceback.format_tb(error.__traceback__))}"


def note_failure(key: str, period: str, error: Exception, subject: str = "") -> None:
    """Only the kind of fault is kept; what another beat has done meanwhile stays done."""
    row, _is_new = JobRun.objects.get_or_create(job=key, period=period, subject=subject)
    row = JobRun.objects.select_for_update(no_key=True).get(pk=row.pk)
    if row.finished_at and not row.error:
        return
    row.tries, row.error, row.finished_at = row.tries + 1, type(error).__name__, timezone.now()
    row.save(update_fields=["tries", "error", "finished_at"])


def beat(key: str, did: Did, *, error: str = "") -> None:
    """The latest look of a job that looks all the time, in one row that is written over."""
    now = timezone.now()
    JobRun.objects.update_or_create(
        job=key,
        period=LATEST,
        subject="",
        defaults={
            "started_at": now,
            "finished_at": now,
            "did": dict(did),
            "error": error,
            "tries": 1 if error else 0,
        },
    )


def run_asked(payload: Mapping[str, Any]) -> None:
    """Receiver of tenancy.job: somebody wants a job to look now; a fault is noted, not repeated."""
    known, run = jobs[payload["job"]], JobRun.objects.get(pk=payload["run"])
    today = timezone.now().astimezone(zone()).date()
    JobRun.objects.filter(pk=run.pk).update(started_at=timezone.now())
    try:
        with transaction.atomic(), timezone.override(zone()):
            did = known.work(add_workdays(today, -1, work_table()), today)
    except Exception as error:  # noqa: BLE001  as in `run_due`
        log.warning("job %s, asked for: %s", known.key, traced(error))
        note_failure(known.key, run.period, error, run.subject)
    else:
        finish(run, did)
