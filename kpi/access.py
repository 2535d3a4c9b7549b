"""Who sees the months and reviews, who says something of them, and who closes and re-opens."""

from typing import Any

from django.utils.translation import gettext_noop as N_

from figures.access import READERS
from kit.because import Because, Line, all_of, any_of, msgid, no, yes
from kpi.models import RUNNING, Period, Reopening, Review
from org.access import covers, holds, owns, rule, sees
from org.models import Member, Role

CLOSERS = (Role.DIRECTOR, Role.MANAGEMENT)
ASKERS = (
    Role.MANAGEMENT,
    Role.DIRECTOR,
    Role.REGIONAL_MANAGER,
    Role.FINANCE,
    Role.ANALYST,
)


def in_state(period: Period, *wanted: str) -> Because:
    """Whether the month stands in one of the states; the sentence names the present one."""
    text = N_("%(month)s is now “%(state_label)s”")
    values = {"month": str(period), "state_label": msgid(period.stage.label)}
    is_ok = period.state in wanted
    line = Line("fact", ok=is_ok, text=text, values=values, clause="KPI-2.1")
    return yes("state", line) if is_ok else no("state", line)


def is_next(period: Period) -> Because:
    """KPI-2.1: months freeze in their order."""
    waits = Period.objects.unfrozen().filter(month__lt=period.month).order_by("month").first()
    if waits is None:
        text = N_("every month before it is frozen")
        return yes("is_next", Line("fact", ok=True, text=text, clause="KPI-2.1"))
    text = N_("%(month)s has to be frozen first")
    values = {"month": str(waits)}
    return no("is_next", Line("fact", ok=False, text=text, values=values, clause="KPI-2.1"))


def is_last_frozen(period: Period) -> Because:
    """KPI-2.1: only the month frozen last may be opened again."""
    last = Period.objects.frozen().order_by("-month").first()
    is_ok = last is not None and last.pk == period.pk
    text = N_("only the month frozen last can be opened again")
    line = Line("rule", ok=is_ok, text=text, clause="KPI-2.1")
    return yes("last", line) if is_ok else no("last", line)


def words_are_open(period: Period) -> Because:
    """KPI-2.8: from the end of the month until the following one is frozen."""
    if period.state == Period.State.OPEN:
        text = N_("the month is still running")
        return no("words", Line("fact", ok=False, text=text, clause="KPI-2.8"))
    if Period.objects.frozen().filter(month__gt=period.month).exists():
        text = N_("the following month is frozen: this review is closed")
        return no("words", Line("fact", ok=False, text=text, clause="KPI-2.8"))
    text = N_("the review is open until the following month is frozen")
    return yes("words", Line("fact", ok=True, text=text, clause="KPI-2.8"))


@rule("kpi.list", clauses="KPI-2.1", label=N_("Look through the months"))
def list_(member: Member, obj: Any = None) -> Because:
    return holds(member, *READERS)


@rule("kpi.view", clauses="KPI-2.1", label=N_("Open a month with what one's units reached"))
def view(member: Member, period: Period) -> Because:
    return holds(member, *READERS)


@rule("kpi.view_review", clauses="KPI-2.8 ORG-1.6", label=N_("Open the review of a person"))
def view_review(member: Member, review: Review) -> Because:
    return sees(member, review)


@rule("kpi.read_comments", clauses="KPI-2.8", label=N_("Read what is said about a person's month"))
def read_comments(member: Member, review: Review) -> Because:
    """The person and whoever leads; others who see the figures do not see the words."""
    return any_of("read_comments", (owns(member, review), covers(member, "lead", review)))


@rule("kpi.comment", clauses="KPI-2.8", label=N_("Say something about a month, one's own words"))
def comment(member: Member, review: Review) -> Because:
    """The person of the review and whoever leads the unit it stands at."""
    return all_of("comment", (read_comments(member, review), words_are_open(review.period)))


@rule("kpi.freeze", clauses="KPI-2.1", label=N_("Freeze a month before its day"))
def freeze(member: Member, period: Period) -> Because:
    parts = (
        holds(member, *CLOSERS),
        in_state(period, Period.State.COLLECTING),
        is_next(period),
    )
    return all_of("freeze", parts)


@rule("kpi.reopen", clauses="KPI-2.1", label=N_("Ask for the month frozen last to be opened again"))
def reopen(member: Member, period: Period) -> Because:
    role = holds(member, *ASKERS)
    if not role:
        return role
    if Reopening.objects.filter(period=period, status__in=RUNNING).exists():
        text = N_("it was asked for already")
        return no("reopen", Line("fact", ok=False, text=text, clause="KPI-2.1"))
    state = in_state(period, Period.State.FROZEN)
    return all_of("reopen", (role, state, is_last_frozen(period)))


@rule("kpi.reopenings", clauses="KPI-2.1", label=N_("Look through what was asked"))
def reopenings(member: Member, obj: Any = None) -> Because:
    return holds(member, *READERS)


@rule("kpi.ask", clauses="KPI-2.1", label=N_("Ask for a month to be opened again"))
def ask(member: Member, obj: Any = None) -> Because:
    """By the post alone; for a given month `kpi.reopen` says whether it can be."""
    return holds(member, *ASKERS)


@rule("kpi.view_reopening", clauses="KPI-2.1", label=N_("Open a request to re-open a month"))
def view_reopening(member: Member, asked: Reopening) -> Because:
    return sees(member, asked)


@rule("kpi.submit", clauses="KPI-2.1", label=N_("Submit a request to re-open a month"))
def submit(member: Member, asked: Reopening) -> Because:
    """The state is the engine's question: it answers 409 with a sentence."""
    return owns(member, asked)
