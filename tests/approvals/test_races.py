"""B1, B2: many at once over real HTTP (gunicorn, 2 workers of 8 threads): one effect, one end."""

import random
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.database import ask as ask_owner
from tests.serving import ask, run, serve

ROUNDS = 2
SIXES = 4
AT_ONCE = 50
SET_UP = """
from tenancy.context import company
from tests.conftest import cast_of
from tests.access import samples
from org import actions
from contracts.models import Contract, Product
from customers import actions as customers
cast = cast_of("acme")
with company(cast.company.pk):
    product = Product.objects.create(name="x", code="X-1", unit="台", list_price=580000)
    from contracts import actions as contracts
    contracts.seed_vat_rates()
    from tests.contracts.steps import approve
    cases = []
    for n in range(%d):
        customer = customers.create(by=cast.east_rep, name=f"华东精密机械{n}厂", tier="A")
        contract = samples.draft(cast, customer, product)
        contracts.submit(contract, by=cast.east_rep)
        contract.refresh_from_db()
        if n >= %d and n %% 2:
            approve(contract, cast.east_supervisor)
        cases.append([contract.case_id, contract.pk, customer.pk, contract.case.content_hash])
    people = ["east_rep", "east_supervisor", "east_manager", "west_supervisor", "west_manager",
              "finance", "finance2", "director", "admin"]
    tokens = {n: actions.make_token(getattr(cast, n), name="t", by=cast.admin) for n in people}
    ids = {n: getattr(cast, n).pk for n in people}
result = {"cases": cases, "tokens": tokens, "company": cast.company.pk, "ids": ids}
"""
LOOK = """
from tenancy.context import company
from approvals.models import Case, Decision, Task
from audit.models import AuditLine
from audit.verify import verify
from tenancy.models import Outbox
with company(%d):
    case = Case.objects.get(pk=%d)
    result = {
        "decisions": list(Decision.objects.filter(case=case).values_list("verb", flat=True)),
        "open": Task.objects.filter(case=case, state="open").count(),
        "audit": AuditLine.objects.filter(
            verb="approvals.approve", object_id=case.object_id
        ).count(),
        "outbox": Outbox.objects.filter(topic="approvals.approve", payload__case=case.pk).count(),
        "chain": verify(%d).ok,
    }
"""
POINTS = {
    key: {"ok": True, "note": ""}
    for key in ("amount", "specification", "delivery", "payment", "liability", "other")
}


@pytest.fixture(scope="module")
def stage(clone_database, tmp_path_factory):
    clone = clone_database()
    made = run(clone, SET_UP % (ROUNDS + SIXES, ROUNDS))
    with serve(clone, tmp_path_factory.mktemp("race") / "web.log") as address:
        yield clone, address, made


def approve(address, case, token, checklist, key=None):
    seen = ask(address, f"/api/v1/cases/{case}/", token=token)[1]["content_hash"]
    body = {"content_hash": seen, "comment": "同意，条款合规。", "checklist": checklist}
    return lambda: ask(address, f"/api/v1/cases/{case}/approve/", token=token, data=body, key=key)


def fifty_at_once(stage, place):
    """B1: exactly one effect, the others are told; nothing is an error of ours."""
    clone, address, made = stage
    case, tokens = made["cases"][place][0], made["tokens"]
    act = approve(address, case, tokens["east_supervisor"], POINTS)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _n: act(), range(AT_ONCE)))
    counted = Counter(status for status, _body in answers)
    assert counted == {200: 1, 409: AT_ONCE - 1}
    assert {body["code"] for status, body in answers if status == 409} == {"handled"}
    seen = run(clone, LOOK % (made["company"], case, made["company"]))
    assert sorted(seen["decisions"]) == ["approve", "submit"]
    assert (seen["audit"], seen["outbox"], seen["chain"]) == (1, 1, True)
    # the next step has opened once: the regional manager, and finance beside him (two people)
    assert seen["open"] == 3


@pytest.mark.parametrize("place", range(ROUNDS))
def test_fifty_approvals_of_one_step_have_one_effect(stage, place):
    fifty_at_once(stage, place)


@pytest.mark.nightly
def test_fifty_approvals_have_one_effect_in_each_of_twenty_rounds(clone_database, tmp_path):
    clone = clone_database()
    made = run(clone, SET_UP % (20, 20))
    with serve(clone, tmp_path / "web.log") as address:
        for place in range(20):
            fifty_at_once((clone, address, made), place)


def test_two_people_of_one_step_and_the_step_beside_it_race_to_one_end(stage):
    clone, address, made = stage
    case, tokens = made["cases"][0][0], made["tokens"]
    acts = [
        approve(address, case, tokens[name], {"payment_terms": {"ok": True, "note": ""}})
        for name in ("finance", "finance2", "east_manager")
    ] * 5
    with ThreadPoolExecutor(len(acts)) as pool:
        answers = list(pool.map(lambda act: act(), acts))
    counted = Counter(status for status, _body in answers)
    assert counted == {200: 2, 409: len(acts) - 2}
    seen = run(clone, LOOK % (made["company"], case, made["company"]))
    assert Counter(seen["decisions"]) == {"submit": 1, "approve": 3}
    assert (seen["open"], seen["chain"]) == (0, True)


def test_the_same_key_twenty_times_is_one_act_with_one_answer(stage):
    clone, address, made = stage
    case, tokens = made["cases"][1][0], made["tokens"]
    key = str(uuid.uuid4())
    act = approve(address, case, tokens["east_manager"], {}, key=key)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _n: act(), range(20)))
    assert Counter(status for status, _body in answers) == {200: 20}
    assert len({str(sorted(body.items())) for _status, body in answers}) == 1
    seen = run(clone, LOOK % (made["company"], case, made["company"]))
    assert seen["decisions"].count("approve") == 2


# --- B2: six different acts on one case -----------------------------------------------------------

LEGAL = """
from tenancy.context import company
from approvals.models import Decision
from audit.verify import verify
from tests.approvals.legal import problems, stuck
with company(%d):
    result = {"wrong": {pk: found for pk in %s if (found := problems(pk) + stuck(pk))},
              "chain": verify(%d).ok,
              "done": {pk: list(Decision.objects.filter(case=pk).values_list("verb", flat=True))
                       for pk in %s}}
"""
LEFT_OPEN = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state LIKE 'idle in trans%%'"
)
ACTS = ("approve", "return", "reject", "withdraw", "transfer")


def at_once(dice, address, made, place):
    """approve ∥ reject ∥ withdraw ∥ edit ∥ transfer ∥ delegate, by those who may: (verb, call)."""
    case, contract, customer, seen = made["cases"][place]
    # every other case stands at the second position already
    boss, other, heir = ("east_supervisor", "west_supervisor", "west_supervisor")
    if place % 2:
        boss, other, heir = ("east_manager", "finance", "west_manager")
    today = timezone.localdate()
    said = {"content_hash": seen, "comment": "请再核对付款条款", "checklist": POINTS}
    lent = {"stand_in": made["ids"][heir], "starts_on": f"{today}",
            "ends_on": f"{today + timedelta(9)}", "reason": "年假"}  # fmt: skip
    edit = (f"/api/v1/customers/{customer}/", {"name": f"更名{place}厂"})
    if place % 3:
        edit = (f"/api/v1/contracts/{contract}/", {"notes": "改"})
    one = f"/api/v1/cases/{case}"
    calls = [
        ("approve", boss, "POST", f"{one}/approve/", said),
        ("approve", other, "POST", f"{one}/approve/", said),
        (dice.choice(["reject", "return"]), boss, "POST", None, said),
        ("withdraw", "east_rep", "POST", f"{one}/withdraw/", {}),
        ("edit", "east_rep", "PATCH", *edit),
        ("transfer", boss, "POST", f"{one}/transfer/", {"to": made["ids"]["director"]}),
        ("delegate", boss, "POST", "/api/v1/delegations/", lent),
    ]
    dice.shuffle(calls)

    def call(verb, who, method, path, body):
        wait = dice.random() / 25

        def act():
            time.sleep(wait)
            url = path or f"{one}/{verb}/"
            token = made["tokens"][who]
            return verb, ask(address, url, token=token, data=body, method=method)

        return act

    return [call(*row) for row in calls]


def six_ways(clone, address, made):
    """Every round ends in one legal state that its history explains; nobody meets an error."""
    acknowledged = {}
    for place, row in enumerate(made["cases"]):
        acts = at_once(random.Random(place), address, made, place)
        with ThreadPoolExecutor(len(acts)) as pool:
            answers = list(pool.map(lambda act: act(), acts))
        codes = {status for _verb, (status, _body) in answers}
        assert codes <= {200, 201, 400, 403, 404, 409}, answers
        acknowledged[row[0]] = Counter(
            verb for verb, (status, _body) in answers if verb in ACTS and status < 300
        )
        for verb, (status, body) in answers:
            if verb == "delegate" and status == 201:
                end = f"/api/v1/delegations/{body['id']}/end/"
                assert ask(address, end, token=made["tokens"]["admin"], data={})[0] == 200
    assert ask_owner(LEFT_OPEN, values=[clone.name]) == [(0,)]
    cases = [row[0] for row in made["cases"]]
    told = run(clone, LEGAL % (made["company"], cases, made["company"], cases))
    assert (told["wrong"], told["chain"]) == ({}, True)
    for pk, verbs in told["done"].items():
        # what was acknowledged is there, and nothing else is
        done = Counter(verb for verb in verbs if verb in ACTS)
        assert done - Counter(approve=cases.index(int(pk)) % 2) == acknowledged[int(pk)]
    return Counter(verb for verbs in acknowledged.values() for verb in verbs)


def test_six_acts_at_once_leave_one_legal_history(stage):
    clone, address, made = stage
    assert six_ways(clone, address, {**made, "cases": made["cases"][ROUNDS:]})


@pytest.mark.nightly
def test_two_hundred_rounds_of_six_acts_at_once(clone_database, tmp_path):
    clone = clone_database()
    made = run(clone, SET_UP % (200, 0))
    with serve(clone, tmp_path / "web.log") as address:
        won = six_ways(clone, address, made)
    # each of them was first now and then, else it was no race
    assert {"approve", "withdraw", "transfer"} <= won.keys()
    assert {"reject", "return"} & won.keys()
