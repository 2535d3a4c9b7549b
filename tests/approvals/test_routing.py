"""Who decides: every row of the routing rules as a table, and what no case may ever break."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.models import Step
from approvals.routing import Level, Person, route
from org.models import Role

SUP, RM, DIR, TOP, FIN = (
    Role.SUPERVISOR, Role.REGIONAL_MANAGER, Role.DIRECTOR, Role.MANAGEMENT, Role.FINANCE,
)  # fmt: skip
A, B, C, D, E, F, G = (Person(n, name) for n, name in enumerate("甲乙丙丁戊己庚", 1))
SUBMITTER = 99


def steps(*roles):
    return [Step(pk=n, position=n, key=role, role=role, name=role) for n, role in enumerate(roles)]


def line(team=None, region=None, root=None):
    return [
        Level(name, holders or {})
        for name, holders in (("组", team), ("大区", region), ("公司", root))
    ]


FULL = line({SUP: (A,)}, {RM: (B,)}, {DIR: (C,), TOP: (D,), FIN: (E,)})

TABLE = [
    ("the whole line is there", FULL, (SUP, RM, FIN), SUBMITTER, ["甲", "乙", "戊"]),
    ("no supervisor: one level up, and the manager's own step goes to the director",
     line({}, {RM: (B,)}, {DIR: (C,), FIN: (E,)}), (SUP, RM, FIN), SUBMITTER, ["乙", "丙", "戊"]),
    ("the supervisor submits his own", FULL, (SUP, RM, FIN), A.pk, ["乙", "丙", "戊"]),
    ("the manager submits his own: his seat is skipped at his step",
     FULL, (SUP, RM, FIN), B.pk, ["甲", "丙", "戊"]),
    ("two supervisors: either may", line({SUP: (A, F)}, {RM: (B,)}, {FIN: (E,)}), (SUP,),
     SUBMITTER, ["甲己"]),
    ("one of two supervisors submits: the other decides",
     line({SUP: (A, F)}, {RM: (B,)}), (SUP,), A.pk, ["己"]),
    ("one person holds supervisor and manager: the later step goes one level up",
     line({SUP: (A,)}, {RM: (A,)}, {DIR: (C,)}), (SUP, RM), SUBMITTER, ["甲", "丙"]),
    ("nobody above: the company's queue", line({}, {}, {}), (SUP, RM), SUBMITTER, ["", ""]),
    ("finance has no ladder: without finance it waits in the queue",
     line({SUP: (A,)}, {RM: (B,)}, {DIR: (C,), TOP: (D,)}), (FIN,), SUBMITTER, [""]),
    ("the finance person submits: another one, else the queue",
     line(root={FIN: (E, G)}), (FIN,), E.pk, ["庚"]),
    ("the finance person is the only one and submits", line(root={FIN: (E,)}), (FIN,), E.pk, [""]),
    ("a manager who is finance too decides one of the two only",
     line({SUP: (A,)}, {RM: (B,)}, {FIN: (B,), DIR: (C,)}), (SUP, RM, FIN), SUBMITTER,
     ["甲", "乙", ""]),
    ("a supervisor of the region stands in for the empty team seat",
     line({}, {SUP: (F,), RM: (B,)}), (SUP, RM), SUBMITTER, ["己", "乙"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("case", "levels", "roles", "submitter", "wanted"), TABLE, ids=[row[0] for row in TABLE]
)
def test_the_table_of_routing(case, levels, roles, submitter, wanted):
    routes = route(steps(*roles), levels, submitter)
    assert ["".join(p.name for p in r.people) for r in routes] == wanted
    assert all(r.because.verdict and str(r.because) for r in routes)


def test_who_already_decided_is_not_asked_again():
    routes = route(steps(RM), FULL, SUBMITTER, decided=[B.pk])
    assert [p.name for p in routes[0].people] == ["丙"]


people = st.integers(1, 6).map(lambda n: Person(n, f"p{n}"))
holders = st.dictionaries(
    st.sampled_from([SUP, RM, DIR, TOP, FIN]),
    st.lists(people, min_size=1, max_size=3, unique=True).map(tuple),
    max_size=4,
)


@settings(max_examples=400, deadline=None)
@given(st.lists(holders, min_size=1, max_size=5), st.integers(1, 6),
       st.lists(st.sampled_from([SUP, RM, DIR, TOP, FIN]), min_size=1, max_size=5))  # fmt: skip
def test_no_step_is_passed_in_silence_and_nobody_decides_twice(tree, submitter, roles):
    levels = [Level(f"u{n}", found) for n, found in enumerate(tree)]
    routes = route(steps(*roles), levels, submitter)
    assert len(routes) == len(roles)
    asked = [person.pk for r in routes for person in r.people]
    assert submitter not in asked
    assert len(asked) == len(set(asked))
    by_verdict = [r.because.lines[0].kind for r in routes]
    assert all(
        (kind == "step") == bool(r.people) for kind, r in zip(by_verdict, routes, strict=True)
    )
