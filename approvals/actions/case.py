"""A case from its submission on: snapshot, route, tasks of each position."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.actions.chain import chain_of
from approvals.actions.document import add_decision, is_stale, writers_of
from approvals.kinds import AMOUNT, Kind, frozen, kinds, thawed
from approvals.models import (
    ADDED,
    Case,
    Decision,
    Delegation,
    Document,
    Status,
    Task,
    Version,
)
from approvals.routing import Route, levels, route
from audit.actions import record
from kit.because import Line, Refused, yes
from kit.texthash import canonical, digest
from org.access import after, check
from org.models import Member
from tenancy.actions import post
from tenancy.calendar import due


def submit(document: Document, *, by: Member) -> Case:
    """CTR-1.1 and its like: freeze what was written, route it and open the first step.

    Errors: Forbidden, Refused("incomplete", errors by field), Refused("moved") when the document is
    no longer open. After a return with unchanged content the case goes straight back.
    """
    kind = kinds[document.kind_name]
    rule, model = f"{document._meta.app_label}.submit", type(document)
    check(by, rule, document)
    document = model.objects.select_for_update(no_key=True, of=("self",)).get(pk=document.pk)
    # asked of the row as it is now: it may have been handed over since it was read
    check(by, rule, document)
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
    add_decision(case, "submit", by, because=yes("submit"))
    record(
        rule,
        document,
        by=by,
        before={"status": before},
        after={"status": Status.IN_REVIEW, "round": case.round, "hash": case.content_hash},
    )
    post("approvals.submitted", case=case.pk)
    return case


def _open_case(kind: Kind, document: Document, snapshot: dict[str, Any], by: Member) -> Case:
    facts, content_hash = kind.facts(document), digest(snapshot)
    writers = writers_of(document) - {by.pk}
    shown = {
        "number": document.number,
        "title": facts.title[:160],
        "party": facts.party[:120],
        "amount": facts.amount,
        "risks": [line.as_json() for line in facts.risks],
        "content_hash": content_hash,
        "writers": sorted(writers),
        "owner_id": by.pk,
        "unit_id": document.unit_id,
        "org_path": document.org_path,
        "submitted_at": timezone.now(),
        "updated_at": timezone.now(),
    }
    case, again = document.case, []
    if case is None:
        chain = chain_of(kind)
        case = Case.objects.create(
            kind=kind.name, object_id=document.pk, chain=chain, round=1, **shown
        )
        type(document).objects.filter(pk=document.pk).update(case=case)
        begin = 0
    else:
        same = case.state == Case.State.RETURNED and case.content_hash == content_hash
        # whoever took it over is another submitter: what was decided for the first does not count
        same = same and case.owner_id == by.pk and not writers & counted(case)
        begin, again = (case.position, cut_short(case)) if same else (0, [])
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
        defaults={
            "snapshot": json.loads(canonical(snapshot)),
            "facts": frozen(facts),
            "content_hash": content_hash,
        },
    )
    plan_from(case, document, begin, again)
    return case


def votes(case: Case) -> QuerySet[Decision]:
    """The approvals that count in this round: not those of a step that decides again."""
    return Decision.objects.filter(
        case=case, round=case.round, verb="approve", task__state=Task.State.DONE
    )


def cut_short(case: Case) -> list[Task]:
    """T8: whom the return found still asked at a step that another had passed, and the returner.

    Where nobody had passed it the step is routed anew. A signer whose asker has not answered is
    left to him.
    """
    said, rows = votes(case), Task.objects.filter(case=case, round=case.round)
    returns = Decision.objects.filter(case=case, round=case.round, verb="return")
    last = returns.order_by("-at", "-id").values("task")[:1]
    left = Q(pk__in=last) | Q(state=Task.State.VOID, closed_at=case.decided_at)
    alone = Q(way__in=ADDED) & ~Q(source__in=said.values("task"))
    found = rows.filter(left, step__in=said.values("task__step")).exclude(alone)
    return list(found.select_related("case", "step", "member").order_by("id"))


def plan_from(case: Case, document: Document, lowest: int, again: Sequence[Task] = ()) -> None:
    """Tasks of every step from `lowest` on that is not passed; the first position opens at once.

    Of a passed one the people of `again` are asked once more.
    """
    done = set(votes(case).values_list("task__step_id", flat=True))
    steps = [
        step for step in case.chain.steps.all() if step.position >= lowest and step.pk not in done
    ]
    line, asked = levels(document.unit, case.kind), facts_of(case)
    routes = route(steps, line, case.owner_id, counted(case), case.writers, facts=asked)
    _ask(case, routes)
    # the chain's own first: of those who follow one another the first is opened
    kept = [_once_more(task) for task in sorted(again, key=lambda task: task.is_added)]
    places = [found.step.position for found in routes if not found.passes]
    first = min([*places, *(task.position for task in kept)])
    open_position(case, document, first, is_planned=True)
    for task in kept:
        if task.is_added:
            start(Task.objects.filter(pk=task.pk), task.step.hours)
        task.refresh_from_db(fields=["state", "opened_at"])
        if task.member and _holders(task) | deputies_of(task) <= used_up(case):
            ask_instead(task, task.member)


def _once_more(task: Task) -> Task:
    """The same question to the same person."""
    names = ("case", "round", "step", "position", "member", "way", "source", "because")
    return Task.objects.create(**{name: getattr(task, name) for name in names})


def _holders(task: Task) -> set[int]:
    """The person asked, while he may still answer."""
    held = Task.objects.held_by(task.member).filter(pk=task.pk, member__is_active=True)
    return set(held.values_list("member", flat=True))


def facts_of(case: Case) -> dict[str, Any]:
    """What routing asks of the case: as it was frozen by the submission of this round."""
    version = Version.objects.filter(case=case, round=case.round).only("facts").first()
    kept = version.facts if version else {}
    return {AMOUNT: case.amount, **thawed(kept, kinds[case.kind].terms)}


def _ask(case: Case, routes: list[Route]) -> list[int]:
    """One waiting task for each person of each step; a step without people is the company's."""
    made = Task.objects.bulk_create(
        Task(
            case=case,
            round=case.round,
            step=found.step,
            position=found.step.position,
            member_id=person,
            # a step the company added, whose person decides another one: a note, nobody is asked
            state=Task.State.VOID if found.passes else Task.State.WAITING,
            closed_at=timezone.now() if found.passes else None,
            because=found.because.as_json(),
        )
        for found in routes
        for person in _people(found)
    )
    return [task.pk for task in made]


def _people(found: Route) -> list[int | None]:
    return [person.pk for person in found.people] or [None]


def open_position(
    case: Case, document: Document, position: int, *, is_planned: bool = False
) -> None:
    """Open the tasks of one position; people who left since the plan was made are replaced."""
    waiting = Task.objects.filter(
        case=case, round=case.round, position=position, state=Task.State.WAITING
    )
    steps = list(case.chain.steps.filter(position=position))
    if not is_planned:
        line = levels(document.unit, case.kind)
        planned = set(waiting.values_list("step_id", flat=True))
        steps = [step for step in steps if step.pk in planned]
        others = Task.objects.filter(
            case=case, round=case.round, state=Task.State.WAITING, step__is_fixed=True
        )
        kept = others.exclude(position=position).values_list("member_id", flat=True)
        # those the fixed steps to come wait for are not taken away by a step of the company's own
        reserved = () if all(step.is_fixed for step in steps) else {pk for pk in kept if pk}
        routes = route(steps, line, case.owner_id, counted(case), case.writers, reserved=reserved)
        wanted = {(found.step.pk, person) for found in routes for person in _people(found)}
        if wanted != set(waiting.values_list("step_id", "member_id")):
            waiting.update(state=Task.State.VOID, closed_at=timezone.now())
            _ask(case, routes)
    for step in steps:
        found = waiting.filter(step=step).order_by("id")
        if step.goes_in_order:
            found = Task.objects.filter(pk__in=found.values("pk")[:1])
        start(found, step.hours)
    Case.objects.filter(pk=case.pk).update(position=position)
    case.position = position


def start(tasks: Any, hours: int) -> int:
    """The clock of these waiting tasks begins."""
    now = timezone.now()
    return tasks.filter(state=Task.State.WAITING).update(
        state=Task.State.OPEN, opened_at=now, due_at=due(now, hours)
    )


def counted(case: Case) -> set[int]:
    """Members whose approval counts in this round, their own or through a stand-in.

    What was voided when the case went back to an earlier step does not count any more.
    """
    return {pk for pair in votes(case).values_list("by_id", "behalf_id") for pk in pair if pk}


def used_up(case: Case) -> set[int]:
    """ORG-1.3: who cannot decide any more: authors, and whoever counts already."""
    return counted(case) | case.authors


def deputies_of(task: Task) -> set[int]:
    """Who may answer today for whoever is asked."""
    lent, this = Delegation.objects.in_force(), Task.objects.filter(pk=task.pk)
    rows = lent.filter(principal=task.member_id).select_related("stand_in__company")
    return {row.stand_in_id for row in rows if this.lent_to(row.stand_in).exists()}


def ask_again(news: Mapping[str, Any]) -> None:
    """T8: what waited for somebody who has left the post goes to whoever is asked now.

    The same for those a leaver stood in for, when nobody is left who could decide in their place.
    """
    left = Member.objects.get(pk=news["member"])
    stood_for = Delegation.objects.filter(stand_in=left).values("principal")
    for gone in Member.objects.filter(
        Q(pk=left.pk) | Q(pk__in=stood_for, is_active=False)
    ).order_by("pk"):
        # also whoever is to follow at the present position: nobody looks again when that is opened
        mine = Task.objects.filter(
            member=gone,
            state__in=(Task.State.OPEN, Task.State.WAITING),
            case__state=Case.State.RUNNING,
            position=F("case__position"),
        )
        kept = Task.objects.held_by(gone).values("pk") if gone.is_active else ()
        lent = set(Task.objects.lent().filter(member=gone).values_list("pk", flat=True))
        mine = mine.exclude(pk__in=kept).select_related("case", "step")
        for task in mine.order_by("id"):
            if task.pk not in lent or not deputies_of(task) - used_up(task.case):
                _replace(task, gone)


def ask_below(news: Mapping[str, Any]) -> None:
    """T8: a unit was moved: whoever is asked there and stands above it no more is replaced."""
    path = news["path"]
    there = Task.objects.filter(
        state__in=(Task.State.OPEN, Task.State.WAITING),
        case__state=Case.State.RUNNING,
        case__org_path__gte=path,
        case__org_path__lt=after(path),
    ).exclude(member=None)
    for pk in there.order_by("member").values_list("member", flat=True).distinct():
        ask_again({"member": pk})


def _replace(task: Task, gone: Member) -> None:
    """Under the lock of the case; others who hold the same step go on as they are."""
    case = task.case
    running = Case.objects.filter(pk=case.pk, state=Case.State.RUNNING)
    if running.update(moves=F("moves") + 1):
        ask_instead(task, gone)


def ask_instead(task: Task, gone: Member) -> None:
    """T8: a task whose person cannot answer it any more; the lock is the caller's."""
    case, now = task.case, timezone.now()
    running = Task.objects.filter(
        case=case, round=task.round, state__in=(Task.State.OPEN, Task.State.WAITING)
    )
    if not running.filter(pk=task.pk).update(state=Task.State.VOID, closed_at=now):
        return
    document = kinds[case.kind].model.objects.select_related("unit").get(pk=case.object_id)
    names = ""
    # whom he asked in addition was asked for his sake
    running.filter(source=task, way__in=ADDED).update(state=Task.State.VOID, closed_at=now)
    beside = running.filter(step=task.step).exclude(way__in=ADDED).order_by("id")
    if task.is_added:
        _without(task)
    elif not beside.exists():
        asked = running.filter(position=task.position).exclude(member=None)
        busy = counted(case) | set(asked.values_list("member_id", flat=True))
        line = levels(document.unit, case.kind)
        found = route([task.step], line, case.owner_id, busy, case.writers)
        start(Task.objects.filter(pk__in=_ask(case, found)), task.step.hours)
        names = "、".join(person.name for person in found[0].people)
    elif not running.filter(step=task.step, state=Task.State.OPEN).exists():
        # 依次: it was his turn
        start(Task.objects.filter(pk__in=beside.values("pk")[:1]), task.step.hours)
    post("approvals.asked", case=case.pk)
    record(
        "approvals.ask_again",
        document,
        by=None,
        before={"step": task.step.key, "asked": gone.name},
        after={"asked": names},
    )


def _without(task: Task) -> None:
    """An added signer is gone: who asked him goes on alone, or the company's queue speaks for him.

    What was asked for is never passed in silence, also when the asker has answered already.
    """
    asker = Task.objects.filter(pk=task.source_id)
    if asker.filter(state__in=(Task.State.OPEN, Task.State.WAITING)).exists():
        if task.way == Task.Way.BEFORE:
            start(asker, task.step.hours)
        return
    text = N_("nobody is left above: it waits in the company's queue")
    made = Task.objects.create(
        case=task.case,
        round=task.round,
        step=task.step,
        position=task.position,
        way=task.way,
        source_id=task.source_id,
        because=yes("route", Line("exemption", ok=True, text=text)).as_json(),
    )
    if task.opened_at:
        start(Task.objects.filter(pk=made.pk), task.step.hours)
