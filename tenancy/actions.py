"""The plumbing's verbs: set a parameter, take a number, post to the outbox, claim a job."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kit.because import Refused
from tenancy.calendar import working
from tenancy.context import memo, required
from tenancy.models import IdempotencyKey, JobRun, Outbox, Param
from tenancy.params import declared, today, values

Handler = Callable[[dict[str, Any]], None]
LongHandler = Callable[[dict[str, Any], "Turn"], None]
handlers: dict[str, Handler] = {}
# (parameter, value before, member) -> None, for every new value
witnesses: list[Callable[[Param, Any, Any], None]] = []
long_handlers: dict[str, LongHandler] = {}
MOST_TRIES = 8
NEWS_KEPT = timedelta(days=30)
ANSWERS_KEPT = timedelta(days=7)
RUNS_KEPT = timedelta(days=400)
LEASE = timedelta(seconds=30)


def handle(topic: str, handler: Handler) -> None:
    """Say who receives a topic; called at start-up by the floor that owns it."""
    handlers[topic] = handler


def handle_long(topic: str, handler: LongHandler) -> None:
    """The same for work that takes its own transactions, one `turn.step()` each.

    If its process dies, the row comes due again after the lease and the work starts anew.
    """
    long_handlers[topic] = handler


def set_param(
    key: str, value: Any, *, starts: date | None = None, document: str = "", by: Any = None
) -> Param:
    """Give a parameter a value from a day on, tomorrow at the earliest; the past is kept.

    The floor above that keeps the log is told of every change, whoever makes it.
    """
    before = values(today()).get(key, declared[key].default)
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
    row = Param.objects.create(key=key, value=shown, during=(starts, None), document=document)
    row.refresh_from_db(fields=["during"])
    for tell in witnesses:
        tell(row, before, by)
    return row


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


def post(topic: str, /, *, due_at: datetime | None = None, **payload: Any) -> Outbox:
    """Leave news for after the commit; a sweep delivers it within seconds, or from `due_at` on."""
    return Outbox.objects.create(topic=topic, payload=payload, due_at=due_at or timezone.now())


def tell(
    topic: str,
    /,
    *,
    to: Iterable[int],
    text: str,
    kind: str = "",
    target: int | None = None,
    by: int | None = None,
    **values: Any,
) -> Outbox:
    """Leave word for some members, by their ids: `notices` writes it up, once for each of them.

    `text` is a msgid; `%(name)s` in it is the record's name as long as the reader sees it, so
    `values` hold nothing that somebody may lose sight of.
    """
    word = {"topic": topic, "to": sorted(set(to)), "text": text, "kind": kind, "target": target}
    row = post("notices.tell", **word, by=by, values=values)
    # the row names what happened, however often it is delivered
    row.payload["news"] = row.pk
    row.save(update_fields=["payload"])
    return row


def deliver(limit: int = 50, *, later: Callable[[int, int], None] | None = None) -> int:
    """Hand waiting news of the current company to its receivers; returns how many were handled.

    Each row is handled in its own savepoint: one that fails is tried again, later and later.
    Long work is only leased here and given to `later(row id, tries)`, which starts it elsewhere.
    What was due when it was written is due, also when the clock was set back since.
    """
    is_due = Q(due_at__lte=timezone.now()) | Q(tries=0, due_at__lte=F("created_at"))
    rows = (
        Outbox.objects.select_for_update(skip_locked=True)
        .filter(is_due, sent_at=None, tries__lt=MOST_TRIES)
        .order_by("id")
    )
    rows = list((rows if later else rows.exclude(topic__in=long_handlers))[:limit])
    for row in rows:
        if row.topic in long_handlers:
            Outbox.objects.filter(pk=row.pk).update(due_at=timezone.now() + LEASE)
            later(row.pk, row.tries)
            continue
        try:
            with transaction.atomic():
                if handler := handlers.get(row.topic):
                    handler(row.payload)
        except Exception as error:  # noqa: BLE001  a receiver's fault must not stop the others
            failed(row, error)
        else:
            Outbox.objects.filter(pk=row.pk).update(sent_at=timezone.now())
    return len(rows)


def news_waiting() -> dict[str, int]:
    """How much is still to be delivered, and how much was given up."""
    rows = Outbox.objects.filter(sent_at=None)
    return rows.aggregate(
        waiting=Count("pk", filter=Q(tries__lt=MOST_TRIES)),
        failed=Count("pk", filter=Q(tries__gte=MOST_TRIES)),
    )


def failed(row: Outbox, error: Exception) -> None:
    """Try again later; `tries` of long work was counted when its turn began."""
    tries = row.tries if row.topic in long_handlers else row.tries + 1
    Outbox.objects.filter(pk=row.pk).update(
        tries=tries,
        due_at=timezone.now() + timedelta(seconds=5 * 2**row.tries),
        error=f"{type(error).__name__}: {error}"[:500],
    )


class Superseded(Exception):
    """Somebody else has this row's turn now."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One attempt at a row of long work; `number` counts from 1."""

    company_id: int
    row_id: int
    number: int

    @contextmanager
    def step(self) -> Iterator[None]:
        """One transaction of the work; it renews the lease: whoever lost it writes nothing."""
        with working(self.company_id):
            mine = Outbox.objects.filter(pk=self.row_id, tries=self.number, sent_at=None)
            if not mine.update(due_at=timezone.now() + LEASE):
                raise Superseded
            yield


def run(company_id: int, row_id: int, tries: int) -> bool:
    """Do the long work of one row, unless another message for the same attempt came first."""
    with working(company_id):
        waiting = Outbox.objects.filter(pk=row_id, tries=tries, sent_at=None)
        if not waiting.update(tries=F("tries") + 1, due_at=timezone.now() + LEASE):
            return False
        row = Outbox.objects.get(pk=row_id)
    try:
        long_handlers[row.topic](row.payload, Turn(company_id, row_id, row.tries))
    except Superseded:
        return False
    except Exception as error:  # noqa: BLE001  as in `deliver`
        with working(company_id):
            failed(row, error)
        return False
    with working(company_id):
        Outbox.objects.filter(pk=row_id, tries=row.tries).update(sent_at=timezone.now())
    return True


def tidy() -> dict[str, int]:
    """Let go of delivered news after a month and of answers to repeated requests after a week."""
    now = timezone.now()
    news = Outbox.objects.filter(sent_at__lt=now - NEWS_KEPT)
    answers = IdempotencyKey.objects.filter(created_at__lt=now - ANSWERS_KEPT)
    runs = JobRun.objects.filter(started_at__lt=now - RUNS_KEPT)
    gone = {"outbox": news, "idempotency": answers, "runs": runs}
    return {name: rows.delete()[0] for name, rows in gone.items()}


def claim(job: str, period: str, subject: str = "") -> JobRun | None:
    """The run of (job, period, subject) if nobody has it yet, else None."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenancy_jobrun (company_id, job, period, subject, started_at, did) "
            "VALUES (app_company(), %s, %s, %s, %s, '{}') "
            "ON CONFLICT (company_id, job, period, subject) DO NOTHING RETURNING id",
            [job, period, subject, timezone.now()],
        )
        made = cursor.fetchone()
    return JobRun.objects.get(pk=made[0]) if made else None
