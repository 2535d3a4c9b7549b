"""What people are told of cases: that they are asked, and how it ended. Receivers of the outbox."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as N_

from approvals.kinds import kinds
from approvals.models import Case, Decision, Delegation, Task
from notices.actions import settle, write
from org.models import Post, Role

ASKED, ENDED = "approvals.asked", "approvals.ended"
STANDS_IN, TALK = "approvals.stands_in", "approvals.talk"
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
    asked: dict[str, set[int]] = defaultdict(set)
    for at, member in open_.values_list("opened_at", "member_id"):
        # steps that were opened together are one request, also to whoever is asked for two
        asked[f"{at:%Y%m%d%H%M%S%f}"] |= with_stand_ins(member, case.kind) if member else queue()
    still = set().union(*asked.values())
    settle(ASKED, kind=kinds[case.kind].record, target=case.object_id, keep=still)
    for at, people in asked.items():
        write(
            topic=ASKED,
            to=people - {case.owner_id},
            text=N_("%(who)s asks you to decide on %(name)s"),
            event=f"{ASKED}:{case.pk}.{at}",
            kind=kinds[case.kind].record,
            target=case.object_id,
            by=case.owner_id,
            values={"who": case.owner.name},
        )


def with_stand_ins(member: int, kind: str) -> set[int]:
    """T8: who is asked, and whoever decides for him today."""
    lent = Delegation.objects.in_force().filter(principal=member)
    return {member} | {row.stand_in_id for row in lent if not row.kinds or kind in row.kinds}


def queue() -> set[int]:
    """Whoever looks after what nobody on the line can decide."""
    return set(Post.objects.in_force().filter(role__in=QUEUE).values_list("member", flat=True))


def delegated(news: Mapping[str, Any]) -> None:
    """Receiver of approvals.delegated: the stand-in learns for whom and how long."""
    row = Delegation.objects.select_related("principal").get(pk=news["delegation"])
    days = {"first": f"{row.starts_on:%Y-%m-%d}", "last": f"{row.ends_on:%Y-%m-%d}"}
    write(
        topic=STANDS_IN,
        to=[row.stand_in_id],
        text=N_("You decide for %(who)s from %(first)s to %(last)s"),
        event=f"{STANDS_IN}:{row.pk}",
        by=row.made_by_id,
        values={"who": row.principal.name, **days},
    )


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
        kind=kinds[case.kind].record,
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
        kind=kinds[decision.case.kind].record,
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
    to = with_stand_ins(task.member_id, case.kind) if task.member else queue()
    if "told" in news:
        text, to = N_("%(name)s is overdue with %(who)s"), news["told"]
        values = {"who": task.member.name if task.member else "—"}
    write(
        topic=ASKED,
        to=to,
        text=text,
        event=f"{ASKED}:{task.pk}.{'late' if 'told' in news else 'soon'}",
        kind=kinds[case.kind].record,
        target=case.object_id,
        by=None,
        values=values,
    )
