"""The boxes of the inbox: beside what waits for me, what else I have to do with."""

from collections.abc import Callable
from typing import Any

from django.db.models import Max, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from approvals import actions
from approvals.kinds import document_url, kinds
from approvals.models import Case, Decision, Task
from approvals.waiting import named, row_of, waiting
from org.models import Member

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


def linked(member: Member, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The rows with the address of their document; none where somebody else has taken it over."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row["case"].kind, set()).add(row["case"].object_id)
    seen = set()
    for name, ids in wanted.items():
        documents = kinds[name].model.objects.visible_to(member).filter(pk__in=ids)
        seen |= {(name, pk) for pk in documents.values_list("pk", flat=True)}
    for row in rows:
        case = row["case"]
        row["kind"] = kinds[case.kind].label
        row["url"] = ""
        if (case.kind, case.object_id) in seen:
            row["url"] = document_url(case)
    return {"rows": rows}


def late(request: HttpRequest) -> dict[str, Any]:
    """T8: what others let pass its deadline; it stays with them, their superior knows."""
    member, now = request.member, timezone.now()
    tasks = Task.objects.filter(
        state=Task.State.OPEN,
        told__contains=[{"id": member.pk}],
        case__state=Case.State.RUNNING,
        case__in=Case.objects.visible_to(member),
    ).select_related("case", "step")
    reminded = Max("case__decisions__at", filter=Q(case__decisions__verb="remind"))
    rows = named(tasks.annotate(reminded_last=reminded)).order_by("due_at", "id")[:MOST]
    found = [row_of(task, now, member, {}) | {"asked": task.member_name} for task in rows]
    return linked(member, found)


def decided(request: HttpRequest, **whose: Any) -> dict[str, Any]:
    rows = (
        Decision.objects.filter(
            verb__in=VERBS, case__in=Case.objects.visible_to(request.member), **whose
        )
        .select_related("case", "case__owner", "behalf", "by")
        .order_by("-at", "-id")[:MOST]
    )
    return linked(request.member, [_done(row) for row in rows])


def _done(row: Decision) -> dict[str, Any]:
    return {
        "case": row.case,
        "owner": row.case.owner.name,
        "step": row.step_name,
        "label": actions.verb_label(row.verb),
        "colour": {"approve": "green", "return": "amber"}.get(row.verb, "red"),
        "at": row.at,
        "behalf": row.behalf.name if row.behalf else "",
        "by": row.by.name,
    }


def of_cases(request: HttpRequest, **which: Any) -> dict[str, Any]:
    cases = Case.objects.visible_to(request.member).filter(**which).select_related("owner")
    rows = [_case(case) for case in cases.order_by("-updated_at", "-id")[:MOST]]
    return linked(request.member, rows)


COLOURS = {"running": "blue", "returned": "amber", "withdrawn": "grey", "rejected": "red",
           "approved": "green"}  # fmt: skip


def _case(case: Case) -> dict[str, Any]:
    return {
        "case": case,
        "owner": case.owner.name,
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
