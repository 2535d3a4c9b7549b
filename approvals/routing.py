"""Who decides: a pure function over the seats above the submitter, with its reasons (T8)."""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from approvals.conditions import applies, is_conditional
from approvals.models import Delegation, Step, steps_for
from kit.because import Because, Line, msgid, yes
from org.models import Post, Role, Unit
from org.roles import LADDER, above


@dataclass(frozen=True, slots=True)
class Person:
    """A holder of a seat; `deputies` stand in today, and are all there is when `is_away`.

    Of a deputy `steps` are the roles he may answer for (None: any), `led_by` whose staff he is.
    """

    pk: int
    name: str
    deputies: tuple["Person", ...] = ()
    is_away: bool = False
    steps: frozenset[str] | None = None
    led_by: frozenset[int] = frozenset()

    def can_decide(self, barred: Container[int], role: str, submitter: int) -> bool:
        """Somebody who may still decide is left: the holder or, for one who is gone, a stand-in."""
        if self.pk in barred:
            return False
        return not self.is_away or any(
            one.pk not in barred
            and (one.steps is None or role in one.steps)
            and submitter not in one.led_by
            for one in self.deputies
        )


@dataclass(frozen=True, slots=True)
class Level:
    """One unit on the way up and who holds which role there."""

    unit: str
    holders: Mapping[str, tuple[Person, ...]]


@dataclass(frozen=True, slots=True)
class Route:
    """The people of one step (nobody: the company's queue) and why.

    What `passes` asks nobody: somebody decides another step already, or the document `is_spared`.
    """

    step: Step
    people: tuple[Person, ...]
    because: Because
    passes: bool = False

    @property
    def is_spared(self) -> bool:
        return not self.because.verdict


def levels(unit: Unit, kind: str = "") -> list[Level]:
    """The submitter's line, unit by unit up to the root, with stand-ins for a kind of document."""
    return lines([unit], kind)[unit.pk]


def lines(units: Iterable[Unit], kind: str = "") -> dict[int, list[Level]]:
    """The lines of many units by the same two statements."""
    units, day = list(units), timezone.localdate()
    ids = {pk for unit in units for pk in unit.ancestor_ids}
    deputies: dict[int, list[Person]] = {}
    lent = Delegation.objects.in_force().filter(Q(kinds=[]) | Q(kinds__contains=[kind]))
    rows = list(lent.select_related("stand_in", "principal"))
    # only for whoever is gone does it matter what his stand-in may answer
    alone = standing({row.stand_in_id for row in rows if not row.principal.is_active}, day)
    for row in rows:
        may = alone.get(row.stand_in_id, ()) if not row.principal.is_active else ()
        person = Person(row.stand_in_id, row.stand_in.name, (), False, *may)
        deputies.setdefault(row.principal_id, []).append(person)
    seats: dict[int, dict[str, list[Person]]] = {pk: {} for pk in ids}
    names: dict[int, str] = {}
    # somebody who was switched off keeps the seat only while a stand-in is named
    held = Post.objects.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)
    held = held.filter(Q(member__is_active=True) | Q(member__in=list(deputies)), unit_id__in=ids)
    for post in held.select_related("member", "unit").order_by("is_acting", "id"):
        holders = seats[post.unit_id].setdefault(post.role, [])
        stand_ins = tuple(deputies.get(post.member_id, ()))
        person = Person(post.member_id, post.member.name, stand_ins, not post.member.is_active)
        if person not in holders:
            holders.append(person)
        names[post.unit_id] = post.unit.name
    found = {
        pk: Level(names.get(pk, ""), {role: tuple(held) for role, held in seats[pk].items()})
        for pk in ids
    }
    return {unit.pk: [found[pk] for pk in unit.ancestor_ids] for unit in units}


def standing(
    people: Collection[int], day: date
) -> dict[int, tuple[frozenset[str], frozenset[int]]]:
    """Of each stand-in: the roles he may answer for, and who leads him (`TaskQuerySet.lent_to`)."""
    if not people:
        return {}
    held = Post.objects.in_force(day).select_related("unit")
    seats: dict[int, list[tuple[str, str]]] = {pk: [] for pk in people}
    for post in held.filter(member__in=people):
        seats[post.member_id].append((post.role, post.unit.path))
    chiefs = [(post.member_id, post.role, post.unit.path) for post in held.filter(role__in=LADDER)]
    return {
        pk: (
            frozenset(step for role, _path in mine for step in steps_for(role)),
            frozenset(
                chief for chief, rank, over in chiefs for role, path in mine
                if rank in above(role) and path.startswith(over)
            ),
        )
        for pk, mine in seats.items()
    }  # fmt: skip


def ladder_from(role: str) -> tuple[str, ...]:
    """The role and, for a line role, everyone above it."""
    return LADDER[LADDER.index(role) :] if role in LADDER else (role,)


def seek(
    step: Step,
    line: Sequence[Level],
    submitter: int,
    taken: Iterable[int],
    writers: Collection[int] = (),
) -> Route:
    """The people of one step: never its authors, never somebody who already decides elsewhere.

    Empty and own seats, and the same person twice, go one level up and at last to the company's
    queue; no step is ever passed in silence.
    """
    authors = {submitter, *writers}
    busy, lines = {*taken, *authors}, []
    for role in ladder_from(step.role):
        label = msgid(Role(role).label)
        found = False
        for level in line:
            people = level.holders.get(role, ())
            found = found or bool(people)
            free = tuple(p for p in people if p.can_decide(busy, step.role, submitter))
            lines += [_skipped(p, submitter, authors, label) for p in people if p not in free]
            if free:
                text = N_("%(who)s is %(role_label)s of %(unit)s")
                values = {
                    "who": "、".join(p.name for p in free),
                    "role_label": label,
                    "unit": level.unit,
                }
                named = Line("step", ok=True, text=text, values=values, clause=step.clause)
                return Route(step, free, yes("route", named, *_lent(free), *lines))
        if not found:
            text = N_("nobody on the line holds the post of %(role_label)s")
            lines.append(Line("fact", ok=False, text=text, values={"role_label": label}))
    text = N_("nobody is left above: it waits in the company's queue")
    queue = Line("exemption", ok=True, text=text, clause=step.clause)
    return Route(step, (), yes("route", queue, *lines))


def once(step: Step, line: Sequence[Level], taken: Container[int]) -> Route | None:
    """T8 自动去重: the step's own holder decides another step of this round already."""
    for level in line:
        if people := level.holders.get(step.role, ()):
            same = tuple(person for person in people if person.pk in taken)
            if not same:
                return None
            text = N_("%(who)s decides another step already: passed once (automatic)")
            values = {"who": "、".join(person.name for person in same)}
            note = Line("exemption", ok=True, text=text, values=values, clause=step.clause)
            return Route(step, same[:1], yes("route", note), passes=True)
    return None


def _lent(people: Iterable[Person]) -> list[Line]:
    text = N_("%(stand_in)s stands in for %(who)s")
    return [
        Line("grant", ok=True, text=text, values={"stand_in": one.name, "who": person.name})
        for person in people
        for one in person.deputies
    ]


def _skipped(person: Person, submitter: int, authors: Container[int], label: str) -> Line:
    gone = N_("%(who)s is switched off, and the stand-in cannot decide as %(role_label)s")
    own = N_("%(who)s submitted it and cannot decide as %(role_label)s")
    wrote = N_("%(who)s wrote part of it and cannot decide as %(role_label)s")
    twice = N_("%(who)s already decides another step, so %(role_label)s goes one level up")
    text = gone if person.is_away else twice
    if person.pk in authors:
        text = own if person.pk == submitter else wrote
    return Line(
        "exemption",
        ok=False,
        text=text,
        values={"who": person.name, "role_label": label},
        clause="ORG-1.3",
    )


def climb(
    step: Step,
    line: Sequence[Level],
    submitter: int,
    taken: set[int],
    writers: Collection[int] = (),
) -> Route:
    """T8 连续上级: one superior after the other, up to the named role or the top.

    Each rung is the nearest holder of the next role above the submitter; whoever decides another
    step already is not asked twice, and the last rung is never passed in silence.
    """
    rungs = LADDER[: LADDER.index(step.role)] if step.role in LADDER else ()
    own = [role for role in rungs if any(_sits(submitter, level, role) for level in line)]
    if own:
        rungs = rungs[rungs.index(own[-1]) + 1 :]
    people: list[Person] = []
    reasons: list[Line] = []
    for role in rungs:
        seats = [(lv.unit, one) for lv in line for one in lv.holders.get(role, ())]
        busy = {submitter, *writers, *taken, *(one.pk for one in people)}
        free = [(unit, one) for unit, one in seats if one.pk not in busy and not one.is_away]
        values = {"role_label": msgid(Role(role).label)}
        if not free or any(one.pk in taken for _unit, one in seats):
            text = N_("%(role_label)s: nobody there, or deciding another step already")
            reasons.append(Line("fact", ok=False, text=text, values=values))
            continue
        values |= {"unit": free[0][0], "who": free[0][1].name}
        text = N_("%(who)s is %(role_label)s of %(unit)s")
        reasons.append(Line("step", ok=True, text=text, values=values, clause=step.clause))
        people.append(free[0][1])
    top = once(step, line, taken)
    if top and not people:
        return top
    top = top or seek(step, line, submitter, {*taken, *(one.pk for one in people)}, writers)
    people.extend(() if top.passes else top.people[:1])
    reasons.extend(top.because.lines)
    return Route(step, tuple(people), yes("route", *sorted(reasons, key=lambda one: not one.ok)))


def _sits(submitter: int, level: Level, role: str) -> bool:
    return any(person.pk == submitter for person in level.holders.get(role, ()))


def route(
    steps: Iterable[Step],
    line: Sequence[Level],
    submitter: int,
    decided: Iterable[int] = (),
    writers: Collection[int] = (),
    *,
    facts: Mapping[str, Any] | None = None,
    reserved: Iterable[int] = (),
) -> list[Route]:
    """Route steps; `decided` are people whose decision already counts in this round.

    `writers` wrote any of it: like the submitter they are passed over. With `facts`, a step they do
    not call for is spared. Steps the manual fixes choose their people first, wherever they stand,
    so that no step of the company's own moves one of theirs; `reserved` are people whom fixed steps
    elsewhere in the chain wait for.
    """
    steps, taken, found = list(steps), set(decided), {}
    for step in sorted(steps, key=lambda one: not one.is_fixed):
        busy = taken if step.is_fixed else taken | set(reserved)
        found[id(step)] = answer = _one(step, line, submitter, busy, writers=writers, facts=facts)
        if answer.passes:
            continue
        taken.update(person.pk for person in answer.people)
        # whoever is gone is answered for by a stand-in, who then counts
        taken.update(d.pk for person in answer.people if person.is_away for d in person.deputies)
    return [found[id(step)] for step in steps]


def _one(
    step: Step,
    line: Sequence[Level],
    submitter: int,
    taken: set[int],
    *,
    writers: Collection[int],
    facts: Mapping[str, Any] | None,
) -> Route:
    if step.is_fixed:
        return seek(step, line, submitter, taken, writers)
    if facts is not None and not (asked := applies(step, facts)):
        return Route(step, (), asked, passes=True)
    if step.mode == Step.Mode.UPWARD:
        answer = climb(step, line, submitter, taken, writers)
    # T8: only a step the company added, and never that of finance, is passed for this
    elif step.role != Role.FINANCE and (known := once(step, line, taken)):
        return known
    else:
        answer = seek(step, line, submitter, taken, writers)
    if facts is None or not is_conditional(step) or answer.passes:
        return answer
    text = N_("the content of the document calls for this step")
    called = Line("band", ok=True, text=text, clause=step.clause)
    because = replace(answer.because, lines=(*answer.because.lines, called))
    return replace(answer, because=because)
