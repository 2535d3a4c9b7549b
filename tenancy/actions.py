"""The plumbing's verbs: set a parameter, take a number, post to the outbox, claim a job."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from kit.because import Refused
from tenancy.context import memo, required
from tenancy.models import JobRun, Outbox, Param
from tenancy.params import declared, today

Handler = Callable[[dict[str, Any]], None]
handlers: dict[str, Handler] = {}
MOST_TRIES = 8


def handle(topic: str, handler: Handler) -> None:
    """Say who receives a topic; called at start-up by the floor that owns it."""
    handlers[topic] = handler


def set_param(key: str, value: Any, *, starts: date | None = None, document: str = "") -> Param:
    """Give a parameter a value from a day on, tomorrow at the earliest; the past is kept."""
    starts = starts or today() + timedelta(days=1)
    if starts <= today():
        raise Refused(_("A new value takes effect tomorrow at the earliest."), code="too_early")
    checked = declared[key].check(value)
    Param.objects.filter(key=key, during__startswith__gte=starts).delete()
    for row in Param.objects.filter(key=key, during__contains=starts):
        row.during = (row.during.lower, starts)
        row.save(update_fields=["during"])
    memo().clear()
    shown = checked if isinstance(checked, int | str | list | dict) else str(checked)
    return Param.objects.create(key=key, value=shown, during=(starts, None), document=document)


def take_number(key: str, pattern: str, *, on: date, **names: str) -> str:
    """The next number of a kind, e.g. HT-{region}-{yyyyMM}-{n:04}; the counter restarts monthly.

    T15: unique within the company, taken under a row lock, gaps allowed.
    """
    period = f"{on:%Y%m}"
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenancy_sequence (company_id, key, period, last) VALUES (%s, %s, %s, 1) "
            "ON CONFLICT (company_id, key, period) "
            "DO UPDATE SET last = tenancy_sequence.last + 1 RETURNING last",
            [required(), key, period],
        )
        number = cursor.fetchone()[0]
    return pattern.format(n=number, yyyyMM=period, **names)


def post(topic: str, /, **payload: Any) -> Outbox:
    """Leave news for after the commit; a sweep delivers it within seconds."""
    return Outbox.objects.create(topic=topic, payload=payload)


def deliver(limit: int = 50) -> int:
    """Hand waiting news of the current company to its receivers; returns how many were handled.

    Each row is handled in its own savepoint: one that fails is tried again, later and later.
    """
    rows = list(
        Outbox.objects.select_for_update(skip_locked=True)
        .filter(sent_at=None, due_at__lte=timezone.now(), tries__lt=MOST_TRIES)
        .order_by("id")[:limit]
    )
    for row in rows:
        try:
            with transaction.atomic():
                if handler := handlers.get(row.topic):
                    handler(row.payload)
        except Exception as error:  # noqa: BLE001  a receiver's fault must not stop the others
            Outbox.objects.filter(pk=row.pk).update(
                tries=F("tries") + 1,
                due_at=timezone.now() + timedelta(seconds=5 * 2**row.tries),
                error=f"{type(error).__name__}: {error}"[:500],
            )
        else:
            Outbox.objects.filter(pk=row.pk).update(sent_at=timezone.now())
    return len(rows)


def claim(job: str, period: str, subject: str = "") -> JobRun | None:
    """The run of (job, period, subject) if nobody has it yet, else None."""
    made = JobRun.objects.bulk_create(
        [JobRun(job=job, period=period, subject=subject)], ignore_conflicts=True
    )
    found = JobRun.objects.filter(job=job, period=period, subject=subject).first()
    return found if found and found.started_at == made[0].started_at else None
