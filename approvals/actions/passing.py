"""T8 转交 and 加签: another decides instead of me, or with me."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.access import own_task, seats_of
from approvals.actions.case import counted, start
from approvals.actions.decision import lock
from approvals.actions.document import add_decision
from approvals.kinds import kinds
from approvals.models import ADDED, Case, Task, steps_for
from audit.actions import record
from kit.because import Line, Refused, yes
from org.access import check
from org.models import Member
from tenancy.actions import post

DEPTH = 3
MOST_ADDED = 5
RUNNING = (Task.State.OPEN, Task.State.WAITING)


def transfer(case: Case, *, to: Member, by: Member, comment: str = "") -> Task:
    """T8: the task moves, the original stays in the log; the deadline is not extended.

    Only to whoever holds the step's role or a higher one on the submitter's line, at most three
    times. Errors: Forbidden; Refused "handled", "role", "own", "twice", "asked", "depth".
    """
    check(by, "approvals.transfer", case)
    case, task = _mine(case, by)
    # at a later step of his own it goes one level up when that step opens
    _check_person(case, to, position__lte=task.position)
    if _depth(task) >= DEPTH:
        raise Refused(_("It has been transferred three times already."), code="depth")
    held = seats_of(to)
    if not any(
        task.step.role in steps_for(role) and case.org_path.startswith(path) for role, path in held
    ):
        text = _("%(name)s does not hold the role of this step on the submitter's line.")
        raise _wrong(text % {"name": to.name}, "role")
    now = timezone.now()
    Task.objects.filter(pk=task.pk).update(state=Task.State.VOID, done_by=by, closed_at=now)
    made = _task(task, to, by, Task.Way.TRANSFER, N_("%(by)s transferred it to %(who)s"))
    Task.objects.filter(pk=made.pk).update(state=Task.State.OPEN, opened_at=now, due_at=task.due_at)
    # whoever was asked in addition signs beside or after the new one
    Task.objects.filter(source=task, way__in=ADDED, state__in=RUNNING).update(source=made)
    _tell(task, to, by=by, verb="transfer", comment=comment)
    return made


def add_signer(case: Case, *, to: Member, way: str, by: Member, comment: str = "") -> Task:
    """T8: before (it returns to me), after (it follows me) or beside me (all must agree).

    Whoever was added cannot add. Errors: Forbidden; Refused "handled", "way", "own", "twice",
    "asked", "many".
    """
    check(by, "approvals.add_signer", case)
    if way not in {Task.Way.BEFORE, Task.Way.AFTER, Task.Way.PARALLEL}:
        raise Refused(_("Please choose how the person signs."), code="way")
    case, task = _mine(case, by)
    _check_person(case, to)
    if Task.objects.filter(source=task, state__in=RUNNING).count() >= MOST_ADDED:
        raise Refused(_("Five people have been added already."), code="many")
    made = _task(task, to, by, way, N_("%(by)s asked %(who)s to sign as well"))
    if way == Task.Way.BEFORE:
        Task.objects.filter(pk=task.pk).update(state=Task.State.WAITING)
    if way != Task.Way.AFTER:
        start(Task.objects.filter(pk=made.pk), task.step.hours)
    _tell(task, to, by=by, verb=f"add_{way}", comment=comment)
    return made


def _mine(case: Case, by: Member) -> tuple[Case, Task]:
    """Under the lock of the case: the task is still the member's own."""
    case = lock(case)
    task = own_task(by, case)
    if task is None or task.member_id not in {None, by.pk} or task.is_added:
        raise Refused(_("It is no longer waiting for you."), code="handled")
    return case, task


def _check_person(case: Case, to: Member, **where: Any) -> None:
    """ORG-1.3: not the submitter, nobody who counts already, nobody who is asked anyway."""
    if not to.is_active or to.company_id != case.company_id:
        raise _wrong(_("This member is switched off."), "disabled")
    if to.pk == case.owner_id:
        raise _wrong(_("%(name)s submitted it.") % {"name": to.name}, "own")
    if to.pk in case.authors:
        raise _wrong(_("%(name)s wrote part of it.") % {"name": to.name}, "own")
    if to.pk in counted(case):
        raise _wrong(_("%(name)s has approved it already.") % {"name": to.name}, "twice")
    asked = Task.objects.filter(case=case, round=case.round, state__in=RUNNING, member=to)
    if asked.filter(**where).exists():
        raise _wrong(_("%(name)s is asked anyway.") % {"name": to.name}, "asked")


def _depth(task: Task) -> int:
    """How often the task has been transferred."""
    moved = Task.objects.filter(case=task.case_id, way=Task.Way.TRANSFER)
    ids = dict(moved.values_list("pk", "source_id"))
    depth, pk = 0, task.pk
    while pk in ids:
        depth, pk = depth + 1, ids[pk]
    return depth


def _task(task: Task, to: Member, by: Member, way: str, text: str) -> Task:
    line = Line("step", ok=True, text=text, values={"by": by.name, "who": to.name})
    return Task.objects.create(
        case=task.case,
        round=task.round,
        step=task.step,
        position=task.position,
        member=to,
        way=way,
        source=task,
        because=yes("route", line).as_json(),
    )


def _tell(task: Task, to: Member, *, by: Member, verb: str, comment: str) -> None:
    case = task.case
    document = kinds[case.kind].model.objects.get(pk=case.object_id)
    people = [{"id": to.pk, "name": to.name}]
    because = yes(verb)
    add_decision(case, verb, by, task=task, comment=comment.strip(), because=because, people=people)
    after = {"step": task.step.key, "to": to.name}
    record(f"approvals.{verb}", document, by=by, after=after, note=comment.strip())
    post(f"approvals.{verb}", case=case.pk, member=to.pk)


def _wrong(sentence: str, code: str) -> Refused:
    return Refused(sentence, code=code, errors={"to": sentence})
