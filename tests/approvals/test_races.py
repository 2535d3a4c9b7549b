"""B1: many approvers at once over real HTTP: one effect, clean refusals, no error of ours."""

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.serving import ask, run, serve

ROUNDS = 3
AT_ONCE = 50
SET_UP = """
from tenancy.context import company
from tests.conftest import cast_of
from tests.access import samples
from org import actions
from contracts.models import Contract
cast = cast_of("acme")
with company(cast.company.pk):
    made = samples.build(cast)
    product = made[next(m for m in made if m.__name__ == "Product")]
    customer = made[next(m for m in made if m.__name__ == "Customer")]
    from contracts import actions as contracts
    cases = []
    for n in range(%d):
        contract = samples.draft(cast, customer, product)
        contracts.submit(contract, by=cast.east_rep)
        cases.append(Contract.objects.get(pk=contract.pk).case_id)
    people = ["east_rep", "east_supervisor", "east_manager", "finance", "finance2", "director"]
    tokens = {n: actions.make_token(getattr(cast, n), name="t", by=cast.admin) for n in people}
result = {"cases": cases, "tokens": tokens, "company": cast.company.pk}
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
    made = run(clone, SET_UP % ROUNDS)
    with serve(clone, tmp_path_factory.mktemp("race") / "web.log") as address:
        yield clone, address, made


def approve(address, case, token, checklist, key=None):
    seen = ask(address, f"/api/v1/cases/{case}/", token=token)[1]["content_hash"]
    body = {"content_hash": seen, "comment": "同意，条款合规。", "checklist": checklist}
    return lambda: ask(address, f"/api/v1/cases/{case}/approve/", token=token, data=body, key=key)


@pytest.mark.parametrize("place", range(ROUNDS))
def test_fifty_approvals_of_one_step_have_one_effect(stage, place):
    clone, address, made = stage
    case, tokens = made["cases"][place], made["tokens"]
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


def test_two_people_of_one_step_and_the_step_beside_it_race_to_one_end(stage):
    clone, address, made = stage
    case, tokens = made["cases"][0], made["tokens"]
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
    case, tokens = made["cases"][1], made["tokens"]
    key = str(uuid.uuid4())
    act = approve(address, case, tokens["east_manager"], {}, key=key)
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _n: act(), range(20)))
    assert Counter(status for status, _body in answers) == {200: 20}
    assert len({str(sorted(body.items())) for _status, body in answers}) == 1
    seen = run(clone, LOOK % (made["company"], case, made["company"]))
    assert seen["decisions"].count("approve") == 2
