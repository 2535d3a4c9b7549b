"""Who may look into the inbox, decide on a case and take one back."""

from typing import Any

from django.utils.translation import gettext_noop as N_

from approvals.models import Case, Task
from kit.because import Because, Line, no, yes
from org.access import everybody, rule, sees
from org.models import Member


@rule("approvals.inbox")
def inbox(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("approvals.see_case", clauses="ORG-1.6", label=N_("Open a case"))
def see_case(member: Member, case: Case) -> Because:
    return sees(member, case)


@rule(
    "approvals.decide",
    clauses="ORG-1.3 CTR-1.2 CTR-1.3 CTR-2.4",
    label=N_("Decide on the step that waits for one"),
)
def decide(member: Member, case: Case) -> Because:
    """Whoever holds an open task of the case, except its submitter."""
    if case.owner_id == member.pk:
        text = N_("you submitted it yourself")
        return no("decide", Line("conflict", ok=False, text=text, clause="ORG-1.3"))
    task = Task.objects.waiting_for(member).filter(case=case).select_related("step").first()
    if task is None:
        text = N_("it is not waiting for you")
        return no("decide", Line("step", ok=False, text=text, clause="ORG-1.6"))
    text = N_("it is your turn: %(step_label)s")
    values = {"step_label": task.step.name}
    reason = Line("step", ok=True, text=text, values=values, clause=task.step.clause)
    return yes("decide", reason)


@rule("approvals.answer", clauses="ORG-1.3", label=N_("Answer as one of those asked"))
def answer(member: Member, case: Case) -> Because:
    """Whoever is or was asked in this round; who came too late is told so by the engine."""
    if may_decide := decide(member, case):
        return may_decide
    if case.owner_id != member.pk and case.tasks.filter(round=case.round, member=member).exists():
        return yes("answer", Line("step", ok=True, text=N_("you are asked in this round")))
    return may_decide


@rule(
    "approvals.withdraw",
    clauses="CTR-1.6",
    label=N_("Take back what one submitted, before the first decision"),
)
def withdraw(member: Member, case: Case) -> Because:
    if case.owner_id == member.pk and case.state == Case.State.RUNNING:
        return yes("withdraw", Line("rule", ok=True, text=N_("you submitted it yourself")))
    text = N_("only the submitter may take it back while it is in review")
    return no("withdraw", Line("rule", ok=False, text=text))


def cases_to_decide(member: Member) -> list[int]:
    """A duty of the moment: an open task lets its holder see the case."""
    return list(Task.objects.waiting_for(member).values_list("case_id", flat=True)[:2000])


def documents_to_decide(kind: str) -> Any:
    """The same for the documents behind the cases of one kind."""

    def duty(member: Member) -> list[int]:
        tasks = Task.objects.waiting_for(member).filter(case__kind=kind)
        return list(tasks.values_list("case__object_id", flat=True)[:2000])

    return duty
