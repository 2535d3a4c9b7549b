"""The inbox: what waits for me, and what I decided."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from approvals import actions
from approvals.board import risks_of
from approvals.kinds import kinds
from approvals.models import Case, Decision, Delegation, Task
from org.access import page
from org.models import Member

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
            .select_related("case", "case__owner", "behalf")
            .order_by("-at", "-id")[:MOST]
        )
        shown = [_done(row) for row in rows]
        context = {"rows": shown, "box": "done", "stand_ins": stand_ins_of(request.member)}
        return render(request, "approvals/inbox.html", context)
    tasks = list(
        Task.objects.waiting_for(request.member)
        .select_related("case", "case__owner", "step", "member")
        .order_by("due_at", "id")[:MOST]
    )
    now = timezone.now()
    stand_ins = stand_ins_of(request.member)
    until = {row.principal_id: row.ends_on for row in stand_ins}
    rows = [_waiting(task, now, request.member, until) for task in tasks]
    counts = Counter(task.case.kind for task in tasks)
    kind = request.GET.get("kind", "")
    if kind == "soon":
        shown = [row for row in rows if row["is_hot"]]
    else:
        shown = [row for row in rows if not kind or row["case"].kind == kind]
    context = {
        "rows": shown,
        "box": "open",
        "stand_ins": stand_ins,
        "kind": kind,
        "total": len(rows),
        "soon": sum(row["is_hot"] for row in rows),
        "chips": [(name, kinds[name].label, count) for name, count in counts.items()],
    }
    return render(request, "approvals/inbox.html", context)


def stand_ins_of(member: Member) -> list[Delegation]:
    """Of today: for whom the member stands in, and who stands in for the member."""
    rows = Delegation.objects.in_force().select_related("principal", "stand_in")
    return list(rows.filter(Q(stand_in=member) | Q(principal=member)).order_by("ends_on", "id"))


def _waiting(task: Task, now: Any, member: Member, until: Mapping[int, date]) -> dict[str, Any]:
    lent = task.member if task.member_id not in {None, member.pk} else None
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
        "behalf": lent,
        "until": until.get(task.member_id) if lent else None,
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
        "behalf": row.behalf,
    }
