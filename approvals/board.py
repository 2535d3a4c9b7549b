"""What a document's page shows of its case: steps, log, the reader's own task, what changed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from approvals.actions import is_stale, verb_label
from approvals.kinds import kinds
from approvals.models import Case, Document, Task
from kit.because import Because, Line
from org.models import Member


@dataclass(slots=True)
class StepShown:
    """One step of the chain as drawn: state is done, now, wait or void."""

    name: str
    state: str
    who: str
    because: Because | None
    due_at: Any = None
    at: Any = None
    clause: str = ""


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
    task: Task | None = None
    points: list[dict[str, str]] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)


def board(member: Member, document: Document) -> Board | None:
    """None before the first submission."""
    case = document.case
    if case is None:
        return None
    may_decide = member.may("approvals.decide", case)
    task = None
    if may_decide:
        task = Task.objects.waiting_for(member).filter(case=case).select_related("step").first()
    stale = is_stale(document)
    log = decisions_of(case)
    decided = any(row["verb"] == "approve" and row["round"] == case.round for row in log)
    return Board(
        case=case,
        steps=steps_of(case),
        log=log,
        risks=risks_of(case),
        may_decide=may_decide,
        may_withdraw=bool(member.may("approvals.withdraw", case)) and (stale or not decided),
        is_stale=stale,
        task=task,
        points=points_of(case, task),
        changes=changes_of(case),
    )


def risks_of(case: Case) -> list[Line]:
    names = ("kind", "ok", "text", "values", "clause", "ref", "weight")
    return [Line(**{name: row[name] for name in names}) for row in case.risks]


def points_of(case: Case, task: Task | None) -> list[dict[str, str]]:
    labels = kinds[case.kind].points
    return (
        [{"key": key, "label": labels.get(key, key)} for key in task.step.checklist] if task else []
    )


def steps_of(case: Case) -> list[StepShown]:
    tasks = case.tasks.filter(round=case.round).select_related("step", "member")
    by_step: dict[int, list[Task]] = {}
    for task in tasks.order_by("position", "id"):
        by_step.setdefault(task.step_id, []).append(task)
    return [_step(found) for found in by_step.values()]


def _step(tasks: list[Task]) -> StepShown:
    rank = {Task.State.DONE: 0, Task.State.OPEN: 1, Task.State.WAITING: 2, Task.State.VOID: 3}
    tasks = sorted(tasks, key=lambda task: (rank[task.state], -task.pk))
    best = tasks[0]
    names = [t.member.name if t.member else "" for t in tasks if t.state == best.state]
    return StepShown(
        name=best.step.name,
        state={"done": "done", "open": "now", "waiting": "wait", "void": "void"}[best.state],
        who="、".join(name for name in dict.fromkeys(names) if name),
        because=Because.from_json(best.because) if best.because else None,
        due_at=best.due_at if best.state == Task.State.OPEN else None,
        at=best.closed_at if best.state == Task.State.DONE else None,
        clause=best.step.clause,
    )


def decisions_of(case: Case) -> list[dict[str, Any]]:
    labels = kinds[case.kind].points
    return [
        {
            "verb": row.verb,
            "label": verb_label(row.verb),
            "who": row.by.name,
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
        for row in case.decisions.select_related("by").order_by("-at", "-id")
    ]


def changes_of(case: Case) -> list[dict[str, Any]]:
    """What differs between the last two submissions, as label paths with old and new."""
    versions = list(case.versions.order_by("-round")[:2])
    if len(versions) < 2:
        return []
    new, old = (dict(flat(version.snapshot)) for version in versions)
    return [
        {"label": name, "old": old.get(name, "—"), "new": new.get(name, "—")}
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    ]


def flat(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """A snapshot's leaves as (path, text)."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from flat(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for place, item in enumerate(value, 1):
            yield from flat(item, f"{path}[{place}]")
    else:
        yield path, str(value)
