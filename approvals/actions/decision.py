"""Deciding on a case and taking it back."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.actions.case import (
    ask_instead,
    counted,
    deputies_of,
    open_position,
    plan_from,
    start,
    used_up,
)
from approvals.actions.document import add_decision, is_stale, set_status, verb_label
from approvals.kinds import Kind, kinds
from approvals.models import (
    ADDED,
    Case,
    Decision,
    Document,
    Status,
    Step,
    Task,
)
from audit.actions import record
from kit.because import Because, Line, Refused, yes
from kit.texthash import digest
from org.access import check
from org.models import Member
from tenancy.actions import post
from tenancy.params import param

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
    to: str = "",
) -> Case:
    """Approve, return or reject. The one function behind page, API and the bulk verb.

    `seen` is the hash of what was shown; `checklist` maps each point to {"ok": bool, "note": str};
    `to` is the key of an earlier step to return to, instead of the submitter.
    Errors: Refused (409) "handled", "stale", "incomplete", "own", "twice"; Forbidden (403).
    """
    if verb not in {"approve", "return", "reject"}:
        raise Refused(_("There is no such decision."), code="unknown_verb")
    case = lock(case)
    task = _task_for(case, by)
    kind = kinds[case.kind]
    document = kind.model.objects.select_related("unit").get(pk=case.object_id)
    _check_seen(case, kind, document, seen)
    _check_person(case, task, by)
    points = _check_words(case, task, verb, comment.strip(), checklist or {})
    back_to = _step_back(task, to) if verb == "return" and to else None
    _close(task, by, is_passed=verb == "approve")
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
        people=[{"step": back_to.name}] if back_to else [],
    )
    if verb == "approve":
        _advance(case, document, by)
    elif back_to:
        _reopen(case, document, task, back_to)
    else:
        _end(case, document, verb)
    record(
        f"approvals.{verb}",
        document,
        by=by,
        before={"status": Status.IN_REVIEW, "step": task.step.key},
        after={
            "status": document.status,
            "hash": case.content_hash,
            "decision": row.pk,
            **({"step": back_to.key} if back_to else {}),
        },
        behalf=behalf,
        note=comment.strip(),
    )
    post(f"approvals.{verb}", case=case.pk, decision=row.pk)
    return case


def withdraw(case: Case, *, by: Member) -> Case:
    """T8: the submitter takes it back before the first decision, or once it is stale.

    A company may allow it until the last approval.
    """
    check(by, "approvals.withdraw", case)
    case = lock(case)
    kind = kinds[case.kind]
    document = kind.model.objects.get(pk=case.object_id)
    is_late = _has_decision(case) and not param("approvals.withdraw_late")
    if is_late and not is_stale(document):
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


def lock(case: Case) -> Case:
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
    """ORG-1.3: an author never decides, and nobody counts twice in a round, lent or not."""
    if by.pk in case.authors:
        text = N_("you submitted it yourself")
        if case.owner_id != by.pk:
            text = N_("you wrote part of it yourself")
        line = Line("conflict", ok=False, text=text, clause="ORG-1.3")
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
    # whoever was asked in addition gives an opinion; the points are the approver's own
    for key in () if task.is_added else task.step.checklist:
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


def _close(task: Task, by: Member, *, is_passed: bool) -> None:
    """The task is answered; of its step, the others go on or are no longer needed (T8)."""
    now = timezone.now()
    done = Task.objects.filter(pk=task.pk, state=Task.State.OPEN).update(
        state=Task.State.DONE, done_by=by, closed_at=now
    )
    if not done:
        raise _handled(task.case)
    if not is_passed:
        return
    beside = Task.objects.filter(case=task.case_id, round=task.round, step=task.step_id)
    start(beside.filter(source=task, way=Task.Way.AFTER), task.step.hours)
    if task.way == Task.Way.BEFORE:
        start(beside.filter(pk=task.source_id), task.step.hours)
    elif not task.is_added:
        others = beside.exclude(pk=task.pk).exclude(way__in=ADDED)
        others = others.filter(state__in=(Task.State.OPEN, Task.State.WAITING))
        if task.step.mode == Step.Mode.ANY:
            gone = list(others.values_list("pk", flat=True))
            added = beside.filter(source__in=gone, way__in=ADDED).exclude(state=Task.State.DONE)
            for rows in (added, others):
                rows.update(state=Task.State.VOID, closed_at=now)
        elif task.step.goes_in_order:
            following = others.order_by("id").values("pk")[:1]
            start(Task.objects.filter(pk__in=following), task.step.hours)


def _step_back(task: Task, key: str) -> Step:
    """The earlier step the case goes back to; only one that was passed in this round."""
    found = Step.objects.filter(chain=task.step.chain_id, key=key, position__lt=task.position)
    passed = Task.objects.filter(case=task.case_id, round=task.round, state=Task.State.DONE)
    step = found.filter(pk__in=passed.values("step")).first()
    if step is None:
        text = _("It can only go back to a step that was passed before this one.")
        raise Refused(text, code="incomplete", errors={"to": text})
    return step


def _reopen(case: Case, document: Document, task: Task, step: Step) -> None:
    """T8: that step decides again, and everything after it too; the steps beside it stay passed."""
    again = Q(step=step) | Q(position__gt=step.position) | Q(pk=task.pk)
    Task.objects.filter(again, case=case, round=case.round).exclude(state=Task.State.VOID).update(
        state=Task.State.VOID, closed_at=timezone.now()
    )
    plan_from(case, document, step.position)
    Case.objects.filter(pk=case.pk).update(updated_at=timezone.now())


def _advance(case: Case, document: Document, by: Member) -> None:
    """On to the next position when every step beside this one has been passed, or to the end."""
    running = (Task.State.OPEN, Task.State.WAITING)
    mine = Task.objects.filter(case=case, round=case.round, state__in=running)
    here = mine.filter(position__lte=case.position)
    # whoever decided for another, or such a stand-in, may have used up the only vote left there
    asked = here.filter(state=Task.State.OPEN).exclude(member=None)
    for task in asked.select_related("case", "step", "member"):
        people = {task.member_id} if task.member.is_active else set()
        if people | deputies_of(task) <= used_up(case):
            ask_instead(task, task.member)
    now = timezone.now()
    if here.exists():
        Case.objects.filter(pk=case.pk).update(updated_at=now)
        return
    later = mine.filter(position__gt=case.position)
    following = later.order_by("position").values_list("position", flat=True)
    while (position := following.first()) is not None:
        open_position(case, document, position)
        if later.filter(position=position).exists():
            Case.objects.filter(pk=case.pk).update(updated_at=now)
            return
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
