"""Decisions taken from a document's page."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals import actions
from approvals.boxes import document_url
from approvals.models import Case
from kit.because import Refused
from org.access import page


def _decide(request: HttpRequest, case: Case, verb: str, said: str) -> HttpResponse:
    names = {k.split("_", 1)[1] for k in request.POST if k.startswith(("check_", "note_"))}
    points = {
        name: {
            "ok": request.POST.get(f"check_{name}") == "1",
            "note": request.POST.get(f"note_{name}", ""),
        }
        for name in names
    }
    try:
        actions.decide(
            case,
            verb=verb,
            by=request.member,
            seen=request.POST.get("content_hash", ""),
            comment=request.POST.get("comment", "")[:2000],
            checklist=points,
            to=request.POST.get("to", "")[:40] if verb == "return" else "",
        )
    except Refused as refused:
        if refused.code != "incomplete":
            raise
        # back to the very page with what was typed: nothing a person wrote is lost
        request.typed = {"errors": refused.errors, "points": points, **request.POST.dict()}
        request.refused = refused
        response = resolve(document_url(case)).func(request, pk=case.object_id)
        response.status_code = 422
        return response
    messages.success(request, said)
    return redirect("approvals:inbox")


@require_POST
@page("approvals.answer", Case)
def approve(request: HttpRequest, case: Case) -> HttpResponse:
    return _decide(request, case, "approve", _("Approved."))


@require_POST
@page("approvals.answer", Case)
def return_(request: HttpRequest, case: Case) -> HttpResponse:
    return _decide(request, case, "return", _("Returned for changes."))


@require_POST
@page("approvals.answer", Case)
def reject(request: HttpRequest, case: Case) -> HttpResponse:
    return _decide(request, case, "reject", _("Rejected."))


@require_POST
@page("approvals.withdraw", Case)
def withdraw(request: HttpRequest, case: Case) -> HttpResponse:
    actions.withdraw(case, by=request.member)
    messages.success(request, _("Withdrawn. You can change it and submit it again."))
    return redirect(document_url(case))
