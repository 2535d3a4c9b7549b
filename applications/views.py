"""Pages of applications: list, form, the application itself with its verbs."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from applications import actions
from applications.declaring import forms
from applications.entry import Entry
from applications.filters import STATES, ApplicationFilter
from applications.models import Application
from approvals.board import board, foreseen, steps_of
from files.panels import attachments
from files.views import attach_page
from kit.answers import form_page, tried
from kit.because import Refused
from kit.lists import capped_count, page_of
from kit.registry import timeline_of
from org.access import page, sees

INVALID = 422
EVERYBODY = "all"


@page("applications.list")
def list_(request: HttpRequest) -> HttpResponse:
    """One's own; `who=all` is everything one may see."""
    member, everybody = request.member, request.GET.get("who") == EVERYBODY
    rows = Application.objects.visible_to(member).select_related("owner", "unit")
    if not everybody:
        rows = rows.filter(owner=member)
    found = ApplicationFilter(request.GET, rows, request=request)
    context = {
        "page": page_of(found.qs, request.GET),
        "filter": found,
        "shown_total": capped_count(found.qs)[1],
        "everybody": everybody,
        "states": STATES,
        "kinds": forms.values(),
        "is_narrowed": any(request.GET.get(name) for name in ("filters", "form", "on")),
        "is_filtered": any(request.GET.get(name) for name in found.filters),
        "may_create": member.may("applications.create"),
    }
    part = "applications/_rows.html" if request.htmx else "applications/list.html"
    return render(request, part, context)


@page("applications.view", Application)
def detail(request: HttpRequest, application: Application) -> HttpResponse:
    """Also what a decision refused as incomplete is shown on again, with what was typed."""
    member = request.member
    shown = board(member, application, getattr(request, "typed", None))
    is_open = application.is_open_to_edit or bool(shown and shown.is_stale)
    may_submit = is_open and bool(member.may("applications.submit", application))
    form = application.declared
    said = form.said(application.answers)
    context = {
        "application": application,
        "declared": form,
        "answers": [(_(one.label), one.text(said[one.key]), one) for one in form.fields],
        "board": shown,
        "coming": foreseen(application, member) if may_submit else [],
        "risks": shown.risks if shown and not is_open else form.risks(said, application),
        "sees": sees(member, application),
        "missing": getattr(request, "missing", {}),
        "papers": attachments(member, application),
        "events": timeline_of("applications.application", member, application),
        "may_submit": may_submit,
        "may_change": bool(member.may("applications.change", application)),
        "may_copy": bool(member.may("applications.copy", application)),
    }
    return render(request, "applications/detail.html", context)


@page("applications.create")
def create(request: HttpRequest) -> HttpResponse:
    """Which form, and then the form itself."""
    key = request.POST.get("form") or request.GET.get("form", "")
    if key not in forms:
        context = {"kinds": forms.values()}
        status = INVALID if request.method == "POST" else 200
        return render(request, "applications/choose.html", context, status=status)
    application = actions.blank(key, request.member)
    return _answer(
        request, application, lambda said: actions.create(key, said, by=request.member)
    )


@page("applications.change", Application)
def change(request: HttpRequest, application: Application) -> HttpResponse:
    seen = request.POST.get("seen", "")
    return _answer(
        request,
        application,
        lambda said: actions.change(application, said, by=request.member, seen=seen),
    )


def _answer(request: HttpRequest, application: Application, act: Any) -> HttpResponse:
    """The form; what was typed is saved, or shown again with what is wrong beside it."""
    entry = Entry(application, request.POST if request.method == "POST" else None)
    if entry.is_bound and (saved := tried(request, entry, lambda **_typed: act(entry.answers))):
        messages.success(request, _("Saved as a draft."))
        return redirect("applications:detail", pk=saved.pk)
    context = {
        "declared": application.declared,
        "application": application,
        "seen": request.POST.get("seen") or application.updated_at.isoformat(),
    }
    return form_page(request, "applications/form.html", entry, **context)


@require_POST
@page("applications.submit", Application)
def submit(request: HttpRequest, application: Application) -> HttpResponse:
    try:
        application = actions.submit(application, by=request.member)
    except Refused as refused:
        if refused.code != "incomplete":
            raise
        request.missing, request.refused = refused.errors, refused
        response = detail(request, pk=application.pk)
        response.status_code = INVALID
        return response
    names = "、".join(step.who for step in steps_of(application.case) if step.state == "now")
    text = _("Submitted. Now it is with: %(who)s.") % {"who": names or _("The company's queue")}
    messages.success(request, text)
    return redirect("applications:detail", pk=application.pk)


@page("applications.attach", Application)
def attach(request: HttpRequest, application: Application) -> HttpResponse:
    return attach_page(request, application)


@require_POST
@page("applications.copy", Application)
def copy(request: HttpRequest, application: Application) -> HttpResponse:
    made = actions.copy(application, by=request.member)
    messages.success(request, _("Copied as a new draft."))
    return redirect("applications:change", pk=made.pk)
