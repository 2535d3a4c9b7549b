"""Who may look into the inbox, decide on a case, take one back and name a stand-in."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from approvals.kinds import kinds
from approvals.models import Case, ChainChange, Copy, Delegation, Task
from kit.because import Because, Line, all_of, any_of, no, yes
from org.access import everybody, holds, owns, rule, sees
from org.models import Member, Post, Role
from org.roles import above


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
    """Whoever holds an open task of the case, except its authors."""
    return decides_with(member, case, asked_of(member, case))


def asked_of(member: Member, case: Case) -> Task | None:
    """The task the rules judge by; its authors have none."""
    return None if member.pk in case.authors else own_task(member, case)


def decides_with(member: Member, case: Case, task: Task | None) -> Because:
    """The rule itself, of what was read: a page that asks four rules reads the task once."""
    if member.pk in case.authors:
        text = N_("you submitted it yourself")
        if case.owner_id != member.pk:
            text = N_("you wrote part of it yourself")
        return no("decide", Line("conflict", ok=False, text=text, clause="ORG-1.3"))
    if task is None:
        text = N_("it is not waiting for you")
        return no("decide", Line("step", ok=False, text=text, clause="ORG-1.6"))
    text = N_("it is your turn: %(step_label)s")
    values = {"step_label": task.step.name}
    if task.member_id not in {None, member.pk}:
        text = N_("you stand in for %(who)s: %(step_label)s")
        values["who"] = task.member.name
    reason = Line("step", ok=True, text=text, values=values, clause=task.step.clause)
    return yes("decide", reason)


def own_task(member: Member, case: Case) -> Task | None:
    """The task of the case the member would answer now: his own before one that is lent to him."""
    waiting = Task.objects.waiting_for(member).filter(case=case, round=case.round)
    return waiting.select_related("step", "member").of_oneself_first(member).first()


@rule("approvals.answer", clauses="ORG-1.3", label=N_("Answer as one of those asked"))
def answer(member: Member, case: Case) -> Because:
    """Whoever is or was asked in this round; who came too late is told so by the engine."""
    if may_decide := member.may("approvals.decide", case):
        return may_decide
    mine = case.tasks.filter(round=case.round)
    was_asked = mine.filter(member=member).exists() or mine.seen_by(member).exists()
    if member.pk not in case.authors and was_asked:
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


def passing(question: str, member: Member, case: Case, task: Task | None) -> Because:
    """Whoever decides in his own name and by the chain: not a stand-in, not an added signer."""
    may_decide = decides_with(member, case, task)
    if task is None or not may_decide:
        return may_decide
    if task.member_id not in {None, member.pk}:
        text = N_("a stand-in decides himself or leaves it to %(who)s")
        line = Line("step", ok=False, text=text, values={"who": task.member.name}, clause="ORG-1.3")
        return no(question, line)
    if task.is_added:
        text = N_("whoever was added gives an opinion and adds nobody")
        return no(question, Line("step", ok=False, text=text, clause="ORG-1.3"))
    return may_decide


@rule("approvals.transfer", clauses="ORG-1.3", label=N_("Transfer a task"))
def transfer(member: Member, case: Case) -> Because:
    return passing("transfer", member, case, asked_of(member, case))


@rule("approvals.add_signer", clauses="ORG-1.3", label=N_("Add a signer at one's own step"))
def add_signer(member: Member, case: Case) -> Because:
    return passing("add_signer", member, case, asked_of(member, case))


@rule("approvals.remind", clauses="ORG-1.6", label=N_("Remind those who are asked"))
def remind(member: Member, case: Case) -> Because:
    """T8: the submitter, while somebody is asked."""
    if case.owner_id == member.pk and case.state == Case.State.RUNNING:
        return yes("remind", Line("rule", ok=True, text=N_("you submitted it yourself")))
    text = N_("only the submitter may remind, while it is in review")
    return no("remind", Line("rule", ok=False, text=text))


@rule("approvals.comment", clauses="ORG-1.6", label=N_("Comment on a case one sees"))
def comment(member: Member, case: Case) -> Because:
    """T8: the parties: whoever sees the case."""
    return sees(member, case)


@rule("approvals.copy", clauses="ORG-1.6", label=N_("Send a copy of what one decides"))
def copy(member: Member, case: Case) -> Because:
    """T8: whoever decides now; a stand-in too, an added signer not."""
    return copies_with(member, case, asked_of(member, case))


def copies_with(member: Member, case: Case, task: Task | None) -> Because:
    if task is not None and task.is_added:
        text = N_("whoever was added gives an opinion and adds nobody")
        return no("copy", Line("step", ok=False, text=text, clause="ORG-1.3"))
    return decides_with(member, case, task)


@rule("approvals.delegations")
def delegations(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("approvals.delegate", clauses="ORG-1.3", label=N_("Name a stand-in for a period"))
def delegate(member: Member, principal: Member | None = None) -> Because:
    """For oneself, for one's staff, and by the administrator for whoever is absent or has left."""
    if principal is None or principal.pk == member.pk:
        return yes("delegate", Line("rule", ok=True, text=N_("it is your own post")))
    return any_of("delegate", (leads(member, principal), holds(member, Role.COMPANY_ADMIN)))


@rule("approvals.end_delegation", clauses="ORG-1.3", label=N_("End a stand-in"))
def end_delegation(member: Member, delegation: Delegation) -> Because:
    """Whoever could have set it, and the stand-in, who may hand it back."""
    if delegation.stand_in_id == member.pk:
        return yes("end_delegation", Line("rule", ok=True, text=N_("you are the stand-in")))
    return delegate(member, delegation.principal)


@rule("approvals.chains")
def chains(member: Member, obj: Any = None) -> Because:
    """Who decides what and why is open to every member; the limits are not."""
    return everybody(member, obj)


@rule("approvals.see_bands", clauses="ORG-1.3", label=N_("See from which amounts a step is asked"))
def see_bands(member: Member, change: ChainChange | None = None) -> Because:
    """Whoever keeps or decides chains, and whoever is asked about this change."""
    known = holds(member, Role.COMPANY_ADMIN, Role.DIRECTOR, Role.MANAGEMENT)
    if known or change is None:
        return known
    if text := member.scope.duty("approvals.chainchange").get(change.pk):
        return yes("see_bands", Line("step", ok=True, text=text))
    return known


@rule("approvals.view_change", clauses="ORG-1.3", label=N_("Open a change of a chain"))
def view_change(member: Member, change: ChainChange) -> Because:
    return all_of("view_change", (see_bands(member, change), sees(member, change)))


@rule("approvals.draft_change", clauses="ORG-1.3", label=N_("Propose a change of a chain"))
def draft_change(member: Member, obj: Any = None) -> Because:
    return holds(member, Role.COMPANY_ADMIN)


@rule("approvals.edit_change", clauses="ORG-1.3", label=N_("Edit one's change of a chain"))
def edit_change(member: Member, change: ChainChange) -> Because:
    """Only who wrote it: nobody who had a hand in a version may decide on it."""
    return all_of("edit_change", (draft_change(member), owns(member, change), is_open(change)))


@rule("approvals.submit", clauses="ORG-1.3", label=N_("Submit a change of a chain for approval"))
def submit(member: Member, change: ChainChange) -> Because:
    """The state is the engine's question: it answers 409 with a sentence."""
    return all_of("submit", (draft_change(member), owns(member, change)))


@rule("approvals.discard_change", clauses="ORG-1.3", label=N_("Give up a change of a chain"))
def discard_change(member: Member, change: ChainChange) -> Because:
    """Its writer or, where he is gone, another administrator."""
    return all_of("discard_change", (draft_change(member), is_open(change)))


def changes_kept(member: Member) -> list[int]:
    """Administrators keep each other's changes: one who has left must not block the chain."""
    if Role.COMPANY_ADMIN not in member.scope.roles:
        return []
    return list(ChainChange.objects.order_by("-pk").values_list("pk", flat=True)[:500])


def is_open(change: ChainChange) -> Because:
    text = N_("a change can be edited before it is submitted, or after it came back")
    line = Line("fact", ok=change.is_open_to_edit, text=text)
    return yes("state", line) if change.is_open_to_edit else no("state", line)


def seats_of(member: Member) -> set[tuple[str, str]]:
    """(role, path) of the posts of today, also of somebody who has been switched off."""
    day = timezone.localdate()
    held = Post.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=day), member=member, starts_on__lte=day
    )
    return set(held.values_list("role", "unit__path"))


def is_above(boss: Iterable[tuple[str, str]], staff: Iterable[tuple[str, str]]) -> bool:
    """Whether a seat of the first leads a seat of the second: higher in the line, over its unit."""
    staff = list(staff)
    return any(
        role in above(low) and below.startswith(path) for role, path in boss for low, below in staff
    )


def leads(member: Member, other: Member) -> Because:
    """ORG-1.3: one's superior, by the posts of today."""
    if is_above(((seat.role, seat.path) for seat in member.scope.seats), seats_of(other)):
        return yes("leads", Line("grant", ok=True, text=N_("you lead this person")))
    text = N_("only the person, a superior or the administrator may do this")
    return no("leads", Line("grant", ok=False, text=text, clause="ORG-1.3"))


def cases_to_decide(member: Member) -> list[int]:
    """A duty of the moment: an open task, or a copy, lets its holder see the case."""
    tasks = Task.objects.seen_by(member).order_by().values_list("case_id", flat=True)
    copies = Copy.objects.filter(member=member).order_by().values_list("case_id", flat=True)
    return list(tasks.union(copies)[:2000])


def documents_to_decide(record: str) -> Any:
    """The same for the documents of one table behind the cases of its kinds."""

    def duty(member: Member) -> list[int]:
        names = [kind.name for kind in kinds.values() if kind.record == record]
        tasks = Task.objects.seen_by(member).filter(case__kind__in=names).order_by()
        copies = Copy.objects.filter(member=member, case__kind__in=names).order_by()
        name = "case__object_id"
        return list(
            tasks.values_list(name, flat=True).union(copies.values_list(name, flat=True))[:2000]
        )

    return duty
