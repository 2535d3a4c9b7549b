"""Verbs of the month: the clock's steps, freeze, comment, ask for a re-opening and its end."""

from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.actions import submit as send
from approvals.models import OPEN_TO_EDIT
from audit.actions import record
from figures.measures import measures
from kit.because import Refused
from kit.calendar import month_of, shifted
from kpi import closing, counting
from kpi.access import is_last_frozen
from kpi.models import LONGEST, Comment, Freeze, Period, Reopening, Review
from org.access import check
from org.models import Member, Post
from org.roles import SELLING, above
from tenancy.actions import claim, tell
from tenancy.calendar import work_table, zone
from tenancy.context import required
from tenancy.models import JobRun
from tenancy.params import param

# one step at a time in a company, however many beats there are
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('kpi.close', %s))"
JOB, PEOPLE_JOB = "kpi.close", "kpi.people"


def alone() -> None:
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [required()])


# --- the clock ------------------------------------------------------------------------------------


def advance(moment: datetime | None = None, *, is_told: bool = True) -> str | None:
    """KPI-2.1: the one step that is due next, in words for the log, or None.

    Called until nothing is due, each time in a transaction of its own; twice is as good as once,
    and after a standstill the missed months are closed one after the other.
    """
    alone()
    moment = moment or timezone.now()
    now, today = closing.month_at(moment, zone()), moment.astimezone(zone()).date()
    held = Period.objects.select_for_update(no_key=True).order_by("month")
    rows = {row.month: row for row in held}
    step = closing.next_step(
        [
            closing.Month(row.month, row.state, row.collects_until or date.max)
            for row in rows.values()
        ],
        now,
        today,
    )
    if step is None:
        return None
    verb, month = step
    if verb == "open":
        open_(month, moment=moment)
    elif verb == "collect":
        collect(rows[month], moment=moment, is_told=is_told and _is_recent(month, now))
    else:
        is_told = is_told and _is_recent(month, now)
        _freeze(rows[month], by=None, moment=moment, is_told=is_told)
    return f"{verb} {month:%Y-%m}"


def run_clock() -> dict[str, int]:
    """Every step that is due, in the open transaction, for whoever asks for it."""
    steps = 0
    while advance():
        steps += 1
    return {"steps": steps}


def _is_recent(month: date, now: date) -> bool:
    """Of months made up for after a standstill only the last one is news."""
    return shifted(month, 1) >= now


def open_(month: date, *, moment: datetime) -> Period:
    """The month begins: everybody who sells has a review."""
    run = _claimed(month, "open")
    foreseen = collects_until(month)
    period = Period.objects.create(month=month, opened_at=moment, collects_until=foreseen)
    enrol(period, moment=moment)
    record("kpi.open", period, by=None, after={"month": str(period)})
    _finish(run, {"reviews": period.reviews.count()})
    return period


def enrol(period: Period, *, moment: datetime) -> None:
    """Reviews for whoever joined since, and the present post of whoever changed it."""
    day = min(moment.astimezone(zone()).date(), month_of(period.month)[1])
    counting.enrol(period, day=day, roles=SELLING, now=moment)


def enrol_daily(moment: datetime | None = None) -> JobRun | None:
    """Once a day and company, for the months that are not frozen."""
    moment = moment or timezone.now()
    run = claim(PEOPLE_JOB, f"{moment.astimezone(zone()):%Y-%m-%d}")
    if run is not None:
        alone()
        for period in Period.objects.unfrozen():
            enrol(period, moment=moment)
            # calendar or parameter may have changed; it is fixed when the month is over
            still = Period.objects.filter(pk=period.pk, state=Period.State.OPEN)
            still.update(collects_until=collects_until(period.month))
        _finish(run, {})
    return run


def collects_until(month: date) -> date:
    """KPI-2.1: the last day on which documents are taken in, by the parameter of that month."""
    following = shifted(month, 1)
    return closing.last_day(month, param("kpi.freeze_day", on=following), work_table())


def collect(period: Period, *, moment: datetime, is_told: bool = True) -> Period:
    """The month is over: comments begin, and documents still come in until its day."""
    run = _claimed(period.month, "collect")
    enrol(period, moment=moment)
    until = collects_until(period.month)
    _move(
        period, Period.State.OPEN, state=Period.State.COLLECTING, collecting_at=moment,
        collects_until=until,
    )  # fmt: skip
    record("kpi.collect", period, by=None, after={"collects_until": str(until)})
    if is_told:
        tell(
            "kpi.collecting", to=_reviewed(period), kind="kpi.period", target=period.pk,
            text=N_("%(name)s is over: documents are taken in until %(day)s, please comment"),
            day=str(until),
        )  # fmt: skip
    _finish(run, {"collects_until": str(until)})
    return period


def freeze(period: Period, *, by: Member) -> Period:
    """KPI-2.1: the director or the management freezes a month before its day.

    Errors: Forbidden, Refused("moved") when it was frozen meanwhile.
    """
    check(by, "kpi.freeze", period)
    alone()
    return _freeze(period, by=by, moment=timezone.now())


def _freeze(period: Period, *, by: Member | None, moment: datetime, is_told: bool = True) -> Period:
    """Snapshot of every member and unit, in this transaction, once for each version."""
    period = Period.objects.select_for_update(no_key=True, of=("self",)).get(pk=period.pk)
    if period.state != Period.State.COLLECTING:
        raise Refused(_("It is now “%(state)s”.") % {"state": period.stage.label}, code="moved")
    if Period.objects.unfrozen().filter(month__lt=period.month).exists():
        raise Refused(_("An earlier month has to be frozen first."), code="earlier")
    version = period.versions + 1
    run = _claimed(period.month, f"freeze-{version}")
    enrol(period, moment=moment)
    made = Freeze(period=period, version=version, at=moment, by=by, measures=list(measures))
    before = Period.objects.frozen().filter(month__lt=period.month).select_related("freeze")
    before = {row.month: row.freeze for row in before.order_by("month")}
    # taken before the documents are read: what is written meanwhile is seen by the next freeze
    made.prints = counting.prints(min(before, default=period.month), period.month)
    made.save(force_insert=True)
    last = next(reversed(before.values()), None)
    late = counting.pairs_to_look_at(
        last.prints if last else {},
        made.prints,
        {month: row.measures for month, row in before.items()},
    )
    counting.count(made, late)
    counting.stand(made, now=moment)
    _move(
        period, Period.State.COLLECTING, state=Period.State.FROZEN, freeze=made, versions=version,
        frozen_at=moment,
    )  # fmt: skip
    did = {
        "version": version,
        "people": made.standings.exclude(owner=None).count(),
        "late": made.values.filter(month__lt=period.month).exclude(owner=None).count(),
    }
    record("kpi.freeze", period, by=by, before={"state": "collecting"}, after=did)
    if is_told:
        tell(
            "kpi.frozen", to=_reviewed(period), kind="kpi.period", target=period.pk,
            text=N_("%(name)s is frozen: its review can be read"), by=by.pk if by else None,
        )  # fmt: skip
    _finish(run, did)
    return period


def _move(period: Period, frm: str, **fields: Any) -> None:
    """Conditional update: whoever comes second finds it moved."""
    if not Period.objects.filter(pk=period.pk, state=frm).update(**fields):
        raise Refused(_("It is now “%(state)s”.") % {"state": period.stage.label}, code="moved")
    for name, value in fields.items():
        setattr(period, name, value)


def _claimed(month: date, subject: str) -> JobRun:
    run = claim(JOB, f"{month:%Y-%m}", subject)
    if run is None:
        raise Refused(_("It was done already."), code="moved")
    return run


def _finish(run: JobRun, did: dict[str, Any]) -> None:
    run.did, run.finished_at = did, timezone.now()
    run.save(update_fields=["did", "finished_at"])


def _reviewed(period: Period) -> list[int]:
    return list(period.reviews.values_list("owner_id", flat=True))


# --- what is said ---------------------------------------------------------------------------------


def comment(review: Review, *, text: str, by: Member) -> Comment:
    """KPI-2.8: one's own words on a review; said again they replace one's own earlier ones.

    Errors: Forbidden, Refused("incomplete").
    """
    check(by, "kpi.comment", review)
    text = text.strip()
    if not text:
        raise Refused(_("Please write something."), errors={"text": _("Please write something.")})
    if len(text) > LONGEST:
        raise Refused(_("This is too long."), errors={"text": _("This is too long.")})
    # two tabs of one person: the later one waits and then replaces
    review = Review.objects.select_for_update(no_key=True, of=("self",)).get(pk=review.pk)
    found = Comment.objects.filter(review=review, by=by).first()
    before = {"text": found.text} if found else {}
    if found is None:
        found = Comment.objects.create(review=review, by=by, text=text)
    else:
        Comment.objects.filter(pk=found.pk).update(text=text, updated_at=timezone.now())
        found.refresh_from_db()
    tell(
        "kpi.comment", to=_listeners(review) - {by.pk}, by=by.pk, kind="kpi.review",
        target=review.pk, text=N_("%(who)s has commented on %(name)s"), who=by.name,
    )  # fmt: skip
    record("kpi.comment", review, by=by, before=before, after={"text": text})
    return found


def _listeners(review: Review) -> set[int]:
    """The person, the nearest superior of the month's post, and whoever has said something."""
    said = Comment.objects.filter(review=review).values_list("by_id", flat=True)
    return {review.owner_id, *said, *superiors(review)}


def superiors(review: Review) -> set[int]:
    """Who leads at the nearest unit upward where anybody does."""
    roles = above(review.role)
    posts = Post.objects.in_force().filter(role__in=roles, unit__in=review.unit.ancestor_ids)
    posts = posts.exclude(member=review.owner_id)
    found = list(posts.values_list("unit__path", "member_id"))
    nearest = max((path for path, _pk in found), key=len, default="")
    return {pk for path, pk in found if path == nearest}


# --- re-opening -----------------------------------------------------------------------------------


def reopen(period: Period, *, reason: str, by: Member) -> Reopening:
    """KPI-2.1: ask for the month frozen last to be opened again, and submit that at once.

    Errors: Forbidden, Refused("incomplete").
    """
    check(by, "kpi.reopen", period)
    alone()
    home = by.scope.home
    asked = Reopening.objects.create(
        period=period, reason=reason.strip(), owner=by, unit_id=home.unit_id, org_path=home.path
    )
    record("kpi.reopen", asked, by=by, after={"month": str(period), "reason": asked.reason})
    send(asked, by=by)
    asked.refresh_from_db()
    return asked


def submit(asked: Reopening, *, reason: str, by: Member) -> Reopening:
    """Once more, after it came back, with the reason as it is now."""
    check(by, "kpi.submit", asked)
    alone()
    Reopening.objects.filter(pk=asked.pk, status__in=OPEN_TO_EDIT).update(
        reason=reason.strip(), updated_at=timezone.now()
    )
    asked.refresh_from_db()
    send(asked, by=by)
    asked.refresh_from_db()
    return asked


def reopened(asked: Reopening, by: Member) -> None:
    """KPI-2.1: the last approval takes the freeze out of force; what it counted is kept.

    Errors: Refused("moved") when the following month was frozen meanwhile.
    """
    alone()
    period = Period.objects.select_for_update(no_key=True, of=("self",)).get(pk=asked.period_id)
    if not is_last_frozen(period):
        raise Refused(_("Only the month frozen last can be opened again."), code="moved")
    moment = timezone.now()
    today = moment.astimezone(zone()).date()
    until = closing.days_on(today, param("kpi.reopened_days"), work_table())
    _move(
        period, Period.State.FROZEN, state=Period.State.COLLECTING, freeze=None,
        collecting_at=moment, collects_until=until, frozen_at=None,
    )  # fmt: skip
    after = {"state": "collecting", "collects_until": str(until)}
    record("kpi.reopened", period, by=by, before={"state": "frozen"}, after=after)
    leads = Q(role__in=("director", "management", "finance"))
    told = set(Post.objects.in_force().filter(leads).values_list("member", flat=True))
    tell(
        "kpi.collecting", to=told | {asked.owner_id} | set(_reviewed(period)), by=by.pk,
        kind="kpi.period", target=period.pk, day=str(until),
        text=N_("%(name)s is open again: documents are taken in until %(day)s"),
    )  # fmt: skip
