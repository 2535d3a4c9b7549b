"""The inbox and the decisions taken from a document's page."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals import actions
from approvals.board import risks_of
from approvals.kinds import kinds
from approvals.models import Case, Decision, Task
from kit.because import Refused
from org.access import page

SOON_HOURS = 4
MOST = 200


def document_url(case: Case) -> str:
    return reverse(kinds[case.kind].url, args=[case.object_id])


@page("approvals.inbox")
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for me, the most urgent first; `box=done` shows what I decided."""
    if request.GET.get("box") == "done":
        rows = (
            Decision.objects.filter(
                by=request.member,
                verb__in=("approve", "return", "reject"),
                case__in=Case.objects.visible_to(request.member),
            )
            .select_related("case", "case__owner")
            .order_by("-at", "-id")[:MOST]
        )
        shown = [_done(row) for row in rows]
        return render(request, "approvals/inbox.html", {"rows": shown, "box": "done"})
    tasks = list(
        Task.objects.waiting_for(request.member)
        .select_related("case", "case__owner", "step")
        .order_by("due_at", "id")[:MOST]
    )
    now = timezone.now()
    rows = [_waiting(task, now) for task in tasks]
    counts = Counter(task.case.kind for task in tasks)
    kind = request.GET.get("kind", "")
    if kind == "soon":
        shown = [row for row in rows if row["is_hot"]]
    else:
        shown = [row for row in rows if not kind or row["case"].kind == kind]
    context = {
        "rows": shown,
        "box": "open",
        "kind": kind,
        "total": len(rows),
        "soon": sum(row["is_hot"] for row in rows),
        "chips": [(name, kinds[name].label, count) for name, count in counts.items()],
    }
    return render(request, "approvals/inbox.html", context)


def _waiting(task: Task, now: Any) -> dict[str, Any]:
    left = (task.due_at - now).total_seconds() / 3600 if task.due_at else None
    return {
        "case": task.case,
        "url": document_url(task.case),
        "kind": kinds[task.case.kind].label,
        "step": task.step.name,
        "due_at": task.due_at,
        "is_late": left is not None and left < 0,
        "is_hot": left is not None and left < SOON_HOURS,
        "risks": risks_of(task.case),
        "is_queue": task.member_id is None,
    }


def _done(row: Decision) -> dict[str, Any]:
    return {
        "case": row.case,
        "url": document_url(row.case),
        "kind": kinds[row.case.kind].label,
        "step": row.step_name,
        "label": actions.verb_label(row.verb),
        "verb": row.verb,
        "at": row.at,
    }


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
