"""Leave requests of the last days: waiting, returned, approved, drafted."""

import datetime as dt
from typing import Any

from applications import actions as applications
from applications.models import Application
from approvals import actions as engine
from approvals.models import Case, Task
from kit.calendar import add_workdays
from org.models import Member
from salesops.seed import words
from salesops.seed.morning import Morning
from tenancy.calendar import work_table

# whose number among the reps, kind of leave, from which workday on, for how many, how far it got
LEAVES = (
    (0, "annual", 6, 3, "supervisor"),
    (1, "sick", 1, 1, "supervisor"),
    (2, "personal", 4, 2, "returned"),
    (3, "annual", 12, 5, "approved"),
    (4, "marriage", 20, 10, "manager"),
    (5, "in_lieu", 3, 1, "draft"),
)
RETURNED = "当日有客户验收，请改期或说明由谁代班。"


class Paper:
    """An application that the steps share; it exists once the first of them has run."""

    application: Application


def tell(morning: Morning) -> None:
    """Representatives ask their supervisors, and one supervisor asks the manager."""
    reps = [person.member for person in morning.story.firm.reps()]
    for place, kind, start, days, upto in LEAVES:
        if place < len(reps):
            leave(morning, reps[place], kind, upto, start=start, days=days)
    leave(morning, morning.story.firm.the("supervisor"), "annual", "supervisor", start=8, days=2)


def leave(morning: Morning, owner: Member, kind: str, upto: str, *, start: int, days: int) -> None:
    made, begin = Paper(), morning.ago(1, 9) + dt.timedelta(minutes=7 * start)
    first = add_workdays(morning.story.today, start, work_table())
    answers = {
        "kind": kind,
        "days_first": f"{first}",
        "days_from": "noon" if days == 1 and kind == "in_lieu" else "morning",
        "days_last": f"{add_workdays(first, days - 1, work_table())}",
        "days_until": "evening",
        "reason": morning.story.noted(words.LEAVE_REASONS[kind]),
    }

    def draft() -> None:
        made.application = applications.create("leave", answers, by=owner)

    morning.add(begin, draft)
    if upto == "draft":
        return
    hour = dt.timedelta(hours=1)
    morning.add(begin + hour / 4, lambda: applications.submit(made.application, by=owner))
    if upto == "returned":
        morning.add(begin + 2 * hour, lambda: decide(made, "return", RETURNED))
    elif upto in {"manager", "approved"}:
        morning.add(begin + 2 * hour, lambda: decide(made, "approve"))
    if upto == "approved":
        morning.add(begin + 4 * hour, lambda: decide(made, "approve"))


def decide(made: Paper, verb: str, comment: str = "") -> None:
    """By whoever has the open task."""
    case = Case.objects.get(kind="applications.leave", object_id=made.application.pk)
    task: Any = Task.objects.filter(case=case, state=Task.State.OPEN).exclude(member=None).first()
    by = Member.objects.select_related("company").get(pk=task.member_id)
    engine.decide(case, verb=verb, by=by, seen=case.content_hash, comment=comment)
