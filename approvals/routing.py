"""Who decides: a pure function over the seats above the submitter, with its reasons (T8)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop as N_

from approvals.models import Step
from kit.because import Because, Line, msgid, yes
from org.models import Post, Role, Unit
from org.roles import LADDER


@dataclass(frozen=True, slots=True)
class Person:
    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class Level:
    """One unit on the way up and who holds which role there."""

    unit: str
    holders: Mapping[str, tuple[Person, ...]]


@dataclass(frozen=True, slots=True)
class Route:
    """The people of one step (nobody: the company's queue) and why."""

    step: Step
    people: tuple[Person, ...]
    because: Because


def levels(unit: Unit) -> list[Level]:
    """The submitter's line, unit by unit up to the root, in one query."""
    ids = unit.ancestor_ids
    seats: dict[int, dict[str, list[Person]]] = {pk: {} for pk in ids}
    names: dict[int, str] = {}
    posts = Post.objects.in_force().filter(unit_id__in=ids).select_related("member", "unit")
    for post in posts.order_by("is_acting", "id"):
        holders = seats[post.unit_id].setdefault(post.role, [])
        person = Person(post.member_id, post.member.name)
        if person not in holders:
            holders.append(person)
        names[post.unit_id] = post.unit.name
    return [
        Level(names.get(pk, ""), {role: tuple(found) for role, found in seats[pk].items()})
        for pk in ids
    ]


def ladder_from(role: str) -> tuple[str, ...]:
    """The role and, for a line role, everyone above it."""
    return LADDER[LADDER.index(role) :] if role in LADDER else (role,)


def seek(step: Step, line: Sequence[Level], submitter: int, taken: Iterable[int]) -> Route:
    """The people of one step: never the submitter, never somebody who already decides elsewhere.

    Empty and own seats, and the same person twice, go one level up and at last to the company's
    queue; no step is ever passed in silence.
    """
    busy, lines = set(taken), []
    for role in ladder_from(step.role):
        label = msgid(Role(role).label)
        found = False
        for level in line:
            people = level.holders.get(role, ())
            found = found or bool(people)
            free = tuple(p for p in people if p.pk != submitter and p.pk not in busy)
            lines += [_skipped(p, submitter, label) for p in people if p not in free]
            if free:
                text = N_("%(who)s is %(role_label)s of %(unit)s")
                values = {
                    "who": "、".join(p.name for p in free),
                    "role_label": label,
                    "unit": level.unit,
                }
                named = Line("step", ok=True, text=text, values=values, clause=step.clause)
                return Route(step, free, yes("route", named, *lines))
        if not found:
            text = N_("nobody on the line holds the post of %(role_label)s")
            lines.append(Line("fact", ok=False, text=text, values={"role_label": label}))
    text = N_("nobody is left above: it waits in the company's queue")
    queue = Line("exemption", ok=True, text=text, clause=step.clause)
    return Route(step, (), yes("route", queue, *lines))


def _skipped(person: Person, submitter: int, label: str) -> Line:
    own = N_("%(who)s submitted it and cannot decide as %(role_label)s")
    twice = N_("%(who)s already decides another step, so %(role_label)s goes one level up")
    return Line(
        "exemption",
        ok=False,
        text=own if person.pk == submitter else twice,
        values={"who": person.name, "role_label": label},
        clause="ORG-1.3",
    )


def route(
    steps: Iterable[Step], line: Sequence[Level], submitter: int, decided: Iterable[int] = ()
) -> list[Route]:
    """Route steps in order; `decided` are people whose decision already counts in this round."""
    taken, routes = set(decided), []
    for step in steps:
        found = seek(step, line, submitter, taken)
        taken.update(person.pk for person in found.people)
        routes.append(found)
    return routes
