"""T8 the clock: who sits on a task is reminded, and his superior told, exactly once each."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from approvals.kinds import kinds
from approvals.models import Case, Task
from approvals.routing import Person, levels
from audit.actions import record
from org.models import Post, Role
from org.roles import above
from tenancy.actions import post
from tenancy.calendar import due
from tenancy.params import param

MOST = 500
HEADS = (Role.DIRECTOR, Role.MANAGEMENT)


def run_clock() -> dict[str, int]:
    """What is due now in the company of the transaction: it looks, so a missed run is caught up.

    A task is reminded of after some working hours, and told upward at its deadline; it does not
    move. Each is claimed by a conditional update, so two clocks do it once.
    """
    return {"reminded": _remind(), "escalated": _escalate()}


def _running() -> QuerySet[Task]:
    return Task.objects.filter(state=Task.State.OPEN, case__state=Case.State.RUNNING)


def _remind() -> int:
    now, hours, count = timezone.now(), int(param("approvals.remind_hours")), 0
    # a working day is never shorter than its hours: what was opened later cannot be due yet
    opened = now - timedelta(hours=hours)
    tasks = _running().filter(reminded_at=None, escalated_at=None, opened_at__lte=opened)
    for task in tasks.select_related("case", "step").order_by("opened_at", "id")[:MOST]:
        if due(task.opened_at, hours) > now:
            continue
        mine = Task.objects.filter(pk=task.pk, reminded_at=None, state=Task.State.OPEN)
        if mine.update(reminded_at=now):
            post("approvals.due_soon", case=task.case_id, task=task.pk, member=task.member_id)
            count += 1
    return count


def _escalate() -> int:
    now, count = timezone.now(), 0
    tasks = _running().filter(escalated_at=None, due_at__lte=now)
    rows = tasks.select_related("case", "case__unit", "step", "member").order_by("due_at", "id")
    for task in rows[:MOST]:
        mine = Task.objects.filter(pk=task.pk, escalated_at=None, state=Task.State.OPEN)
        if mine.update(escalated_at=now):
            _tell(task)
            count += 1
    return count


def _tell(task: Task) -> None:
    """The superior learns of it; the task stays where it is (T8)."""
    case = task.case
    people = [{"id": one.pk, "name": one.name} for one in superiors(task)]
    Task.objects.filter(pk=task.pk).update(told=people)
    document = kinds[case.kind].model.objects.get(pk=case.object_id)
    after = {
        "step": task.step.key,
        "asked": task.member.name if task.member else "",
        "told": "、".join(one["name"] for one in people),
    }
    record("approvals.escalate", document, by=None, after=after)
    post("approvals.escalated", case=case.pk, task=task.pk, told=[one["id"] for one in people])


def superiors(task: Task) -> Iterable[Person]:
    """The nearest above the step's role on the line; the company's administrators at last."""
    if task.member_id is None:
        return administrators()
    line = levels(task.case.unit, task.case.kind)
    roles = HEADS if task.step.role == Role.FINANCE else above(task.step.role)
    for role in roles:
        for level in line:
            found = [
                person
                for person in level.holders.get(role, ())
                if person.pk not in {task.member_id, task.case.owner_id} and not person.is_away
            ]
            if found:
                return found
    return administrators()


def administrators() -> list[Person]:
    posts = Post.objects.in_force().filter(role=Role.COMPANY_ADMIN).select_related("member")
    return [Person(post.member_id, post.member.name) for post in posts.order_by("id")]
