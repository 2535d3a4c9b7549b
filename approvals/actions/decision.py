"""Deciding on a case and taking it back."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.actions.case import counted, open_position
from approvals.actions.document import add_decision, is_stale, set_status, verb_label
from approvals.kinds import Kind, kinds
from approvals.models import Case, Decision, Document, Status, Task
from audit.actions import record
from kit.because import Because, Line, Refused, yes
from kit.texthash import digest
from org.access import check
from org.models import Member
from tenancy.actions import post

SHORTEST = 5
ENDS = {
    "return": (Case.State.RETURNED, Status.RETURNED),
    "reject": (Case.State.REJECTED, Status.REJECTED),
    "withdraw": (Case.State.WITHDRAWN, Status.WITHDRAWN),
}


def decide(
    case: Case,
    *,
    verb: str,
    by: Member,
    seen: str,
    comment: str = "",
    checklist: Mapping[str, Mapping[str, Any]] | None = None,
) -> Case:
    """Approve, return or reject. The one function behind page, API and every later bulk verb.

    `seen` is the hash of what was shown; `checklist` maps each point to {"ok": bool, "note": str}.
    Errors: Refused (409) "handled", "stale", "incomplete", "own", "twice"; Forbidden (403).
    """
    if verb not in {"approve", "return", "reject"}:
        raise Refused(_("There is no such decision."), code="unknown_verb")
    case = _lock(case)
    task = _task_for(case, by)
    kind = kinds[case.kind]
    document = kind.model.objects.select_related("unit").get(pk=case.object_id)
    _check_seen(case, kind, document, seen)
    _check_person(case, task, by)
    points = _check_words(case, task, verb, comment.strip(), checklist or {})
    _close(task, by)
    because = Because.from_json(task.because)
    behalf = task.member if task.member_id != by.pk else None
    row = add_decision(
        case,
        verb,
        by,
        behalf=behalf,
        task=task,
        comment=comment.strip(),
        checklist=points,
        because=because,
    )
    if verb == "approve":
        _advance(case, document, by)
    else:
        _end(case, document, verb)
    record(
        f"approvals.{verb}",
        document,
        by=by,
        before={"status": Status.IN_REVIEW, "step": task.step.key},
        after={"status": document.status, "hash": case.content_hash, "decision": row.pk},
        behalf=behalf,
        note=comment.strip(),
    )
    post(f"approvals.{verb}", case=case.pk, decision=row.pk)
    return case


def withdraw(case: Case, *, by: Member) -> Case:
    """T8: the submitter takes it back before the first decision, or once it is stale."""
    check(by, "approvals.withdraw", case)
    case = _lock(case)
    kind = kinds[case.kind]
    document = kind.model.objects.get(pk=case.object_id)
    if _has_decision(case) and not is_stale(document):
        raise Refused(
            _("Somebody has decided already; it can no longer be withdrawn."), code="late"
        )
    add_decision(case, "withdraw", by, because=yes("withdraw"))
    _end(case, document, "withdraw")
    record(
        "approvals.withdraw",
        document,
        by=by,
        before={"status": Status.IN_REVIEW},
        after={"status": document.status},
    )
    post("approvals.withdraw", case=case.pk)
    return case


def _lock(case: Case) -> Case:
    """The conditional update is the lock: one goes on, the others read the result."""
    if not Case.objects.filter(pk=case.pk, state=Case.State.RUNNING).update(moves=F("moves") + 1):
        raise _handled(case)
    return Case.objects.select_related("chain").get(pk=case.pk)


def _handled(case: Case) -> Refused:
    last = Decision.objects.filter(case=case).select_related("by").order_by("-at", "-id").first()
    if last is None:
        return Refused(_("It is no longer in review."), code="handled")
    text = _("%(who)s has handled it already (%(what)s).")
    return Refused(text % {"who": last.by.name, "what": verb_label(last.verb)}, code="handled")


def _task_for(case: Case, by: Member) -> Task:
    check(by, "approvals.answer", case)
    task = (
        Task.objects.waiting_for(by)
        .filter(case=case, round=case.round)
        .select_related("step", "member")
        .of_oneself_first(by)
        .first()
    )
    if task is None:
        raise _handled(case)
    return task


def _check_seen(case: Case, kind: Kind, document: Document, seen: str) -> None:
    fresh = digest(kind.snapshot(document))
    if fresh != case.content_hash:
        text = _(
            "The content has changed since it was submitted: the approvals so far are void. "
            "The submitter has to submit it again."
        )
        raise Refused(text, code="stale")
    if seen != case.content_hash:
        raise Refused(_("What you were shown has changed. Please look at it again."), code="stale")


def _check_person(case: Case, task: Task, by: Member) -> None:
    """ORG-1.3: the submitter never decides, and nobody counts twice in a round, lent or not."""
    if case.owner_id == by.pk:
        line = Line("conflict", ok=False, text=N_("you submitted it yourself"), clause="ORG-1.3")
        raise Refused(code="own", because=Because("decide", verdict=False, lines=(line,)))
    if {by.pk, task.member_id} & counted(case):
        text = N_("your approval already counts in this round")
        line = Line("conflict", ok=False, text=text, clause="ORG-1.3")
        raise Refused(code="twice", because=Because("decide", verdict=False, lines=(line,)))


def _check_words(
    case: Case,
    task: Task,
    verb: str,
    comment: str,
    checklist: Mapping[str, Mapping[str, Any]],
) -> dict[str, dict[str, Any]]:
    """CTR-1.2: every point ticked or commented; reasons where the manual asks for them."""
    errors: dict[str, str] = {}
    if verb != "approve" and len(comment) < SHORTEST:
        errors["comment"] = _("Please give a reason of at least five characters.")
    points: dict[str, dict[str, Any]] = {}
    for key in task.step.checklist:
        said = checklist.get(key, {})
        points[key] = {"ok": bool(said.get("ok")), "note": str(said.get("note", "")).strip()[:500]}
    if verb == "approve":
        for key, point in points.items():
            if not point["ok"] and not point["note"]:
                errors[f"note_{key}"] = _("Tick this point or say what is to be noted.")
        if case.risks and not task.step.checklist and len(comment) < SHORTEST:
            errors["comment"] = _("A rule is broken: please say why you approve all the same.")
    if errors:
        raise Refused(next(iter(errors.values())), code="incomplete", errors=errors)
    return points


def _close(task: Task, by: Member) -> None:
    now = timezone.now()
    done = Task.objects.filter(pk=task.pk, state=Task.State.OPEN).update(
        state=Task.State.DONE, done_by=by, closed_at=now
    )
    if not done:
        raise _handled(task.case)
    Task.objects.filter(
        case=task.case_id, round=task.round, step=task.step_id, state=Task.State.OPEN
    ).update(state=Task.State.VOID, closed_at=now)


def _advance(case: Case, document: Document, by: Member) -> None:
    """On to the next position when every step beside this one has been passed, or to the end."""
    here = Task.objects.filter(case=case, round=case.round, state=Task.State.OPEN)
    if here.exists():
        Case.objects.filter(pk=case.pk).update(updated_at=timezone.now())
        return
    later = Task.objects.filter(case=case, round=case.round, state=Task.State.WAITING)
    following = later.order_by("position").values_list("position", flat=True).first()
    if following is not None:
        open_position(case, document, following)
        Case.objects.filter(pk=case.pk).update(updated_at=timezone.now())
        return
    now = timezone.now()
    Case.objects.filter(pk=case.pk).update(
        state=Case.State.APPROVED, decided_at=now, updated_at=now
    )
    case.state = Case.State.APPROVED
    set_status(document, Status.APPROVED)
    if done := kinds[case.kind].on_done:
        done(document, by)


def _end(case: Case, document: Document, verb: str) -> None:
    state, status = ENDS[verb]
    now = timezone.now()
    Task.objects.filter(
        case=case, round=case.round, state__in=(Task.State.OPEN, Task.State.WAITING)
    ).update(state=Task.State.VOID, closed_at=now)
    Case.objects.filter(pk=case.pk).update(state=state, decided_at=now, updated_at=now)
    case.state = state
    set_status(document, status)


def _has_decision(case: Case) -> bool:
    return Decision.objects.filter(case=case, round=case.round, verb="approve").exists()
