"""B6: a chain cannot be shortened: bands, category and conditions against a second reckoning."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import actions
from approvals.conditions import applies
from approvals.kinds import Facts, Term, frozen, thawed
from approvals.models import Step, Task
from approvals.routing import Level, Person, route
from contracts import actions as contracts
from contracts.chain import KIND, TERMS, values_of
from org.models import Role
from tests.approvals.test_routing import FULL, SUBMITTER, A, B, C, D, E, line
from tests.contracts.conftest import make_contract
from tests.contracts.steps import approve

FIXED = ("supervisor", "regional_manager", "finance")
CENT = Decimal("0.01")
BANDS = [(None, None), (None, 50_000), (50_000, None), (50_000, 200_000), (200_000, None)]
CATEGORIES = [(), ("A",), ("A", "B"), ("D",)]


def fixed():
    places = zip(FIXED, (2, 4, 4), strict=True)
    return [Step(position=n, key=key, name=key, role=key) for key, n in places]


def own(role=Role.DIRECTOR, position=9, **more):
    more = {"key": f"own_{position}", "name": "加签", **more}
    return Step(position=position, role=role, is_fixed=False, **more)


def cents(low, high, amount):
    """The second reckoning: whole cents, no Decimal comparison."""
    found = int((amount * 100).to_integral_exact())
    return (low is None or found >= low * 100) and (high is None or found < high * 100)


def test_every_threshold_with_every_category_asks_exactly_who_the_table_says():
    amounts = [
        Decimal(limit) + step for limit in (50_000, 200_000) for step in (-CENT, Decimal(0), CENT)
    ] + [Decimal("0.01"), Decimal("999999999999.99")]
    seen = 0
    for (low, high), of, amount, tier, place in itertools.product(
        BANDS, CATEGORIES, amounts, "ABCD", (1, 3, 9)
    ):
        step = own(position=place, amount_from=low and Decimal(low),
                   amount_below=high and Decimal(high), categories=list(of))  # fmt: skip
        chain = sorted([*fixed(), step], key=lambda one: one.position)
        routes = route(chain, FULL, SUBMITTER, facts={"amount": amount, "category": tier})
        asked = [r.step.key for r in routes if not r.passes]
        wanted = cents(low, high, amount) and (not of or tier in of)
        assert (step.key in asked) == wanted, (low, high, of, amount, tier)
        assert [key for key in asked if key in FIXED] == list(FIXED)
        seen += 1
    assert seen >= 300


OPS = [
    ("choice", "eq", "A", {"A": True, "B": False}),
    ("choice", "ne", "A", {"A": False, "B": True}),
    ("choice", "in", ["A", "C"], {"A": True, "B": False, "C": True}),
    ("yes_no", "eq", True, {True: True, False: False}),
    ("yes_no", "eq", False, {True: False, False: True}),
    ("number", "ge", "30", {Decimal("29.99"): False, Decimal(30): True, Decimal("30.01"): True}),
    ("number", "lt", "30", {Decimal("29.99"): True, Decimal(30): False, Decimal("30.01"): False}),
    ("number", "eq", "30", {Decimal("30.00"): True, Decimal("30.01"): False}),
    ("number", "ne", "30.00", {Decimal(30): False, Decimal("30.01"): True}),
]


@pytest.mark.parametrize(("type_", "op", "value", "table"), OPS)
def test_each_comparison_and_what_is_unknown_is_asked(type_, op, value, table):
    term = Term("fact", "Fact", type_)
    step = own(conditions=[{"fact": "fact", "op": op, "value": value}])
    for found, wanted in table.items():
        facts = Facts("", "", Decimal(1), values={"fact": found})
        kept = thawed(frozen(facts), [term])
        assert bool(applies(step, kept)) == wanted, found
    for facts in ({}, {"fact": None}):
        assert applies(step, facts)


def test_all_conditions_must_hold():
    both = [{"fact": "a", "op": "eq", "value": True}, {"fact": "b", "op": "lt", "value": "5"}]
    for a, b in itertools.product((True, False), (Decimal(4), Decimal(5))):
        asked = applies(own(conditions=both), {"a": a, "b": b})
        assert bool(asked) == (a and b == 4)


def test_the_reason_names_no_limit():
    step = own(amount_from=Decimal(200_000), categories=["A"], conditions=[])
    for facts in ({"amount": Decimal(5), "category": "A"}, {"amount": Decimal(300_000),
                  "category": "B"}):  # fmt: skip
        found = route([*fixed(), step], FULL, SUBMITTER, facts=facts)[-1]
        assert found.is_spared
        assert found.passes
        assert not found.people
        assert "200" not in str(found.because)
        assert str(found.because)
        assert found.because.lines[0].values == {}


def test_a_step_of_ones_own_takes_nobody_from_a_fixed_one():
    """Wherever it stands: the manager is asked at his fixed step, the added one passes."""
    for position in (1, 2, 3, 4, 9):
        chain = sorted([*fixed(), own(Role.REGIONAL_MANAGER, position)], key=lambda s: s.position)
        found = {r.step.key: r for r in route(chain, FULL, SUBMITTER, facts={})}
        assert [p.name for key in FIXED for p in found[key].people] == ["甲", "乙", "戊"]
        assert found[f"own_{position}"].passes
        assert not found[f"own_{position}"].is_spared


CLIMBS = [
    ("up to the director", FULL, Role.DIRECTOR, SUBMITTER, (), ["甲", "乙", "丙"]),
    ("up to the manager", FULL, Role.REGIONAL_MANAGER, SUBMITTER, (), ["甲", "乙"]),
    ("a supervisor begins above himself", FULL, Role.DIRECTOR, A.pk, (), ["乙", "丙"]),
    ("an empty rung is left out", line({},
     {Role.REGIONAL_MANAGER: (B,)}, {Role.DIRECTOR: (C,)}), Role.DIRECTOR, SUBMITTER, (),
     ["乙", "丙"]),
    ("without the named role the next above",
     line({Role.SUPERVISOR: (A,)}, {}, {Role.MANAGEMENT: (D,)}),
     Role.DIRECTOR, SUBMITTER, (), ["甲", "丁"]),
    ("without anybody above it stops at the top",
     line({Role.SUPERVISOR: (A,)}, {}, {}), Role.DIRECTOR,
     SUBMITTER, (), ["甲"]),
    ("who decides already is not asked again", FULL, Role.DIRECTOR, SUBMITTER, (A.pk, B.pk),
     ["丙"]),
    ("nobody at all: the company's queue", line({}, {}, {Role.FINANCE: (E,)}), Role.DIRECTOR,
     SUBMITTER, (), []),
]  # fmt: skip


@pytest.mark.parametrize(
    ("_name", "levels", "role", "submitter", "decided", "wanted"), CLIMBS,
    ids=[row[0] for row in CLIMBS],
)  # fmt: skip
def test_superiors_one_after_the_other(_name, levels, role, submitter, decided, wanted):
    step = own(role, mode=Step.Mode.UPWARD)
    found = route([step], levels, submitter, decided)[0]
    assert [person.name for person in found.people] == wanted
    assert not found.passes
    assert found.because.verdict


people = st.integers(1, 6).map(lambda n: Person(n, f"p{n}"))
trees = st.lists(
    st.dictionaries(
        st.sampled_from(list(Role)), st.lists(people, min_size=1, unique=True).map(tuple)
    ),
    min_size=1,
    max_size=4,
)
added = st.lists(
    st.tuples(
        st.sampled_from([Role.SUPERVISOR, Role.DIRECTOR, Role.MANAGEMENT, Role.FINANCE, Role.HR]),
        st.integers(1, 9), st.sampled_from(["any", "all", "in_order", "upward"]),
        st.none() | st.integers(0, 9), st.sampled_from([[], ["A"], ["B"]]),
    ),
    max_size=4,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(trees, added, st.integers(1, 6), st.integers(0, 9), st.sampled_from("AB"))
def test_fixed_steps_are_decided_as_if_nothing_had_been_added(tree, more, who, amount, tier):
    levels = [Level(f"u{n}", found) for n, found in enumerate(tree)]
    extra = [
        own(role, place, key=f"own{n}", mode=mode, amount_from=low, categories=of)
        for n, (role, place, mode, low, of) in enumerate(more)
    ]
    facts = {"amount": amount, "category": tier}
    chain = sorted([*extra, *fixed()], key=lambda step: step.position)
    with_more = route(chain, levels, who, facts=facts)
    alone = route(fixed(), levels, who, facts=facts)
    assert {r.step.key: r.people for r in with_more if r.step.is_fixed} == {
        r.step.key: r.people for r in alone
    }
    asked = [person.pk for r in with_more if not r.passes for person in r.people]
    assert who not in asked
    assert len(asked) == len(set(asked))


def test_what_a_contract_answers_its_terms_with(acme, contract):
    facts = values_of(contract)
    assert set(facts) == {term.key for term in TERMS}
    assert facts["category"] == "A"
    assert facts["lowest_discount"] == 95
    assert not facts["below_floor"]
    assert not facts["long_credit"]
    assert not facts["is_broken"]
    deep = make_contract(acme.east_rep, contract.customer, discount=80, days=90)
    facts = values_of(deep)
    assert facts["below_floor"]
    assert facts["long_credit"]
    assert facts["is_broken"]


@pytest.fixture
def director_above(acme):
    """From 200,000 on the director is asked after everybody else."""
    return Step.objects.create(
        chain=actions.chain_of(KIND), position=3, key="own_1", name="总监会签", hours=16,
        role=Role.DIRECTOR, is_fixed=False, amount_from=Decimal(200_000),
    )  # fmt: skip


def keys(case):
    rows = Task.objects.filter(case=case, round=case.round).exclude(state=Task.State.VOID)
    return set(rows.values_list("step__key", flat=True))


def test_lines_that_are_split_and_a_change_after_step_one(acme, contract, director_above):
    """The amount is that of the whole document, and a resubmission is routed anew."""
    contracts.change(contract, by=acme.east_rep, **typed(["66666.66", "66666.66", "66666.68"]))
    contracts.submit(contract, by=acme.east_rep)
    contract.refresh_from_db()
    assert contract.gross_amount == 200_000
    assert keys(contract.case) == {*FIXED, "own_1"}
    approve(contract, acme.east_supervisor)
    case = contract.case
    case.refresh_from_db()
    said = {"seen": case.content_hash, "comment": "金额不符请核对"}
    actions.decide(case, verb="return", by=acme.finance, **said)
    contract.refresh_from_db()
    contracts.change(contract, by=acme.east_rep, **typed(["199999.99"]))
    contract.refresh_from_db()
    contracts.submit(contract, by=acme.east_rep)
    contract.refresh_from_db()
    assert keys(contract.case) == set(FIXED)
    note = contract.case.tasks.get(step__key="own_1", round=2)
    assert (note.state, note.member) == (Task.State.VOID, None)
    assert note.because["verdict"] is False
    for who in (acme.east_supervisor, acme.east_manager, acme.finance):
        approve(contract, who)
    contract.refresh_from_db()
    assert contract.status == "approved"


def typed(amounts):
    lines = [
        {"name": "加工中心", "specification": "", "quantity": Decimal(1), "unit": "台",
         "list_price": Decimal(amount), "discount": Decimal(100)}
        for amount in amounts
    ]  # fmt: skip
    plan = [{"basis": "signing", "percent": Decimal(100), "days_after": 0}]
    return {"header": {}, "lines": lines, "instalments": plan, "seen": ""}
