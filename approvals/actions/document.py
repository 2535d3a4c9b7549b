"""What happens to a document: its status, the rows of what was done, and steps off the chain."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.kinds import kinds
from approvals.models import ADDED, Case, Decision, Document, Status, Task
from audit.actions import record
from audit.models import AuditLine
from kit.because import Because, Refused, yes
from kit.texthash import digest
from org.models import Member
from tenancy.actions import post
from tenancy.context import origin

WRITING = ("create", "change", "attach", "remove_attachment", "restore_attachment")
VERBS = {
    "submit": N_("Submitted"),
    "approve": N_("Approved"),
    "return": N_("Returned"),
    "reject": N_("Rejected"),
    "withdraw": N_("Withdrawn"),
    "transfer": N_("Transferred"),
    "add_before": N_("Signer added before"),
    "add_after": N_("Signer added after"),
    "add_parallel": N_("Signer added beside"),
    "remind": N_("Reminded"),
    "copy": N_("Copied to others"),
    "comment": N_("Comment"),
    "sign": N_("Signed"),
    "archive": N_("Archived"),
}


def verb_label(verb: str) -> str:
    return _(VERBS.get(verb, verb))


def is_stale(document: Document) -> bool:
    """Whether something the approvers were shown has changed since: their approvals are void."""
    case = document.case
    if case is None or case.state != Case.State.RUNNING:
        return False
    return digest(kinds[case.kind].snapshot(document)) != case.content_hash


def writers_of(document: Document) -> set[int]:
    """ORG-1.3: all who ever wrote it or hung papers on it, whoever owns it now: the log knows."""
    meta = document._meta
    lines = AuditLine.objects.filter(object_kind=meta.label_lower, object_id=document.pk)
    wrote = lines.filter(verb__in=[f"{meta.app_label}.{verb}" for verb in WRITING])
    return set(wrote.exclude(actor_id=None).values_list("actor_id", flat=True))


def is_passed(document: Document) -> bool:
    """Whether every step that was asked in the last round was approved, on the text of the case."""
    case = document.case
    if case is None or case.state != Case.State.APPROVED:
        return False
    asked = Task.objects.filter(case=case, round=case.round).exclude(way__in=ADDED)
    # a task that was never opened is a note: its person decided another step (T8)
    never = {"state": Task.State.VOID, "opened_at": None}
    needed = set(asked.exclude(**never).values_list("step", flat=True))
    votes = Decision.objects.filter(
        case=case, round=case.round, verb="approve", content_hash=case.content_hash
    )
    said = asked.filter(state=Task.State.DONE, pk__in=votes.values("task"))
    passed = set(said.values_list("step", flat=True))
    return bool(passed) and needed <= passed


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
    """A step outside the chain (sign, archive): conditional update, decision, audit and outbox.

    What goes on from an approval asks the votes themselves, not the status that tells of them.
    """
    frm = list(frm)
    if Status.APPROVED in frm and document.status == Status.APPROVED and not is_passed(document):
        text = _("The log does not hold the approvals of every step, so this is not possible.")
        raise Refused(text, code="unpassed")
    moved = (
        type(document)
        .objects.filter(pk=document.pk, status__in=frm)
        .update(status=to, updated_at=timezone.now(), **fields)
    )
    if not moved:
        document.refresh_from_db(fields=["status"])
        text = _("It is now “%(state)s”, so this is no longer possible.")
        raise Refused(text % {"state": document.state.label}, code="moved")
    before = document.status
    document.refresh_from_db()
    if document.case_id:
        add_decision(document.case, verb, by, comment=note, because=yes(verb))
    name = f"{document._meta.app_label}.{verb}"
    record(
        name, document, by=by, before={"status": before}, after={"status": to, **fields}, note=note
    )
    post(name, document=document.pk)
    return document


def set_status(document: Document, status: str) -> None:
    type(document).objects.filter(pk=document.pk).update(status=status, updated_at=timezone.now())
    document.status = status


def add_decision(
    case: Case,
    verb: str,
    by: Member,
    *,
    because: Because,
    behalf: Member | None = None,
    task: Task | None = None,
    comment: str = "",
    checklist: Mapping[str, Any] | None = None,
    people: Iterable[Mapping[str, Any]] = (),
) -> Decision:
    """One act, appended: the log of the case."""
    return Decision.objects.create(
        case=case,
        round=case.round,
        task=task,
        step_name=task.step.name if task else "",
        verb=verb,
        by=by,
        behalf=behalf,
        comment=comment,
        checklist=dict(checklist or {}),
        people=[dict(one) for one in people],
        content_hash=case.content_hash,
        because=because.as_json(),
        at=timezone.now(),
        ip=origin().ip,
    )
