"""What the inbox shows: what waits for me, and the other boxes of what I have to do with."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from approvals import actions
from approvals.actions.batch import alone
from approvals.board import risks_of
from approvals.kinds import kinds
from approvals.models import Case, Decision, Delegation, Task
from kit.forms import number
from org.models import Member
from tenancy.params import param

SOON_HOURS = 4
MOST = 50
BOXES = (
    ("open", N_("To approve")),
    ("mine", N_("Submitted by me")),
    ("done", N_("Decided by me")),
    ("copied", N_("Copied to me")),
    ("lent", N_("Decided for me")),
    ("late", N_("Overdue, told to me")),
)
VERBS = ("approve", "return", "reject")


def document_url(case: Case) -> str:
    return reverse(kinds[case.kind].url, args=[case.object_id])


def waiting(request: HttpRequest) -> dict[str, Any]:
    """A page of open tasks; the counts are of all of them, in one statement."""
    member, now = request.member, timezone.now()
    tasks = Task.objects.waiting_for(member)
    soon = Q(due_at__lt=now + timedelta(hours=SOON_HOURS))
    counts = list(
        tasks.order_by().values("case__kind").annotate(
            count=Count("pk"), soon=Count("pk", filter=soon)
        )
    )  # fmt: skip
    kind = request.GET.get("kind", "")
    if kind == "soon":
        tasks = tasks.filter(soon)
    elif kind:
        tasks = tasks.filter(case__kind=kind)
    tasks = tasks.order_by("due_at", "id")
    if last := number(request.GET.get("after")):
        seen = Task.objects.filter(pk=last).values_list("due_at", flat=True).first()
        if seen:
            tasks = tasks.filter(Q(due_at__gt=seen) | Q(due_at=seen, pk__gt=last))
    reminded = Max("case__decisions__at", filter=Q(case__decisions__verb="remind"))
    ids = [task.pk for task in tasks.only("pk")[: MOST + 1]]
    found = Task.objects.filter(pk__in=ids[:MOST]).select_related(
        "case", "case__owner", "step", "member"
    )
    rows = list(found.annotate(reminded_last=reminded).order_by("due_at", "id"))
    until = {row.principal_id: row.ends_on for row in stand_ins_of(member)}
    cap = Decimal(param("approvals.batch_cap"))
    shown = [_waiting(task, now, member, until) | _batch(task, cap) for task in rows]
    return {
        "rows": shown,
        "may_tick": any(not row["alone"] for row in shown),
        "kind": kind,
        "total": sum(row["count"] for row in counts),
        "soon": sum(row["soon"] for row in counts),
        "chips": [
            (row["case__kind"], kinds[row["case__kind"]].label, row["count"]) for row in counts
        ],
        "after": rows[-1].pk if len(ids) > MOST else None,
    }


def _batch(task: Task, cap: Decimal) -> dict[str, Any]:
    """Why the row cannot be ticked; whether it can be decided without opening the document."""
    has_points = bool(task.step.checklist and not task.is_added)
    why = alone(task.case, has_points, cap)
    return {"alone": why, "has_points": has_points}


def stand_ins_of(member: Member) -> list[Delegation]:
    """Of today: for whom the member stands in, and who stands in for the member."""
    rows = Delegation.objects.in_force().select_related("principal", "stand_in")
    return list(rows.filter(Q(stand_in=member) | Q(principal=member)).order_by("ends_on", "id"))


def _waiting(task: Task, now: Any, member: Member, until: Mapping[int, date]) -> dict[str, Any]:
    lent = task.member if task.member_id not in {None, member.pk} else None
    left = (task.due_at - now).total_seconds() / 3600 if task.due_at else None
    reminded = task.reminded_last
    return {
        "case": task.case,
        "url": document_url(task.case),
        "kind": kinds[task.case.kind].label,
        "step": task.step.name,
        "due_at": task.due_at,
        "is_hot": left is not None and left < SOON_HOURS,
        "risks": risks_of(task.case),
        "is_queue": task.member_id is None,
        "behalf": lent,
        "until": until.get(task.member_id) if lent else None,
        "way": task.get_way_display() if task.way else "",
        "reminded": reminded if reminded and reminded >= task.opened_at else None,
    }


def late(request: HttpRequest) -> dict[str, Any]:
    """T8: what others let pass its deadline; it stays with them, their superior knows."""
    member, now = request.member, timezone.now()
    tasks = Task.objects.filter(
        state=Task.State.OPEN,
        told__contains=[{"id": member.pk}],
        case__state=Case.State.RUNNING,
        case__in=Case.objects.visible_to(member),
    ).select_related("case", "case__owner", "step", "member")
    reminded = Max("case__decisions__at", filter=Q(case__decisions__verb="remind"))
    rows = tasks.annotate(reminded_last=reminded).order_by("due_at", "id")[:MOST]
    return {"rows": [_waiting(task, now, member, {}) | {"asked": task.member} for task in rows]}


def decided(request: HttpRequest, **whose: Any) -> dict[str, Any]:
    rows = (
        Decision.objects.filter(
            verb__in=VERBS, case__in=Case.objects.visible_to(request.member), **whose
        )
        .select_related("case", "case__owner", "behalf", "by")
        .order_by("-at", "-id")[:MOST]
    )
    return {"rows": [_done(row) for row in rows]}


def _done(row: Decision) -> dict[str, Any]:
    return {
        "case": row.case,
        "url": document_url(row.case),
        "kind": kinds[row.case.kind].label,
        "step": row.step_name,
        "label": actions.verb_label(row.verb),
        "colour": {"approve": "green", "return": "amber"}.get(row.verb, "red"),
        "at": row.at,
        "behalf": row.behalf,
        "by": row.by,
    }


def of_cases(request: HttpRequest, **which: Any) -> dict[str, Any]:
    cases = Case.objects.visible_to(request.member).filter(**which).select_related("owner")
    return {"rows": [_case(case) for case in cases.order_by("-updated_at", "-id")[:MOST]]}


COLOURS = {"running": "blue", "returned": "amber", "withdrawn": "grey", "rejected": "red",
           "approved": "green"}  # fmt: skip


def _case(case: Case) -> dict[str, Any]:
    return {
        "case": case,
        "url": document_url(case),
        "kind": kinds[case.kind].label,
        "label": case.get_state_display(),
        "colour": COLOURS[case.state],
        "at": case.submitted_at,
    }


FILL: dict[str, Callable[[HttpRequest], dict[str, Any]]] = {
    "open": waiting,
    "mine": lambda request: of_cases(request, owner=request.member),
    "done": lambda request: decided(request, by=request.member),
    "copied": lambda request: of_cases(request, copies__member=request.member),
    "lent": lambda request: decided(request, behalf=request.member),
    "late": late,
}
