"""What people are told of cases: that they are asked, and how it ended. Receivers of the outbox."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_noop as N_

from approvals.models import Case, Decision, Delegation, Task
from notices.actions import settle, write
from org.models import Post, Role

ASKED, ENDED, TALK = "approvals.asked", "approvals.ended", "approvals.talk"
QUEUE = (Role.COMPANY_ADMIN, Role.MANAGEMENT)
ENDS = {
    "return": N_("%(who)s returned %(name)s to you"),
    "reject": N_("%(who)s rejected %(name)s"),
}
SAID = {
    "remind": N_("%(who)s reminds you of %(name)s"),
    "comment": N_("%(who)s mentions you at %(name)s"),
    "copy": N_("%(who)s sent you a copy of %(name)s"),
}


def submitted(news: Mapping[str, Any]) -> None:
    """Receiver of approvals.submitted, of approvals.asked, and part of every decision."""
    case = Case.objects.select_related("owner").get(pk=news["case"])
    open_ = Task.objects.filter(case=case, round=case.round, state=Task.State.OPEN)
    tasks = list(open_.values_list("pk", "member_id"))
    asked = {task: {member, *stand_ins(member, case)} if member else queue()
             for task, member in tasks}  # fmt: skip
    still = {pk for people in asked.values() for pk in people}
    settle(ASKED, kind=case.kind, target=case.object_id, keep=still)
    for task, people in asked.items():
        write(
            topic=ASKED,
            to=people - {case.owner_id},
            text=N_("%(who)s asks you to decide on %(name)s"),
            event=f"{ASKED}:{task}",
            kind=case.kind,
            target=case.object_id,
            by=case.owner_id,
            values={"who": case.owner.name},
        )


def stand_ins(member: int, case: Case) -> set[int]:
    """Who decides for the member today, for this kind of document."""
    rows = Delegation.objects.in_force().filter(principal=member)
    of_kind = rows.filter(Q(kinds=[]) | Q(kinds__contains=[case.kind]))
    return set(of_kind.values_list("stand_in", flat=True))


def queue() -> set[int]:
    """Whoever looks after what nobody on the line can decide."""
    return set(Post.objects.in_force().filter(role__in=QUEUE).values_list("member", flat=True))


def decided(news: Mapping[str, Any]) -> None:
    """Receiver of approvals.approve, return and reject."""
    submitted(news)
    decision = Decision.objects.select_related("case", "by").get(pk=news["decision"])
    if decision.people:
        return  # back to an earlier step: the submitter has nothing to do
    case, text = decision.case, ENDS.get(decision.verb, "")
    event, values = f"{ENDED}:{decision.pk}", {"who": decision.by.name}
    if not text:
        if case.state != Case.State.APPROVED or decision.round != case.round:
            return
        # several may have approved before this is delivered: the end is told once
        text, values = N_("%(name)s has been approved"), {}
        event = f"{ENDED}:{case.pk}.{case.round}"
    write(
        topic=ENDED,
        to=[case.owner_id],
        text=text,
        event=event,
        kind=case.kind,
        target=case.object_id,
        by=decision.by_id,
        values=values,
    )


def said(news: Mapping[str, Any]) -> None:
    """Receiver of approvals.remind, comment and copy: those who are meant are told."""
    decision = Decision.objects.select_related("case", "by").get(pk=news["decision"])
    write(
        topic=TALK,
        to=[one["id"] for one in decision.people],
        text=SAID[decision.verb],
        event=f"{TALK}:{decision.pk}",
        kind=decision.case.kind,
        target=decision.case.object_id,
        by=decision.by_id,
        values={"who": decision.by.name},
    )


def late(news: Mapping[str, Any]) -> None:
    """Receiver of approvals.due_soon and approvals.escalated, while the task still waits."""
    task = Task.objects.select_related("case", "member").get(pk=news["task"])
    if task.state != Task.State.OPEN:
        return
    case, text, values = task.case, N_("%(name)s still waits for your decision"), {}
    to = {task.member_id, *stand_ins(task.member_id, case)} if task.member else queue()
    if "told" in news:
        text, to = N_("%(name)s is overdue with %(who)s"), news["told"]
        values = {"who": task.member.name if task.member else "—"}
    write(
        topic=ASKED,
        to=to,
        text=text,
        event=f"{ASKED}:{task.pk}.{'late' if 'told' in news else 'soon'}",
        kind=case.kind,
        target=case.object_id,
        by=None,
        values=values,
    )
