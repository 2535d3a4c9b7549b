"""The first box: what waits for one, narrowed, counted, sorted, and marked when it is new."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, OuterRef, Q, Subquery
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from approvals import actions
from approvals.actions.batch import alone
from approvals.board import differences, risks_of
from approvals.kinds import kinds
from approvals.models import ADDED, Decision, Delegation, Task, Version
from kit.forms import number
from kit.lists import page_of
from org.models import Member, Unit
from tenancy.context import memo
from tenancy.params import param

SOON_HOURS = 4
SIZE = 25
WORDS = 3  # of what a submitter changed, in the row; the rest stands in the document
FLAGS = {
    "new": N_("New since last time"),
    "soon": N_("Due soon"),
    "risk": N_("Breaks a rule"),
    "easy": N_("Can be ticked"),
}
SORTS = {
    "due": (N_("Most urgent first"), ("due_at", "id")),
    "amount": (N_("Largest amount first"), ("-case__amount", "-id")),
    "newest": (N_("Newest first"), ("-opened_at", "-id")),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the list is narrowed to; `who` is a unit ("u5") or a submitter ("m7")."""

    kind: str = ""
    flag: str = ""
    who: str = ""

    @classmethod
    def of(cls, said: Mapping[str, str]) -> "Chosen":
        flag, who = said.get("flag", ""), said.get("who", "")
        side, key = who[:1], number(who[1:])
        known = side in {"u", "m"} and key is not None
        return cls(
            said.get("kind", "")[:40],
            flag if flag in FLAGS else "",
            f"{side}{key}" if known else "",
        )

    def __bool__(self) -> bool:
        return bool(self.kind or self.flag or self.who)

    def where(self) -> Q:
        found = Q()
        if self.kind:
            found &= Q(case__kind=self.kind)
        if self.flag:
            found &= Q(**{f"is_{self.flag}": True})
        if self.who:
            side = "case__unit" if self.who[0] == "u" else "case__owner"
            found &= Q(**{side: int(self.who[1:])})
        return found


@dataclass(frozen=True, slots=True)
class Group:
    """So many waiting documents of one kind, unit and submitter that share the same marks."""

    kind: str
    unit: int
    unit_name: str
    owner: int
    owner_name: str
    is_new: bool
    is_soon: bool
    is_risk: bool
    is_easy: bool
    count: int

    def fits(self, chosen: Chosen) -> bool:
        return (
            chosen.kind in {"", self.kind}
            and (not chosen.flag or getattr(self, f"is_{chosen.flag}"))
            and chosen.who in {"", f"u{self.unit}", f"m{self.owner}"}
        )


# under which the number is kept for the frame of the same page
COUNTED = "approvals.waiting"
GROUPED = (
    "case__kind", "case__unit", "unit_name", "case__owner", "owner_name",
    "is_new", "is_soon", "is_risk", "is_easy",
)  # fmt: skip


def waiting(request: HttpRequest) -> dict[str, Any]:
    """A page of open tasks; one statement counts for every filter at once."""
    member, now = request.member, timezone.now()
    since = actions.look_in(by=member) if request.method == "GET" else None
    cap = Decimal(param("approvals.batch_cap"))
    chosen = Chosen.of(request.GET)
    tasks = named(Task.objects.waiting_for(member))
    with_marks = marked(tasks, now, since, cap)
    grouped = with_marks.order_by().values_list(*GROUPED).annotate(count=Count("pk"))
    groups = [Group(*row) for row in grouped]
    memo()[COUNTED, member.pk] = sum(group.count for group in groups)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else "due"
    reminded = Decision.objects.filter(case=OuterRef("case"), verb="remind").order_by("-at", "-id")
    shown = (
        (with_marks if chosen.flag else tasks)
        .filter(chosen.where())
        .annotate(reminded_last=Subquery(reminded.values("at")[:1]))
        .select_related("case", "step")
        .defer("because", "told")
    )
    page = page_of(shown, request.GET, size=SIZE, order=SORTS[sort][1])
    lent = stand_ins_of(member)
    until = {row.principal_id: row.ends_on for row in lent}
    said = changed_since(page.rows, since)
    rows = [
        row_of(task, now, member, until) | _more(task, cap, since, said) for task in page.rows
    ]
    return {
        "rows": rows,
        "page": page,
        "since": since,
        "stand_ins": lent,
        "may_tick": any(not row["alone"] for row in rows),
        "chosen": chosen,
        "sort": sort,
        "sorts": [(key, label) for key, (label, _order) in SORTS.items()],
        **facets(groups, chosen),
    }


def named(tasks: Any) -> Any:
    """With the names a row shows: looked up for the page alone, where joins are made for all."""
    people, units = Member.objects.order_by(), Unit.objects.order_by()
    return tasks.annotate(
        owner_name=Subquery(people.filter(pk=OuterRef("case__owner")).values("name")),
        unit_name=Subquery(units.filter(pk=OuterRef("case__unit")).values("name")),
        member_name=Subquery(people.filter(pk=OuterRef("member")).values("name")),
    )


def marked(tasks: Any, now: datetime, since: datetime | None, cap: Decimal) -> Any:
    """Each task with the marks that the chips above the list count."""
    routine = Q(case__risks=[], case__amount__lte=cap)
    marks = {
        "is_new": Q(opened_at__gt=since) if since else Q(pk=None),
        "is_soon": Q(due_at__lt=now + timedelta(hours=SOON_HOURS)),
        "is_risk": ~Q(case__risks=[]),
        "is_easy": routine & (Q(step__checklist=[]) | Q(way__in=ADDED)),
    }
    return tasks.annotate(
        **{name: ExpressionWrapper(q, BooleanField()) for name, q in marks.items()}
    )


def facets(groups: list[Group], chosen: Chosen) -> dict[str, Any]:
    """Chips and choices with what each would show, the other choices staying as they are."""

    def count(**change: str) -> int:
        narrowed = replace(chosen, **change)
        return sum(group.count for group in groups if group.fits(narrowed))

    names = {group.kind: kinds[group.kind].label for group in groups}
    units = {f"u{group.unit}": group.unit_name for group in groups}
    people = {f"m{group.owner}": group.owner_name for group in groups}
    return {
        "total": sum(group.count for group in groups),
        "shown_total": count(),
        "kinds": [(name, label, count(kind=name)) for name, label in names.items()],
        "flags": [
            (name, label, n)
            for name, label in FLAGS.items()
            if (n := count(flag=name)) or chosen.flag == name
        ],
        "units": choices(units, count) if len(units) > 1 or chosen.who in units else [],
        "people": choices(people, count) if len(people) > 1 or chosen.who in people else [],
    }


def choices(names: Mapping[str, str], count: Any) -> list[tuple[str, str, int]]:
    found = ((key, name, count(who=key)) for key, name in names.items())
    return sorted((row for row in found if row[2]), key=lambda row: (-row[2], row[1]))


def stand_ins_of(member: Member) -> list[Delegation]:
    """Of today: for whom the member stands in, and who stands in for the member."""
    if not (member.scope.stands_in or member.scope.is_stood_for):
        return []
    rows = Delegation.objects.in_force().select_related("principal", "stand_in")
    return list(rows.filter(Q(stand_in=member) | Q(principal=member)).order_by("ends_on", "id"))


def row_of(task: Task, now: Any, member: Member, until: Mapping[int, date]) -> dict[str, Any]:
    is_lent = task.member_id not in {None, member.pk}
    left = (task.due_at - now).total_seconds() / 3600 if task.due_at else None
    reminded = task.reminded_last
    return {
        "case": task.case,
        "owner": task.owner_name,
        "unit": task.unit_name,
        "kind": kinds[task.case.kind].label,
        "step": task.step.name,
        "due_at": task.due_at,
        "is_hot": left is not None and left < SOON_HOURS,
        "risks": risks_of(task.case),
        "is_queue": task.member_id is None,
        "behalf": task.member_name if is_lent else "",
        "until": until.get(task.member_id) if is_lent else None,
        "way": task.get_way_display() if task.way else "",
        "reminded": reminded if reminded and reminded >= task.opened_at else None,
    }


def _more(
    task: Task, cap: Decimal, since: datetime | None, said: Mapping[int, dict[str, Any]]
) -> dict[str, Any]:
    """What only the first box knows: whether it can be ticked, and what is new about it."""
    has_points = bool(task.step.checklist and not task.is_added)
    is_new = bool(since and task.opened_at and task.opened_at > since)
    changed = said.get(task.case_id)
    return {
        "alone": alone(task.case, has_points, cap),
        "mark": ("changed" if changed and changed["seen"] else "new") if is_new else "",
        "changed": changed,
    }


def changed_since(tasks: Iterable[Task], since: datetime | None) -> dict[int, dict[str, Any]]:
    """Of what was submitted again: in words what its submitter changed since one saw it.

    Seen is the version that stood at one's last visit; what came and went between two visits is
    compared with the submission before.
    """
    again = [task.case_id for task in tasks if task.case.round > 1]
    versions: dict[int, list[Version]] = {}
    for row in Version.objects.filter(case__in=again).order_by("case", "round") if again else ():
        versions.setdefault(row.case_id, []).append(row)
    return {pk: told for pk, rows in versions.items() if (told := told_of(rows, since))}


def told_of(rows: list[Version], since: datetime | None) -> dict[str, Any] | None:
    """What differs between the newest version and the one that was seen."""
    if len(rows) < 2:
        return None
    seen = [row for row in rows[:-1] if since and row.at <= since]
    old = seen[-1] if seen else rows[-2]
    if seen and rows[-1].at <= since:  # the newest was there already
        old = rows[-2]
    found = differences(old.snapshot, rows[-1].snapshot)
    return {"words": found[:WORDS], "more": max(len(found) - WORDS, 0), "seen": bool(seen)}
