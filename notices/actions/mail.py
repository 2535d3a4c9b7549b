"""E-mail of notices: planned as rows, each once; sent by the worker, tried again when it fails."""

import datetime as dt
import logging
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from notices.hours import Hours, hours_of
from notices.letters import compose
from notices.models import Channel, Mail, Notice
from org.models import Member, Post
from tenancy.calendar import work_table, zone
from tenancy.context import Origin, company
from tenancy.params import param

MOST_TRIES = 7
MANY = 500
FIRST_WAIT = dt.timedelta(minutes=2)
LOOK_BACK = dt.timedelta(days=14)  # older news is found on the page
log = logging.getLogger(__name__)


def plan_mail() -> int:
    """Whoever is to have mail now gets a row; by a few statements, however many people there are.

    It looks for what no mail has told yet, so that a day without a run is made up for by the
    next mail; of each day and member there is one row, whoever comes first.
    """
    now = timezone.now().astimezone(zone())
    waiting = list(
        untold(now).filter(member__in=reached(now.date()))
        .values_list("member", "way").annotate(first=Min("pk"))
    )  # fmt: skip
    hours = hours_of({pk for pk, _way, _first in waiting})
    day, table = f"{now:%Y-%m-%d}", work_table()
    had = Mail.objects.filter(kind=Mail.Kind.DAY, period=day).values_list("member", flat=True)
    has_daily = bool(param("notices.digest"))
    already = set(had) if has_daily else set()
    made = []
    for pk, way, first in waiting:
        if way == Channel.NOW:
            due = hours[pk].heard_at(now)
            made.append(Mail(member_id=pk, kind=Mail.Kind.NOW, period=f"{first}", due_at=due))
        elif has_daily and pk not in already and hours[pk].is_due(now, table):
            made.append(Mail(member_id=pk, kind=Mail.Kind.DAY, period=day, due_at=now))
    return len(Mail.objects.bulk_create(made, ignore_conflicts=True))


def untold(now: dt.datetime) -> QuerySet[Notice]:
    return Notice.objects.to_mail().filter(created_at__gt=now - LOOK_BACK)


def reached(day: dt.date) -> QuerySet[Member]:
    """Members who may have mail: active, in force, with an address."""
    held = Post.objects.in_force(day).filter(member=OuterRef("pk"))
    people = Member.objects.filter(Exists(held), is_active=True, user__is_active=True)
    return people.exclude(user__email=None).exclude(user__email="")


def waiting_mail() -> list[int]:
    rows = Mail.objects.filter(state=Mail.State.WAITING, due_at__lte=timezone.now())
    return list(rows.order_by("due_at", "pk").values_list("pk", flat=True)[:MANY])


def mail_waiting() -> dict[str, int]:
    of, week = Mail.State, timezone.now() - dt.timedelta(days=7)
    rows = Mail.objects.filter(created_at__gt=week)
    return rows.aggregate(
        waiting=Count("pk", filter=Q(state=of.WAITING)),
        failed=Count("pk", filter=Q(state=of.FAILED)),
    )


class Unreachable(Exception):
    """The mail server itself does not take mail now: the others need not be tried."""


def send_mail(company_id: int, pk: int) -> bool:
    """One mail: claimed in one transaction, handed to the mail server outside of any.

    A worker that dies in between leaves the row to be sent again after its lease. SMTP cannot
    tell whether the first copy arrived; both would bear the same Message-ID.
    """
    came = Origin(channel="job")
    with company(company_id, came=came):
        claimed = _claim(pk)
    if claimed is None:
        return False
    letter, tries = claimed
    error, is_down = "", False
    try:
        letter.send()
    except (SMTPException, OSError) as fault:
        is_down = not isinstance(fault, SMTPRecipientsRefused | SMTPDataError)
        error = f"{type(fault).__name__} {getattr(fault, 'smtp_code', '')}".strip()
        log.warning("mail %s of company %s was not sent: %s", pk, company_id, error)
    with company(company_id, came=came):
        mine = Mail.objects.filter(pk=pk, tries=tries, state=Mail.State.WAITING)
        if not error:
            mine.update(state=Mail.State.SENT, ended_at=timezone.now(), error="")
        elif mine.update(error=error) and tries >= MOST_TRIES:
            give_up(mine.get())
    if is_down:
        raise Unreachable
    return not error


def _claim(pk: int) -> tuple[Any, int] | None:
    """The letter as it reads now and the number of the try; None when there is nothing to do."""
    now = timezone.now().astimezone(zone())
    rows = Mail.objects.select_for_update(skip_locked=True, of=("self",))
    waits = rows.filter(pk=pk, state=Mail.State.WAITING, due_at__lte=now)
    mail = waits.select_related("company", "member__user").first()
    if mail is None or not _is_time(mail, hours_of([mail.member_id])[mail.member_id], now):
        return None
    # what was told since the row was made goes along
    way = Channel.NOW if mail.kind == Mail.Kind.NOW else Channel.MAIL
    untold(now).filter(member=mail.member_id, way=way).update(mail=mail)
    news = list(mail.notices.unread().order_by("-pk"))
    if not news or not reached(now.date()).filter(pk=mail.member_id).exists():
        _end(mail, Mail.State.DROPPED)
        return None
    wait = FIRST_WAIT * 2**mail.tries
    Mail.objects.filter(pk=pk).update(tries=F("tries") + 1, due_at=now + wait, count=len(news))
    return compose(mail, news), mail.tries + 1


def _is_time(mail: Mail, hours: Hours, now: dt.datetime) -> bool:
    """A mail that meets quiet hours waits; a day's mail that missed its day leaves it to the next.

    Whoever has unsubscribed since then gets nothing.
    """
    if mail.kind == Mail.Kind.NOW:
        if (heard := hours.heard_at(now)) > now:
            Mail.objects.filter(pk=mail.pk).update(due_at=heard)
        return heard <= now
    if not hours.is_daily:
        _end(mail, Mail.State.DROPPED)
        return False
    if mail.period != f"{now:%Y-%m-%d}":
        give_up(mail)
        return False
    return hours.is_due(now, work_table())


def give_up(mail: Mail) -> None:
    """Its news go into the next day's mail."""
    mail.notices.update(mail=None, way=Channel.MAIL)
    _end(mail, Mail.State.FAILED)


def _end(mail: Mail, state: str) -> None:
    Mail.objects.filter(pk=mail.pk).update(state=state, ended_at=timezone.now())
