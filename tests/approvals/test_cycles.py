"""B4: stand-ins in rings, units in rings, and lines that lead back to the submitter."""

import random
import time
from datetime import timedelta
from statistics import median

import pytest
from django.db import connection, transaction
from django.utils import timezone

from approvals.models import Delegation, Step, Task
from approvals.routing import Level, Person, levels, route
from contracts import actions as contracts
from kit.because import Refused
from org.actions import add_unit, move_unit, start_post
from org.models import Member, Post, Role
from tests.approvals.legal import problems, stuck
from tests.approvals.test_delegation import lend
from tests.contracts.conftest import make_contract, make_customer

LONGEST = 12
SLOW = 0.2
RING = (
    "east_supervisor", "west_supervisor", "east_manager", "west_manager", "director", "management",
    "finance", "finance2", "secretary", "east_rep2", "bare_rep", "west_rep",
)  # fmt: skip


def took(act, *args, **kwargs):
    """(what came of it, seconds)."""
    begun = time.perf_counter()
    try:
        with transaction.atomic():
            found = act(*args, **kwargs)
    except Refused as refused:
        found = refused.code
    return found, time.perf_counter() - begun


@pytest.fixture
def peers(acme):
    """Twelve people who might all stand in for each other."""
    root = acme.unit("root")
    held = set(Post.objects.filter(role=Role.MANAGEMENT).values_list("member", flat=True))
    for name in RING:
        if getattr(acme, name).pk not in held:
            start_post(getattr(acme, name), unit=root, role=Role.MANAGEMENT)
    return [acme.anew(name) for name in RING]


@pytest.mark.parametrize("length", range(1, LONGEST + 1))
def test_a_ring_of_stand_ins_is_refused_where_it_closes(acme, peers, length):
    """Whichever of its edges comes last; the twin: the same without that edge is taken."""
    ring = peers[:length]
    edges = [(one, ring[(n + 1) % length]) for n, one in enumerate(ring)]
    last = edges.pop(length // 2)
    for one, other in edges[length // 2 :] + edges[: length // 2]:
        assert not isinstance(took(lend, one, other)[0], str)
    code, seconds = took(lend, *last)
    assert (code, seconds < SLOW * 5) == ("yourself" if length == 1 else "chain", True)
    assert Delegation.objects.count() == length - 1


def test_a_ring_of_units_is_refused_at_every_length(acme):
    """There are no superiors by name, so a ring of them would be one of units."""
    units = [acme.unit("east_two")]
    for n in range(LONGEST):
        units.append(add_unit(f"组{n}", parent=units[-1], kind="team", by=acme.admin))
    for below in units:
        code, seconds = took(move_unit, units[0], target=below, by=acme.admin)
        assert (code, seconds < SLOW * 5) == ("cycle", True)
    # the twin: beside itself it may go
    move_unit(units[0], target=acme.unit("west"), by=acme.admin)


def graph(dice, acme, people):
    """Posts and stand-ins by chance, rings of 1 to 12 and ways back to the submitter among them."""
    units = [acme.unit(name) for name in ("east_one", "east", "root")]
    line = (Role.SUPERVISOR, Role.REGIONAL_MANAGER, Role.DIRECTOR, Role.MANAGEMENT, Role.FINANCE)
    length = dice.randint(1, LONGEST)
    ring = dice.sample(people, length)
    # only whoever stands in the ring holds the line above, the submitter with them
    Post.objects.exclude(role=Role.COMPANY_ADMIN).delete()
    start = timezone.localdate() - timedelta(9)
    Post.objects.bulk_create(
        Post(member=dice.choice(ring), unit=dice.choice(units), role=role, starts_on=start)
        for role in line
        for _n in range(dice.randint(0, 2))
    )
    today = timezone.localdate()
    Delegation.objects.bulk_create(
        Delegation(
            principal=one, stand_in=ring[(n + 1) % length], starts_on=today, ends_on=today,
            made_by=one, reason="x",
        )
        for n, one in enumerate(ring) if length > 1
    )  # fmt: skip
    Member.objects.filter(pk__in=[p.pk for p in dice.sample(ring, length // 3)]).exclude(
        employee_no="east_rep"
    ).update(is_active=False)


def generated(acme, number):
    """Each graph: submitted and decided as far as people are left, in a savepoint of its own."""
    people = [acme.east_rep, *(getattr(acme, name) for name in RING[:11])]
    paper = make_contract(acme.east_rep, make_customer(acme.east_rep))
    seconds = []
    for seed in range(number):
        point = transaction.savepoint()
        graph(random.Random(seed), acme, people)
        _done, spent = took(contracts.submit, paper, by=acme.east_rep)
        case = type(paper).objects.get(pk=paper.pk).case
        assert (problems(case.pk), stuck(case.pk)) == ([], []), seed
        tasks = Task.objects.filter(case=case)
        assert not tasks.filter(member=acme.east_rep).exists()
        assert tasks.filter(state="open").exists()
        begun = time.perf_counter()
        line = levels(paper.unit, case.kind)
        route(case.chain.steps.all(), line, case.owner_id)
        seconds.append((time.perf_counter() - begun, spent))
        transaction.savepoint_rollback(point)
        assert not connection.needs_rollback
    routing, submitting = zip(*seconds, strict=True)
    assert median(routing) < SLOW
    # on a busy machine a single one may wait for its turn; a hang or a loop is another matter
    assert max(submitting) < SLOW * 50


def test_fifty_generated_graphs(acme, rates):
    generated(acme, 50)


@pytest.mark.nightly
def test_five_hundred_generated_graphs(acme, rates):
    generated(acme, 500)


@pytest.mark.parametrize("length", range(1, LONGEST + 1))
def test_a_line_that_leads_back_to_the_submitter_ends_in_the_queue(length):
    """The pure rule: however high the line, the submitter is nobody's superior on it."""
    me = Person(1, "甲")
    away = [Person(n, f"p{n}", (me,), is_away=True) for n in range(2, 4)]
    roles = (Role.SUPERVISOR, Role.REGIONAL_MANAGER, Role.DIRECTOR, Role.MANAGEMENT)
    line = [Level(f"u{n}", dict.fromkeys(roles, (me, *away))) for n in range(length)]
    steps = [Step(pk=n, position=n, key=role, role=role, name=role) for n, role in enumerate(roles)]
    for found in route(steps, line, me.pk):
        assert found.people == ()
        assert not found.passes
    # the twin: one stand-in who is somebody else is enough
    other = Person(9, "乙")
    away = Person(2, "p2", (me, other), is_away=True)
    [found] = route(steps[:1], [Level("u", {roles[0]: (me, away)})], me.pk)
    assert found.people == (away,)
