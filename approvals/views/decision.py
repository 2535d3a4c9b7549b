"""Decisions taken from a document's page."""

import json
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals import actions
from approvals.kinds import document_url
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
        at_case = request.htmx or request.POST.get("at") == "case"
        where = reverse("approvals:case", args=[case.pk]) if at_case else document_url(case)
        found = resolve(where)
        response = found.func(request, **found.kwargs)
        response.status_code = 422
        return response
    if request.htmx:
        return told(said, case)
    messages.success(request, said)
    return redirect(back_to_list(request))


def told(said: str, case: Case) -> HttpResponse:
    """Done in the list itself: the script says it and takes the next one."""
    text = f"{said} {case}"
    news = {"so:toast": {"level": "success", "text": text}, "so:decided": {"case": case.pk}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(news)})


def back_to_list(request: HttpRequest) -> str:
    """The inbox as it was narrowed, which the form carries along; nothing else."""
    narrowed = QueryDict(request.POST.get("list", "")[:300], mutable=True)
    kept = {name: narrowed[name] for name in ("kind", "flag", "who", "sort") if name in narrowed}
    return f"{reverse('approvals:inbox')}{'?' if kept else ''}{urlencode(kept)}"


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
