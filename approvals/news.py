"""What people are told of cases: that they are asked, and how it ended. Receivers of the outbox."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as N_

from approvals.models import Case, Decision, Task
from notices.actions import settle, write
from org.models import Post, Role

ASKED, ENDED = "approvals.asked", "approvals.ended"
QUEUE = (Role.COMPANY_ADMIN, Role.MANAGEMENT)
ENDS = {
    "return": N_("%(who)s returned %(name)s to you"),
    "reject": N_("%(who)s rejected %(name)s"),
}


def submitted(news: Mapping[str, Any]) -> None:
    """Receiver of approvals.submitted, of approvals.asked, and part of every decision."""
    case = Case.objects.select_related("owner").get(pk=news["case"])
    open_ = Task.objects.filter(case=case, round=case.round, state=Task.State.OPEN)
    tasks = list(open_.values_list("pk", "member_id"))
    still = {pk for _task, pk in tasks}
    settle(ASKED, kind=case.kind, target=case.object_id, keep=still - {None})
    for task, member in tasks:
        write(
            topic=ASKED,
            to=[member] if member else queue(),
            text=N_("%(who)s asks you to decide on %(name)s"),
            event=f"{ASKED}:{task}",
            kind=case.kind,
            target=case.object_id,
            by=case.owner_id,
            values={"who": case.owner.name},
        )


def queue() -> set[int]:
    """Whoever looks after what nobody on the line can decide."""
    return set(Post.objects.in_force().filter(role__in=QUEUE).values_list("member", flat=True))


def decided(news: Mapping[str, Any]) -> None:
    """Receiver of approvals.approve, return and reject."""
    submitted(news)
    decision = Decision.objects.select_related("case", "by").get(pk=news["decision"])
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
