"""How the jobs of the clock stand in the company at hand, for its administrator."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kit.calendar import add_workdays, is_workday
from tenancy.calendar import work_table, zone
from tenancy.jobs import FIRST_WAIT, MOST_TRIES, Job, jobs
from tenancy.models import JobRun

NIGHT = dt.time(1)
MOST_RUNS = 10
SHOWN = dt.timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Standing:
    """One job: its latest run, what that did, what failed, and when it runs again."""

    job: Job
    run: JobRun | None
    did: list[tuple[str, Any]]
    now: list[tuple[str, Any]]
    fault: str
    next_at: dt.datetime | None
    runs: list[JobRun]

    @property
    def may_be_asked(self) -> bool:
        return self.job.work is not None

    @property
    def is_told_live(self) -> bool:
        return self.job.state is not None and self.run is None

    @property
    def took(self) -> str:
        """How long the latest run took."""
        return took(self.run) if self.run else ""

    @property
    def rhythm(self) -> str:
        if self.job.pace == "always":
            if self.job.seconds < 60:
                return _("every %(n)s seconds") % {"n": self.job.seconds}
            minutes = self.job.seconds // 60
            return ngettext("every minute", "every %(n)s minutes", minutes) % {"n": minutes}
        words = {
            "workday": _("every working day from %(at)s"),
            "day": _("every day"),
            "night": _("every night"),
        }
        return words[self.job.pace] % {"at": f"{self.job.starts:%H:%M}"}


def took(run: JobRun) -> str:
    if run.finished_at is None:
        return ""
    seconds = (run.finished_at - run.started_at).total_seconds()
    return _("%(n)s s") % {"n": f"{seconds:.1f}"}


def standings() -> list[Standing]:
    """All jobs of the product in the order of their work; a few statements whatever has run."""
    now = timezone.now().astimezone(zone())
    rows = JobRun.objects.filter(job__in=jobs)
    latest = {row.job: row for row in rows.order_by("job", "-started_at", "-pk").distinct("job")}
    recent: dict[str, list[JobRun]] = {}
    for row in rows.filter(started_at__gt=now - SHOWN).order_by("-started_at", "-pk"):
        recent.setdefault(row.job, []).append(row)
    found = []
    for known in sorted(jobs.values(), key=lambda one: one.order):
        run = latest.get(known.key)
        found.append(
            Standing(
                job=known,
                run=run,
                did=counted(known, run.did if run else {}),
                now=counted(known, known.state() if known.state else {}),
                fault=fault_of(run),
                next_at=next_of(known, recent.get(known.key, []), now),
                runs=recent.get(known.key, [])[:MOST_RUNS],
            )
        )
    return found


def counted(known: Job, did: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(_(label), did[name]) for name, label in known.numbers.items() if name in did]


def fault_of(run: JobRun | None) -> str:
    """What failed, in words; nothing of what was worked on."""
    if run is None or not run.error:
        return ""
    said = {"fault": run.error, "n": run.tries, "most": MOST_TRIES}
    if run.subject:
        return _("It failed (%(fault)s); nothing was changed.") % said
    if run.tries >= MOST_TRIES:
        text = _("It failed %(n)s times (%(fault)s) and was given up; the next run takes it along.")
        return text % said
    said["at"] = f"{timezone.localtime(run.finished_at + FIRST_WAIT * 2 ** (run.tries - 1)):%H:%M}"
    text = _("It failed (%(fault)s), try %(n)s of %(most)s; nothing was changed. Again at %(at)s.")
    return text % said


def next_of(known: Job, runs: list[JobRun], now: dt.datetime) -> dt.datetime | None:
    """When it is looked at again; None for what is due at any moment."""
    if known.pace == "always":
        return None
    table, today = work_table(), now.date()
    is_done = any(row.period == f"{today}" and row.finished_at and not row.error for row in runs)
    starts = NIGHT if known.pace == "night" else known.starts
    day = today
    if is_done:
        day = today + dt.timedelta(days=1)
    if known.pace == "workday" and not is_workday(day, table):
        day = add_workdays(day, 1, table)
    moment = dt.datetime.combine(day, starts, now.tzinfo)
    return moment if moment > now else None
