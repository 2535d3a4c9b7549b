"""The engine: the only code that writes a status, a case, a task or a decision."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.kinds import Kind, kinds
from approvals.models import (
    OPEN_TO_EDIT,
    Case,
    Chain,
    Decision,
    Document,
    Status,
    Step,
    Task,
    Version,
)
from approvals.routing import levels, route
from audit.actions import record
from kit.because import Because, Line, Refused, yes
from kit.texthash import canonical, digest
from org.access import check
from org.models import Member
from tenancy.actions import post
from tenancy.calendar import due
from tenancy.context import origin

SHORTEST = 5
ENDS = {
    "return": (Case.State.RETURNED, Status.RETURNED),
    "reject": (Case.State.REJECTED, Status.REJECTED),
    "withdraw": (Case.State.WITHDRAWN, Status.WITHDRAWN),
}


# --- submitting -----------------------------------------------------------------------------------


def submit(document: Document, *, by: Member) -> Case:
    """CTR-1.1 and its like: freeze what was written, route it and open the first step.

    Errors: Forbidden, Refused("incomplete", errors by field), Refused("moved") when the document is
    no longer open. After a return with unchanged content the case goes straight back.
    """
    kind = kinds[document._meta.label_lower]
    check(by, f"{document._meta.app_label}.submit", document)
    model = type(document)
    document = model.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if not document.is_open_to_edit and not is_stale(document):
        raise Refused(_("It was submitted already."), code="moved")
    if missing := kind.check(document):
        raise Refused(_("Some points are still missing."), code="incomplete", errors=missing)
    before = document.status
    number = document.number or kind.take_number(document)
    model.objects.filter(pk=document.pk).update(
        status=Status.IN_REVIEW, number=number, updated_at=timezone.now()
    )
    document.number, document.status = number, Status.IN_REVIEW
    snapshot = kind.snapshot(document)
    case = _open_case(kind, document, snapshot, by)
    _decide_row(case, "submit", by, because=yes("submit"))
    record(
        f"{document._meta.app_label}.submit",
        document,
        by=by,
        before={"status": before},
        after={"status": Status.IN_REVIEW, "round": case.round, "hash": case.content_hash},
    )
    post("approvals.submitted", case=case.pk)
    return case


def is_stale(document: Document) -> bool:
    """Whether something the approvers were shown has changed since: their approvals are void."""
    case = document.case
    if case is None or case.state != Case.State.RUNNING:
        return False
    return digest(kinds[case.kind].snapshot(document)) != case.content_hash


def _open_case(kind: Kind, document: Document, snapshot: dict[str, Any], by: Member) -> Case:
    facts, content_hash = kind.facts(document), digest(snapshot)
    shown = {
        "number": document.number,
        "title": facts.title[:160],
        "party": facts.party[:120],
        "amount": facts.amount,
        "risks": [line.as_json() for line in facts.risks],
        "content_hash": content_hash,
        "owner_id": by.pk,
        "unit_id": document.unit_id,
        "org_path": document.org_path,
        "submitted_at": timezone.now(),
        "updated_at": timezone.now(),
    }
    case = document.case
    if case is None:
        chain = chain_of(kind)
        case = Case.objects.create(
            kind=kind.name, object_id=document.pk, chain=chain, round=1, **shown
        )
        type(document).objects.filter(pk=document.pk).update(case=case)
        start = 0
    else:
        same = case.state == Case.State.RETURNED and case.content_hash == content_hash
        start = case.position if same else 0
        Task.objects.filter(case=case, state__in=(Task.State.OPEN, Task.State.WAITING)).update(
            state=Task.State.VOID, closed_at=timezone.now()
        )
        new_round = case.round if same else case.round + 1
        Case.objects.filter(pk=case.pk).update(
            state=Case.State.RUNNING,
            round=new_round,
            decided_at=None,
            moves=F("moves") + 1,
            **shown,
        )
        case.refresh_from_db()
    document.case = case
    Version.objects.get_or_create(
        case=case,
        round=case.round,
        defaults={"snapshot": json.loads(canonical(snapshot)), "content_hash": content_hash},
    )
    _plan(case, document, start)
    return case


def chain_of(kind: Kind) -> Chain:
    """The newest chain in force; the manual's own becomes version 1 at first use."""
    found = (
        Chain.objects.filter(kind=kind.name, starts_on__lte=timezone.localdate())
        .order_by("-version")
        .first()
    )
    if found:
        return found
    chain, is_new = Chain.objects.get_or_create(kind=kind.name, version=1)
    if is_new:
        Step.objects.bulk_create(
            Step(
                chain=chain,
                position=plan.position,
                key=plan.key,
                name=plan.name,
                role=plan.role,
                clause=plan.clause,
                hours=plan.hours,
                checklist=list(plan.checklist),
            )
            for plan in kind.plan
        )
    return chain


def _plan(case: Case, document: Document, start: int) -> None:
    """Tasks of every step from `start` on; the first position is opened at once."""
    passed = Decision.objects.filter(case=case, round=case.round, verb="approve")
    done = set(passed.values_list("task__step_id", flat=True))
    steps = [
        step for step in case.chain.steps.all() if step.position >= start and step.pk not in done
    ]
    routes = route(steps, levels(document.unit), case.owner_id, _counted(case))
    Task.objects.bulk_create(
        Task(
            case=case,
            round=case.round,
            step=found.step,
            position=found.step.position,
            member_id=person,
            because=found.because.as_json(),
        )
        for found in routes
        for person in ([p.pk for p in found.people] or [None])
    )
    _open(case, document, min(step.position for step in steps), is_planned=True)


def _open(case: Case, document: Document, position: int, *, is_planned: bool = False) -> None:
    """Open the tasks of one position; people who left since the plan was made are replaced."""
    waiting = Task.objects.filter(
        case=case, round=case.round, position=position, state=Task.State.WAITING
    )
    if not is_planned:
        steps = list(case.chain.steps.filter(position=position))
        routes = route(steps, levels(document.unit), case.owner_id, _counted(case))
        planned = {(task.step_id, task.member_id) for task in waiting}
        wanted = {
            (found.step.pk, person): found
            for found in routes
            for person in ([p.pk for p in found.people] or [None])
        }
        if planned != set(wanted):
            waiting.update(state=Task.State.VOID, closed_at=timezone.now())
            Task.objects.bulk_create(
                Task(
                    case=case,
                    round=case.round,
                    step=found.step,
                    position=position,
                    member_id=person,
                    because=found.because.as_json(),
                )
                for (_step, person), found in wanted.items()
            )
    now = timezone.now()
    hours = max(case.chain.steps.filter(position=position).values_list("hours", flat=True))
    waiting.all().update(state=Task.State.OPEN, opened_at=now, due_at=due(now, hours))
    Case.objects.filter(pk=case.pk).update(position=position)
    case.position = position


def _counted(case: Case) -> set[int]:
    """Members whose approval already counts in this round."""
    rows = Decision.objects.filter(case=case, round=case.round, verb="approve")
    return set(rows.values_list("by_id", flat=True))


# --- deciding -------------------------------------------------------------------------------------


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
    _check_person(case, by)
    points = _check_words(case, task, verb, comment.strip(), checklist or {})
    _close(task)
    because = Because.from_json(task.because)
    row = _decide_row(
        case, verb, by, task=task, comment=comment.strip(), checklist=points, because=because
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
    _decide_row(case, "withdraw", by, because=yes("withdraw"))
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


def move(
    document: Document,
    *,
    verb: str,
    frm: Iterable[str],
    to: str,
    by: Member,
    note: str = "",
    **fields: Any,
) -> Document:
    """A step outside the chain (sign, archive): conditional update, decision, audit and outbox."""
    moved = (
        type(document)
        .objects.filter(pk=document.pk, status__in=list(frm))
        .update(status=to, updated_at=timezone.now(), **fields)
    )
    if not moved:
        document.refresh_from_db(fields=["status"])
        text = _("It is now “%(state)s”, so this is no longer possible.")
        raise Refused(text % {"state": document.state.label}, code="moved")
    before = document.status
    document.refresh_from_db()
    if document.case_id:
        _decide_row(document.case, verb, by, comment=note, because=yes(verb))
    name = f"{document._meta.app_label}.{verb}"
    record(
        name, document, by=by, before={"status": before}, after={"status": to, **fields}, note=note
    )
    post(name, document=document.pk)
    return document


# --- the parts ------------------------------------------------------------------------------------


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
        .select_related("step")
        .order_by(F("member").asc(nulls_last=True), "position", "id")
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


def _check_person(case: Case, by: Member) -> None:
    """ORG-1.3: the submitter never decides, and nobody counts twice in a round."""
    if case.owner_id == by.pk:
        line = Line("conflict", ok=False, text=N_("you submitted it yourself"), clause="ORG-1.3")
        raise Refused(code="own", because=Because("decide", verdict=False, lines=(line,)))
    if by.pk in _counted(case):
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


def _close(task: Task) -> None:
    now = timezone.now()
    done = Task.objects.filter(pk=task.pk, state=Task.State.OPEN).update(
        state=Task.State.DONE, closed_at=now
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
        _open(case, document, following)
        Case.objects.filter(pk=case.pk).update(updated_at=timezone.now())
        return
    now = timezone.now()
    Case.objects.filter(pk=case.pk).update(
        state=Case.State.APPROVED, decided_at=now, updated_at=now
    )
    case.state = Case.State.APPROVED
    _set_status(document, Status.APPROVED)
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
    _set_status(document, status)


def _set_status(document: Document, status: str) -> None:
    type(document).objects.filter(pk=document.pk).update(status=status, updated_at=timezone.now())
    document.status = status


def _has_decision(case: Case) -> bool:
    return Decision.objects.filter(case=case, round=case.round, verb="approve").exists()


def _decide_row(
    case: Case,
    verb: str,
    by: Member,
    *,
    because: Because,
    task: Task | None = None,
    comment: str = "",
    checklist: Mapping[str, Any] | None = None,
) -> Decision:
    return Decision.objects.create(
        case=case,
        round=case.round,
        task=task,
        step_name=task.step.name if task else "",
        verb=verb,
        by=by,
        comment=comment,
        checklist=dict(checklist or {}),
        content_hash=case.content_hash,
        because=because.as_json(),
        ip=origin().ip,
    )


VERBS = {
    "submit": N_("Submitted"),
    "approve": N_("Approved"),
    "return": N_("Returned"),
    "reject": N_("Rejected"),
    "withdraw": N_("Withdrawn"),
    "sign": N_("Signed"),
    "archive": N_("Archived"),
}


def verb_label(verb: str) -> str:
    return _(VERBS.get(verb, verb))


__all__ = ["OPEN_TO_EDIT", "chain_of", "decide", "is_stale", "move", "submit", "withdraw"]
