"""What a changed chain would have meant: last year's documents through the very same routing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from approvals.kinds import AMOUNT, Kind, thawed
from approvals.models import Case, Step, Version
from approvals.routing import Level, Route, lines, route
from org.models import Member

DAYS, MOST_REPLAYED, MOST_NAMED = 365, 500, 20


@dataclass(frozen=True, slots=True)
class Way:
    """One document that would go another way, and by whom."""

    case: Case
    then: list[tuple[str, str]]
    now: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Preview:
    """Numbers, and the documents the reader sees; the others are only counted."""

    running: int
    total: int
    replayed: int
    differ: int
    unknown: int = 0
    ways: list[Way] = field(default_factory=list)
    unnamed: int = 0


def preview(kind: Kind, old: Sequence[Step], new: Sequence[Step], reader: Member) -> Preview:
    """Both versions asked of each document, with its frozen facts and the posts of today."""
    cases = Case.objects.filter(kind=kind.name)
    year = cases.filter(submitted_at__gte=timezone.now() - timedelta(DAYS))
    newest = year.select_related("unit").order_by("-submitted_at", "-id")[:MOST_REPLAYED]
    rows = list(newest)
    facts = frozen_facts(kind, rows)
    line = lines({case.unit_id: case.unit for case in rows}.values(), kind.name)
    found: list[Way] = []
    for case in rows:
        seats = line[case.unit_id]
        then, now = (
            _asked(steps, seats, case, facts[case.pk]) for steps in (old, new)
        )  # fmt: skip
        if signature(then) != signature(now):
            found.append(Way(case, named(then), named(now)))
    seen = Case.objects.visible_to(reader).filter(pk__in=[way.case.pk for way in found])
    visible = set(seen.values_list("pk", flat=True))
    ways = [way for way in found if way.case.pk in visible]
    return Preview(
        running=cases.filter(state__in=(Case.State.RUNNING, Case.State.RETURNED)).count(),
        total=year.count(),
        replayed=len(rows),
        differ=len(found),
        unknown=sum(len(one) == 1 for one in facts.values()) if kind.terms else 0,
        ways=ways[:MOST_NAMED],
        unnamed=len(found) - len(ways[:MOST_NAMED]),
    )


def frozen_facts(kind: Kind, cases: Iterable[Case]) -> dict[int, dict[str, Any]]:
    """The facts of the last submission of each case; of old ones the amount alone is known."""
    found = {case.pk: {AMOUNT: case.amount} for case in cases}
    kept = Version.objects.filter(case__in=list(found), round=F("case__round"))
    for pk, facts in kept.order_by().values_list("case_id", "facts"):
        found[pk] |= thawed(facts, kind.terms)
    return found


def _asked(
    steps: Sequence[Step], line: Sequence[Level], case: Case, facts: dict[str, Any]
) -> list[Route]:
    found = route(steps, line, case.owner_id, (), case.writers, facts=facts)
    return [one for one in found if not one.passes]


def signature(routes: Sequence[Route]) -> list[tuple[Any, ...]]:
    """Which way it goes: who decides what, how many of them, and in which order."""
    places = sorted({one.step.position for one in routes})
    return sorted(
        (
            places.index(one.step.position),
            one.step.key,
            one.step.mode,
            tuple(person.pk for person in one.people),
        )
        for one in routes
    )


def named(routes: Sequence[Route]) -> list[tuple[str, str]]:
    """Step and people of those asked, in order."""
    ordered = sorted(routes, key=lambda one: one.step.position)
    return [(one.step.name, "、".join(person.name for person in one.people)) for one in ordered]
