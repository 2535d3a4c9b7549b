"""Pages: the months, one month unit by unit, a person's review, and the request to re-open."""

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.board import board
from kit.because import Refused
from kit.calendar import shifted
from kit.forms import number
from kit.lists import page_of
from kit.registry import timeline_of
from kpi import actions, reading
from kpi.forms import CommentForm, ReopenForm
from kpi.models import Period, Reopening, Review
from org.access import page
from org.models import Member, Unit

INVALID = 422


@page("kpi.list")
def list_(request: HttpRequest) -> HttpResponse:
    """Every month with its state; for each what the reader has to do with it."""
    member = request.member
    mine = Review.objects.visible_to(member).filter(owner=member, period=OuterRef("pk"))
    rows = Period.objects.visible_to(member).annotate(mine=Subquery(mine.values("pk")[:1]))
    shown = page_of(rows, request.GET, order=("-month",), size=24)
    context = {"page": shown, "may_ask": bool(member.may("kpi.ask"))}
    if context["may_ask"]:
        asked = Reopening.objects.visible_to(member).select_related("period", "owner")
        context["asked"] = list(asked.order_by("-created_at", "-id")[:10])
    part = "kpi/_rows.html" if request.htmx else "kpi/list.html"
    return render(request, part, context)


@page("kpi.view", Period)
def period(request: HttpRequest, period: Period) -> HttpResponse:
    """What the reader's units reached in a month; one's own month alone without any."""
    member = request.member
    unit = chosen(request, member)
    reviews = Review.objects.visible_to(member).filter(period=period)
    reviews = reviews.filter(unit=unit) if unit else reviews.filter(owner=member)
    shown = page_of(
        reviews.select_related("owner"), request.GET, order=("role", "owner__name", "id")
    )
    context = {
        "period": period,
        "pace": reading.pace_of(period),
        "unit": unit,
        "crumbs": crumbs(member, unit),
        "seats": seats(member) if unit is None or request.GET.get("unit") is None else [],
        "cards": reading.cards(member, period, keys=reading.chief(), **who(member, unit)),
        "units": reading.units_of(member, period, unit) if unit else [],
        "people": reading.people_of(member, period, shown.rows, unit),
        "columns": reading.chief(),
        "page": shown,
        "verdict": member.may("kpi.freeze", period),
        "may_reopen": bool(member.may("kpi.reopen", period)),
        **around(member, period),
    }
    return render(request, "kpi/period.html", context)


def who(member: Member, unit: Unit | None) -> dict[str, Any]:
    return {"unit": unit} if unit else {"owner": member}


def around(member: Member, period: Period) -> dict[str, Period | None]:
    """The neighbouring months there are."""
    wanted = {"before": shifted(period.month, -1), "next": shifted(period.month, 1)}
    rows = Period.objects.visible_to(member).filter(month__in=wanted.values())
    found = {row.month: row for row in rows}
    return {name: found.get(month) for name, month in wanted.items()}


def seats(member: Member) -> list[Unit]:
    """Where the reader's sight begins: the root, or the units of the posts."""
    starts = [low for low, _high in member.scope.ranges("see")]
    return list(Unit.objects.filter(path__in=starts).order_by("path"))


def chosen(request: HttpRequest, member: Member) -> Unit | None:
    """The unit of the address as far as it is covered, else where the reader's sight begins."""
    given = number(request.GET.get("unit"))
    found = Unit.objects.filter(pk=given).first() if given is not None else None
    if found and member.scope.covering("see", found.path):
        return found
    return next(iter(seats(member)), None)


def crumbs(member: Member, unit: Unit | None) -> list[Unit]:
    if unit is None:
        return []
    above = Unit.objects.filter(pk__in=unit.ancestor_ids[1:]).order_by("path")
    return [one for one in above if member.scope.covering("see", one.path)]


@require_POST
@page("kpi.freeze", Period)
def freeze(request: HttpRequest, period: Period) -> HttpResponse:
    actions.freeze(period, by=request.member)
    messages.success(request, _("Frozen."))
    return redirect("kpi:period", period.pk)


@page("kpi.reopen", Period)
def reopen(request: HttpRequest, period: Period) -> HttpResponse:
    form, status = ReopenForm(request.POST or None), 200
    if request.method == "POST":
        status = INVALID
        if form.is_valid():
            try:
                asked = actions.reopen(period, by=request.member, **form.cleaned_data)
            except Refused as refused:
                if refused.code != "incomplete":
                    raise
                for name, text in refused.errors.items():
                    form.add_error(name if name in form.fields else None, text)
            else:
                messages.success(request, _("Submitted."))
                return redirect("kpi:reopening", asked.pk)
    context = {"form": form, "period": period, "title": _("Ask to re-open")}
    return render(request, "kpi/reopen.html", context, status=status)


@page("kpi.view_review", Review)
def review(request: HttpRequest, review: Review) -> HttpResponse:
    return _review(request, review)


def _review(request: HttpRequest, review: Review, form: CommentForm | None = None) -> HttpResponse:
    """One person's month: the numbers, what came late, and what both sides say."""
    member, period = request.member, review.period
    may_read = bool(member.may("kpi.read_comments", review))
    said = list(review.comments.select_related("by")) if may_read else []
    mine = next((row for row in said if row.by_id == member.pk), None)
    verdict = member.may("kpi.comment", review)
    if form is None and verdict:
        form = CommentForm(initial={"text": mine.text if mine else ""})
    context = {
        "review": review,
        "period": period,
        "pace": reading.pace_of(period),
        "cards": reading.cards(member, period, owner=review.owner),
        "late": reading.late_of(member, period, review.owner),
        "said": said,
        "mine": mine,
        "may_read": may_read,
        "verdict": verdict,
        "form": form if verdict else None,
        **neighbours(member, review),
    }
    status = INVALID if form is not None and form.is_bound else 200
    return render(request, "kpi/review.html", context, status=status)


def neighbours(member: Member, review: Review) -> dict[str, Review | None]:
    """The same person's review of the month before and after, if the reader sees it."""
    months = {
        "before": shifted(review.period.month, -1),
        "next": shifted(review.period.month, 1),
    }
    rows = Review.objects.visible_to(member).filter(
        owner=review.owner_id, period__month__in=months.values()
    )
    found = {row.period.month: row for row in rows.select_related("period")}
    return {name: found.get(month) for name, month in months.items()}


@require_POST
@page("kpi.comment", Review)
def comment(request: HttpRequest, review: Review) -> HttpResponse:
    form = CommentForm(request.POST)
    if form.is_valid():
        actions.comment(review, by=request.member, **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("kpi:review", review.pk)
    return _review(request, review, form)


@page("kpi.view_reopening", Reopening)
def reopening(request: HttpRequest, asked: Reopening) -> HttpResponse:
    return _reopening(request, asked)


def _reopening(
    request: HttpRequest, asked: Reopening, form: ReopenForm | None = None
) -> HttpResponse:
    member = request.member
    may_submit = asked.is_open_to_edit and bool(member.may("kpi.submit", asked))
    if form is None and may_submit:
        form = ReopenForm(initial={"reason": asked.reason})
    shown = board(member, asked, getattr(request, "typed", None))
    context = {
        "asked": asked,
        "board": shown,
        "form": form,
        "tail": [],
        "events": timeline_of("kpi.reopening", member, asked),
    }
    status = INVALID if form is not None and form.is_bound else 200
    return render(request, "kpi/reopening.html", context, status=status)


@require_POST
@page("kpi.submit", Reopening)
def submit(request: HttpRequest, asked: Reopening) -> HttpResponse:
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _reopening(request, asked, form)
    try:
        actions.submit(asked, by=request.member, **form.cleaned_data)
    except Refused as refused:
        if refused.code != "incomplete":
            raise
        for name, text in refused.errors.items():
            form.add_error(name if name in form.fields else None, text)
        return _reopening(request, asked, form)
    messages.success(request, _("Submitted."))
    return redirect("kpi:reopening", asked.pk)
