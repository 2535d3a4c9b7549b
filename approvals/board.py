"""What a document's page shows of its case: steps, log, the reader's own task, what changed."""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.access import asked_of, copies_with, decides_with, passing
from approvals.actions import steps_in_force, verb_label
from approvals.actions.document import writers_of
from approvals.kinds import frozen, kinds, thawed
from approvals.models import Case, Decision, Document, Step, Task
from approvals.routing import levels, route
from kit.because import Because, Line
from kit.registry import clauses_of
from kit.texthash import digest
from org.models import Member
from tenancy.params import param

DRAWN = {"done": "done", "open": "now", "waiting": "wait", "void": "void"}


@dataclass(slots=True)
class StepShown:
    """One step of the chain as drawn.

    `state` is done, now, stop (sent back here), wait, void or spared (the document needs it not).
    """

    name: str
    state: str
    who: str
    because: Because | None
    due_at: Any = None
    at: Any = None
    clause: str = ""
    is_late: bool = False
    told: str = ""
    is_shared: bool = False


@dataclass(slots=True)
class Board:
    """Everything templates/approvals/_board.html draws."""

    case: Case
    steps: list[StepShown]
    log: list[dict[str, Any]]
    risks: list[Line]
    may_decide: Because
    may_withdraw: bool
    is_stale: bool
    record: str = ""
    task: Task | None = None
    behalf: Member | None = None
    points: list[dict[str, Any]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    afterwards: str = ""
    back: list[Step] = field(default_factory=list)
    verbs: list[dict[str, Any]] = field(default_factory=list)


def board(
    member: Member,
    document: Document,
    typed: Mapping[str, Any] | None = None,
    since: datetime | None = None,
) -> Board | None:
    """None before the first submission; `typed` is a refused decision to be shown again.

    `since` is when the reader saw it last: changes are told from what stood there then.
    """
    case = document.case
    if case is None:
        return None
    asked = asked_of(member, case)
    clause = next(iter(clauses_of("rule", "approvals.decide")), "")
    may_decide = decides_with(member, case, asked).citing(clause)
    task = asked if may_decide else None
    fresh = kinds[case.kind].snapshot(document) if case.state == Case.State.RUNNING else None
    stale = fresh is not None and digest(fresh) != case.content_hash
    log = decisions_of(case)
    steps = steps_of(case, log)
    decided = any(row["verb"] == "approve" and row["round"] == case.round for row in log)
    return Board(
        case=case,
        steps=steps,
        log=log,
        risks=risks_of(case),
        may_decide=may_decide,
        may_withdraw=bool(member.may("approvals.withdraw", case))
        and (stale or not decided or bool(param("approvals.withdraw_late"))),
        is_stale=stale,
        record=document._meta.label_lower,
        task=task,
        behalf=task.member if task and task.member_id != member.pk else None,
        points=points_of(case, task, typed or {}),
        changes=changes_of(case, document, fresh, since),
        afterwards=afterwards(steps, task),
        back=back_of(case, task),
        verbs=verbs_of(member, case, task),
    )


def back_of(case: Case, task: Task | None) -> list[Step]:
    """The steps an approver may return to: passed in this round, before his own."""
    if task is None:
        return []
    passed = case.tasks.filter(
        round=case.round, state=Task.State.DONE, position__lt=task.position
    ).values("step")
    return list(Step.objects.filter(chain=case.chain_id, pk__in=passed))


VERBS: dict[str, dict[str, str]] = {
    "transfer": {"label": N_("Transfer"), "icon": "arrow-forward-up"},
    "add_signer": {"label": N_("Add a signer"), "icon": "user-plus"},
    "copy": {"label": N_("Send a copy"), "icon": "copy"},
    "comment": {"label": N_("Add a comment"), "icon": "message"},
    "remind": {"label": N_("Remind"), "icon": "bell"},
}


def verbs_of(member: Member, case: Case, task: Task | None) -> list[dict[str, Any]]:
    """What the reader may do beside deciding; nothing that would be refused is offered."""
    allowed = {
        "transfer": task is not None and passing("transfer", member, case, task),
        "add_signer": task is not None and passing("add_signer", member, case, task),
        "copy": task is not None and copies_with(member, case, task),
        "comment": member.may("approvals.comment", case),
        "remind": member.may("approvals.remind", case),
    }
    return [
        {**look, "url": f"approvals:{name}", "is_post": name == "remind"}
        for name, look in VERBS.items()
        if allowed[name]
    ]


def afterwards(steps: list[StepShown], task: Task | None) -> str:
    """What an approval sets in motion, said before it is given: it cannot be taken back."""
    if task is None or task.is_added:
        return ""
    here = next((step for step in steps if step.name == task.step.name), None)
    beside = [s.who for s in steps if s.state == "now" and s is not here]
    if here and here.is_shared:
        return _("Then the others of this step decide.")
    if beside:
        who = "、".join(name or _("The company's queue") for name in beside)
        return _("Then it still waits for %(who)s.") % {"who": who}
    if following := next((step for step in steps if step.state == "wait"), None):
        names = {"step": _(following.name), "who": following.who or _("The company's queue")}
        return _("Then it goes on to %(step)s (%(who)s).") % names
    return _("Yours is the last decision: with it the document is approved.")


def foreseen(document: Document, submitter: Member) -> list[StepShown]:
    """Who would be asked if it were submitted now, by the very routing that submission uses."""
    kind = kinds[document.kind_name]
    facts = thawed(frozen(kind.facts(document)), kind.terms)
    line, writers = levels(document.unit, kind.name), writers_of(document)
    return [
        StepShown(
            name=found.step.name,
            state="spared" if found.is_spared else "wait",
            who="、".join(person.name for person in found.people),
            because=found.because,
            clause=found.step.clause,
        )
        for found in route(steps_in_force(kind), line, submitter.pk, (), writers, facts=facts)
    ]


def risks_of(case: Case) -> list[Line]:
    names = ("kind", "ok", "text", "values", "clause", "ref", "weight")
    return [Line(**{name: row[name] for name in names}) for row in case.risks]


def points_of(case: Case, task: Task | None, typed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The points of the reader's step, with what was ticked and noted and what was wrong."""
    if task is None:
        return []
    labels = kinds[case.kind].points
    said, errors = typed.get("points", {}), typed.get("errors", {})
    return [
        {
            "key": key,
            "label": labels.get(key, key),
            "error": errors.get(f"note_{key}", ""),
            **said.get(key, {"ok": False, "note": ""}),
        }
        for key in task.step.checklist
    ]


def steps_of(case: Case, log: Iterable[Mapping[str, Any]] = ()) -> list[StepShown]:
    stopped = {row["task"] for row in log if row["verb"] in {"return", "reject"}}
    tasks = case.tasks.filter(round=case.round).select_related("step", "member", "done_by")
    by_step: dict[int, list[Task]] = {}
    for task in tasks.order_by("position", "id"):
        by_step.setdefault(task.step_id, []).append(task)
    return [_step(found, stopped) for found in by_step.values()]


def _step(tasks: list[Task], stopped: Container[int | None]) -> StepShown:
    rank = {Task.State.DONE: 0, Task.State.OPEN: 1, Task.State.WAITING: 2, Task.State.VOID: 3}
    tasks = sorted(tasks, key=lambda task: (rank[task.state], -task.pk))
    best = tasks[0]
    names = [shown_name(t) for t in tasks if t.state == best.state]
    because = Because.from_json(best.because) if best.because else None
    is_spared = because is not None and because.question == "applies"
    return StepShown(
        name=best.step.name,
        state="stop" if best.pk in stopped else "spared" if is_spared else DRAWN[best.state],
        who="、".join(name for name in dict.fromkeys(names) if name),
        because=because,
        due_at=best.due_at if best.state == Task.State.OPEN else None,
        at=best.closed_at if best.state == Task.State.DONE else None,
        clause=best.step.clause,
        is_late=best.state == Task.State.OPEN and best.due_at < timezone.now(),
        told="、".join(one["name"] for one in best.told),
        is_shared=best.step.mode != Step.Mode.ANY
        and sum(t.state in {Task.State.OPEN, Task.State.WAITING} for t in tasks) > 1,
    )


def shown_name(task: Task) -> str:
    """Who is asked, or who answered and for whom."""
    if task.done_by_id and task.member_id not in {None, task.done_by_id}:
        names = {"stand_in": task.done_by.name, "who": task.member.name}
        return _("%(stand_in)s for %(who)s") % names
    who = task.done_by or task.member
    return who.name if who else ""


def people_of(row: Decision) -> str:
    """Who acted and, for a stand-in, for whom: as the papers print it."""
    if row.behalf is None:
        return row.by.name
    return _("%(stand_in)s for %(who)s") % {"stand_in": row.by.name, "who": row.behalf.name}


def decisions_of(case: Case) -> list[dict[str, Any]]:
    labels = kinds[case.kind].points
    return [
        {
            "verb": row.verb,
            "task": row.task_id,
            "label": verb_label(row.verb),
            "who": row.by.name,
            "behalf": row.behalf.name if row.behalf else "",
            "people": people_of(row),
            "others": "、".join(str(one["name"]) for one in row.people if "name" in one),
            "back_to": next((one["step"] for one in row.people if "step" in one), ""),
            "step": row.step_name,
            "comment": row.comment,
            "at": row.at,
            "round": row.round,
            "hash": row.content_hash,
            "because": Because.from_json(row.because) if row.because else None,
            "points": [
                {"label": labels.get(key, key), **point} for key, point in row.checklist.items()
            ],
        }
        for row in case.decisions.select_related("by", "behalf").order_by("-at", "-id")
    ]


def changes_of(
    case: Case,
    document: Document,
    fresh: Mapping[str, Any] | None = None,
    since: datetime | None = None,
) -> list[dict[str, Any]]:
    """What differs between the last two submissions, as label paths with old and new.

    With `since`, from the version that stood there then, if that is an older one.
    """
    if case.round < 2:
        return []
    versions = list(case.versions.order_by("-round"))
    if len(versions) < 2:
        return []
    old = versions[1]
    if since is not None:
        old = next((row for row in versions[1:] if row.at <= since), old)
    # stored snapshots have lost the order in which the page shows their parts
    order = kinds[case.kind].snapshot(document) if fresh is None else fresh
    return differences(old.snapshot, versions[0].snapshot, order)


def differences(old: Any, new: Any, order: Any = ()) -> list[dict[str, Any]]:
    """What differs between two snapshots, leaf by leaf, in the words of their labels."""
    before, after = dict(flat(old)), dict(flat(new))
    paths = dict.fromkeys(path for path, _leaf in flat(order)) if order else {}
    return [
        {
            "label": " · ".join(map(shown, path)),
            "old": shown(before.get(path)),
            "new": shown(after.get(path)),
        }
        for path in {**paths, **before, **after}
        if before.get(path) != after.get(path)
    ]


def shown(part: Any) -> str:
    """Labels and choices of a snapshot are msgids; what people wrote stays as it is."""
    if part in {None, ""}:
        return "—"
    return _(part) if isinstance(part, str) else str(part)


def flat(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """A snapshot's leaves with their paths; places in a list count from 1."""
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value, 1)
        for key, item in pairs:
            yield from flat(item, (*path, key))
    else:
        yield path, value
