"""T8, B6: chains are changed by a document: checked, previewed, approved, in force from a day."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals import actions
from approvals.chain import KIND as CHANGE
from approvals.models import Case, Chain, ChainChange, Status, Step, Task
from approvals.preview import preview
from approvals.proposal import checked, difference, row_of, rows_of, step_from, typed
from contracts import actions as contracts
from contracts.chain import KIND
from kit.because import Forbidden, Refused
from org.actions import start_post
from org.models import Role
from tests.approvals.test_conditions import FIXED, keys
from tests.conftest import client_of
from tests.contracts.conftest import make_contract
from tests.contracts.steps import approve

SUP, RM, FIN = ({"key": key} for key in FIXED)
BESIDE = {**FIN, "beside": True}
OWN = {"name": "总监会签", "role": "director", "amount_from": "200000", "hours": 16}
BASE = [row_of(plan) for plan in KIND.plan]


def tomorrow(days=1):
    return timezone.localdate() + timedelta(days)


def errors_of(rows, kind=KIND):
    with pytest.raises(Refused) as refused:
        checked(kind, rows, BASE)
    return set(refused.value.errors)


# --- what a chain may be -----------------------------------------------------

ALLOWED = [
    ("as it is", [SUP, RM, BESIDE], [1, 2, 2]),
    ("at the end", [SUP, RM, BESIDE, OWN], [1, 2, 2, 3]),
    ("before everything", [OWN, SUP, RM, BESIDE], [1, 2, 3, 3]),
    ("between", [SUP, OWN, RM, BESIDE], [1, 2, 3, 3]),
    ("beside the first", [SUP, {**OWN, "beside": True}, RM, BESIDE], [1, 1, 2, 2]),
    ("beside the last", [SUP, RM, {**OWN, "beside": True}, BESIDE], [1, 2, 2, 2]),
    ("two beside each other", [SUP, RM, BESIDE, OWN, {**OWN, "beside": True}], [1, 2, 2, 3, 3]),
    ("other hours", [{**SUP, "hours": 8}, RM, BESIDE], [1, 2, 2]),
]
REFUSED = [
    ("a fixed step left out", [SUP, RM], {"steps"}),
    ("all of them left out", [OWN], {"steps"}),
    ("nothing at all", [], {"steps"}),
    ("in another order", [RM, BESIDE, SUP], {"steps"}),
    ("one after the other", [SUP, RM, FIN], {"steps"}),
    ("side by side", [SUP, {**RM, "beside": True}, BESIDE], {"steps"}),
    ("something between those side by side", [SUP, RM, OWN, FIN], {"steps"}),
    ("twice", [SUP, SUP, RM, BESIDE], {"steps", "steps-1-key"}),
    ("with a band", [{**SUP, "amount_from": "5"}, RM, BESIDE], {"steps-0-amount_from"}),
    ("with a category", [{**SUP, "categories": ["A"]}, RM, BESIDE], {"steps-0-categories"}),
    ("with a condition",
     [{**SUP, "conditions": [{"fact": "below_floor", "op": "eq", "value": True}]}, RM, BESIDE],
     {"steps-0-conditions"}),
    ("another role", [{**SUP, "role": "director"}, RM, BESIDE], {"steps-0-role"}),
    ("another name", [{**SUP, "name": "走过场"}, RM, BESIDE], {"steps-0-name"}),
    ("another way to decide", [{**SUP, "mode": "upward"}, RM, BESIDE], {"steps-0-mode"}),
    ("made one's own", [{**SUP, "is_fixed": False}, RM, BESIDE], {"steps-0-is_fixed"}),
    ("without points", [{**SUP, "checklist": ["amount"]}, RM, BESIDE], {"steps-0-checklist"}),
    ("no time at all", [{**SUP, "hours": 0}, RM, BESIDE], {"steps-0-hours"}),
    ("all the time", [{**SUP, "hours": 81}, RM, BESIDE], {"steps-0-hours"}),
]  # fmt: skip


@pytest.mark.parametrize(("_name", "rows", "places"), ALLOWED, ids=[r[0] for r in ALLOWED])
def test_where_steps_of_ones_own_may_stand(_name, rows, places):
    found = checked(KIND, rows, BASE)
    assert [row["position"] for row in found] == places
    assert checked(KIND, typed(found), found) == found


@pytest.mark.parametrize(("_name", "rows", "wrong"), REFUSED, ids=[r[0] for r in REFUSED])
def test_a_fixed_step_cannot_be_touched(_name, rows, wrong):
    """ORG-1.3: removed, reordered, conditioned, renamed or given to somebody else."""
    assert errors_of(rows) == wrong


def condition(fact, op, value):
    return [{"fact": fact, "op": op, "value": value}]


WRONG = [
    ("name", " "), ("role", ""), ("role", "rep"), ("role", "company_admin"), ("role", "nobody"),
    ("mode", "never"), ("hours", 81), ("hours", "x"), ("amount_from", "-1"), ("amount_from", "0"),
    ("amount_from", "1.001"), ("amount_from", "NaN"), ("amount_from", "1e99"), ("amount_from", "x"),
    ("amount_below", "200000"), ("amount_below", "199999.99"), ("categories", ["E"]),
    ("checklist", ["nothing"]), ("conditions", ["x"]),
    ("conditions", condition("salary", "ge", "1")),
    ("conditions", condition("category", "eq", "A")),
    ("conditions", condition("below_floor", "ge", True)),
    ("conditions", condition("below_floor", "eq", "yes")),
    ("conditions", condition("payment_days", "in", ["1"])),
    ("conditions", condition("payment_days", "ge", "many")),
    ("conditions", condition("payment_days", "ge", "1") * 6),
]  # fmt: skip
RIGHT = [
    ("name", "总监"), ("role", "finance"), ("mode", "upward"), ("hours", 80),
    ("amount_from", "0.01"), ("amount_below", "200000.01"), ("categories", ["A", "D"]),
    ("checklist", ["amount"]), ("conditions", condition("below_floor", "eq", False)),
    ("conditions", condition("payment_days", "lt", "45.5")),
]  # fmt: skip


def test_each_field_of_a_step_of_ones_own():
    for name, value in RIGHT:
        assert checked(KIND, [SUP, RM, BESIDE, {**OWN, name: value}])[3]["key"] == "own_1"
    for name, value in WRONG:
        assert errors_of([SUP, RM, BESIDE, {**OWN, name: value}]) == {f"steps-3-{name}"}, value
    assert errors_of([SUP, RM, BESIDE, {**OWN, "role": "finance", "mode": "upward"}]) == {
        "steps-3-mode"
    }
    assert errors_of([SUP, RM, BESIDE, *[OWN] * 11]) == {"steps"}
    assert len(checked(KIND, [SUP, RM, BESIDE, *[OWN] * 10])) == 13
    # a kind without an amount takes no band
    assert errors_of([{"key": "director"}, OWN], CHANGE) == {"steps-1-amount_from"}
    assert checked(CHANGE, [{"key": "director"}, {**OWN, "amount_from": ""}])


steps = st.fixed_dictionaries(
    {},
    optional={
        "key": st.sampled_from([*FIXED, "own_1", "x"]),
        "beside": st.booleans(),
        "name": st.sampled_from(["", "会签"]),
        "role": st.sampled_from(["director", "finance", "rep", ""]),
        "hours": st.integers(-1, 90),
        "amount_from": st.sampled_from(["", "1", "x"]),
        "mode": st.sampled_from(["any", "upward", ""]),
    },
)


@settings(max_examples=300, deadline=None)
@given(st.lists(steps, max_size=4), st.lists(st.booleans(), min_size=4, max_size=4),
       st.permutations([SUP, RM, BESIDE]))  # fmt: skip
def test_whatever_is_accepted_holds_the_fixed_steps_in_their_order(extra, where, three):
    rows = list(three)
    for step, first in zip(extra, where, strict=False):
        rows.insert(0 if first else len(rows), step)
    try:
        found = checked(KIND, rows, BASE)
    except Refused:
        return
    kept = [row for row in found if row["is_fixed"]]
    places = {row["key"]: row["position"] for row in kept}
    assert set(places) == set(FIXED)
    assert places["supervisor"] < places["regional_manager"] == places["finance"]
    assert all(row | {"hours": 24, "position": 0} == row_of(plan) | {"position": 0}
               for row, plan in zip(sorted(kept, key=lambda r: FIXED.index(r["key"])), KIND.plan,
                                    strict=True))  # fmt: skip


def test_the_difference_of_two_versions():
    one = checked(KIND, [SUP, RM, BESIDE, OWN])
    two = checked(KIND, [{**OWN, "key": "own_1"}, {**SUP, "hours": 8}, RM, BESIDE, OWN], one)
    said = {row["key"]: (row["what"], row["fields"]) for row in difference(one, two)}
    assert said == {
        "own_1": ("changed", ["position"]),
        "supervisor": ("changed", ["hours"]),
        "own_2": ("added", []),
    }
    assert [row["what"] for row in difference(two, BASE)] == ["changed", "removed", "removed"]
    assert difference(one, one) == []


# --- the document ------------------------------------------------------------


@dataclass
class Desk:
    """The administrator and the director at one change."""

    acme: SimpleNamespace

    def draft(self, *rows, days=1, kind=KIND, by=None, **more):
        rows = rows or (SUP, RM, BESIDE, OWN)
        said = {"starts_on": tomorrow(days), "reason": "大额合同由总监会签", **more}
        return actions.draft_change(kind, by=by or self.acme.admin, steps=list(rows), **said)

    def send(self, change):
        actions.submit(change, by=change.owner)
        change.refresh_from_db()
        return change

    def pass_(self, change, who=None, verb="approve"):
        change.refresh_from_db()
        case = change.case
        points = {"people": {"ok": True}, "effect": {"ok": True}}
        actions.decide(case, verb=verb, by=who or self.acme.director, seen=case.content_hash,
                       comment="请再核对一下门槛", checklist=points)  # fmt: skip
        change.refresh_from_db()
        return change


@pytest.fixture
def desk(acme):
    return Desk(acme)


def code(act, *args, **kwargs):
    # as behind the door: what is refused leaves nothing behind
    with pytest.raises(Refused) as refused, transaction.atomic():
        act(*args, **kwargs)
    return refused.value.code


def test_from_the_draft_to_the_next_version(acme, desk, contract):
    contracts.submit(contract, by=acme.east_rep)
    running = Case.objects.get()
    change = desk.send(desk.draft(days=3))
    assert change.number.startswith("SP-")
    assert code(desk.pass_, change, acme.management) == "forbidden"
    assert code(desk.pass_, change, acme.admin) == "forbidden"
    assert desk.pass_(change).status == Status.APPROVED
    chain = change.chain
    assert (chain.version, chain.starts_on) == (2, tomorrow(3))
    assert [step.key for step in chain.steps.all()] == [*FIXED, "own_1"]
    # until its day the old one is in force, and what runs keeps it for ever
    assert actions.newest_chain(KIND).version == 1
    Chain.objects.filter(pk=chain.pk).update(starts_on=timezone.localdate())
    assert actions.newest_chain(KIND).version == 2
    running.refresh_from_db()
    assert running.chain.version == 1
    other = make_contract(acme.east_rep, contract.customer, price="200000", quantity=2)
    contracts.submit(other, by=acme.east_rep)
    other.refresh_from_db()
    assert (other.case.chain.version, keys(other.case)) == (2, {*FIXED, "own_1"})
    for who in (acme.east_supervisor, acme.east_manager, acme.finance, acme.director):
        approve(other, who)
    other.refresh_from_db()
    assert other.status == Status.APPROVED


def test_who_may_draft_edit_and_submit(acme, desk):
    for who in (acme.director, acme.management, acme.finance, acme.east_rep):
        assert code(desk.draft, by=who) == "forbidden"
    change = desk.draft()
    for who in (acme.director, acme.secretary):
        assert code(actions.submit, change, by=who) == "forbidden"
        assert code(actions.discard_change, change, by=who) == "forbidden"
    desk.send(change)
    with pytest.raises(Forbidden):
        actions.edit_change(
            change, by=acme.admin, starts_on=tomorrow(), reason="换一种", steps=[SUP, RM, BESIDE]
        )


def test_one_open_change_of_a_kind(acme, desk):
    change = desk.draft()
    assert code(desk.draft) == "open"
    other = desk.draft({"key": "director", "hours": 8}, kind=CHANGE)
    assert other.kind == CHANGE.name
    desk.send(change)
    assert code(desk.draft) == "open"
    desk.pass_(change, verb="reject")
    assert desk.draft().pk != change.pk
    actions.discard_change(ChainChange.objects.get(status="draft", kind=KIND.name), by=acme.admin)
    again = desk.draft()
    second = acme.secretary
    assert client_of(second).get(f"/approvals/chains/changes/{again.pk}/").status_code == 403
    start_post(second, unit=acme.unit("root"), role=Role.COMPANY_ADMIN, starts_on=tomorrow(-1))
    second = client_of(acme.anew("secretary"))
    assert second.get(f"/approvals/chains/changes/{again.pk}/edit/").status_code == 403
    assert second.post(f"/approvals/chains/changes/{again.pk}/discard/").status_code == 302
    again = desk.draft()
    assert code(actions.discard_change, again, by=acme.director) == "forbidden"
    assert not ChainChange.objects.get(status="draft", pk=again.pk).discarded_at


def test_the_day_it_is_in_force(acme, desk):
    for days in (0, -5):
        with pytest.raises(Refused) as refused:
            desk.draft(days=days)
        assert set(refused.value.errors) == {"starts_on"}
    change = desk.send(desk.draft(days=2))
    # decided after that day: from the next morning on
    ChainChange.objects.filter(pk=change.pk).update(starts_on=tomorrow(-9))
    Case.objects.filter(pk=change.case_id).update(content_hash=fresh(change))
    assert desk.pass_(change).chain.starts_on == tomorrow()
    with pytest.raises(Refused) as refused:
        desk.draft(SUP, RM, BESIDE, days=0)
    assert set(refused.value.errors) == {"starts_on"}


def fresh(change):
    from kit.texthash import digest

    return digest(CHANGE.snapshot(ChainChange.objects.get(pk=change.pk)))


def test_a_stale_base_is_refused_in_words(acme, desk):
    change = desk.send(desk.draft())
    newer = Chain.objects.create(kind=KIND.name, version=2)
    Step.objects.bulk_create(step_from(row_of(plan), newer) for plan in KIND.plan)
    assert code(desk.pass_, change) == "stale"
    assert not Chain.objects.filter(version=3).exists()
    ChainChange.objects.get(pk=change.pk, status=Status.IN_REVIEW)
    desk.pass_(change, verb="return")
    assert code(actions.submit, change, by=acme.admin) == "incomplete"
    change = actions.edit_change(
        change, by=acme.admin, starts_on=tomorrow(), reason="按新版本重拟",
        steps=[SUP, RM, BESIDE, OWN],
    )  # fmt: skip
    assert change.base_version == 2
    assert desk.pass_(desk.send(change)).chain.version == 3


def test_something_has_to_change(desk):
    with pytest.raises(Refused) as refused:
        desk.draft(SUP, RM, BESIDE)
    assert set(refused.value.errors) == {"steps"}
    with pytest.raises(Refused) as refused:
        desk.draft(reason="  ")
    assert set(refused.value.errors) == {"reason"}


def test_the_database_keeps_the_fixed_steps_free_of_conditions(acme):
    step = actions.chain_of(KIND).steps.get(key="finance")
    for change in ({"amount_from": Decimal(5)}, {"categories": ["A"]}, {"mode": "upward"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Step.objects.filter(pk=step.pk).update(**change)


# --- the preview -------------------------------------------------------------


def test_the_preview_says_what_then_really_happens(
    acme, desk, customer, django_assert_max_num_queries
):
    prices = ["50000", "99999.99", "100000", "100000.01", "150000"]
    papers = [make_contract(acme.east_rep, customer, price=price, discount=100) for price in prices]
    for paper in papers:
        contracts.submit(paper, by=acme.east_rep)
        paper.refresh_from_db()
    before = [keys(paper.case) for paper in papers]
    change = desk.draft(SUP, RM, BESIDE, {**OWN, "categories": ["A"]})
    old, new = (
        [step_from(row) for row in rows] for rows in (rows_of(actions.newest_chain(KIND)),
                                                      change.steps)
    )  # fmt: skip
    with django_assert_max_num_queries(9):
        said = preview(KIND, old, new, acme.director)
    assert (said.running, said.total, said.replayed) == (5, 5, 5)
    # the administrator keeps chains and sees no contracts: numbers without names
    blind = preview(KIND, old, new, acme.admin)
    assert (blind.differ, blind.ways, blind.unnamed) == (said.differ, [], said.differ)
    assert {way.case.object_id for way in said.ways} == {paper.pk for paper in papers[2:]}
    assert preview(KIND, old, old, acme.director).differ == 0
    desk.pass_(desk.send(change))
    Chain.objects.filter(pk=change.chain_id).update(starts_on=timezone.localdate())
    copies = [make_contract(acme.east_rep, customer, price=price, discount=100) for price in prices]
    for paper in copies:
        contracts.submit(paper, by=acme.east_rep)
        paper.refresh_from_db()
    after = [keys(paper.case) for paper in copies]
    with django_assert_max_num_queries(9):
        assert preview(KIND, old, new, acme.director).replayed == 10
    assert sum(one != two for one, two in zip(before, after, strict=True)) == said.differ == 3


# --- pages -------------------------------------------------------------------


def form_of(rows=(), **more):
    said = {
        "starts_on": tomorrow().isoformat(), "reason": "大额合同由总监会签",
        "hours_supervisor": "24", "hours_regional_manager": "24", "hours_finance": "24",
        "own-TOTAL_FORMS": str(len(rows) + 1), "own-INITIAL_FORMS": "0", **more,
    }  # fmt: skip
    for n, row in enumerate(rows):
        said |= {f"own-{n}-{name}": value for name, value in row.items()}
    return said


def test_a_change_by_pages_alone(acme, desk):
    admin, director = client_of(acme.admin), client_of(acme.director)
    assert "合同" in admin.get("/approvals/chains/").content.decode()
    new = "/approvals/chains/contracts.contract/change/"
    assert admin.get(new).status_code == 200
    assert not Chain.objects.exists()
    row = {"name": "总监会签", "role": "director", "place": "4", "order": "1", "mode": "any",
           "hours": "16", "amount_from": "200000", "categories": ["A", "B"],
           "fact_1": '["payment_days", "ge", ""]', "value_1": "60"}  # fmt: skip
    wrong = admin.post(new, form_of([{**row, "amount_below": "5"}]))
    assert (wrong.status_code, ChainChange.objects.count()) == (422, 0)
    assert "200000" in wrong.content.decode()
    answer = admin.post(new, form_of([row]))
    change = ChainChange.objects.get()
    assert answer["Location"] == f"/approvals/chains/changes/{change.pk}/"
    assert change.steps[3]["conditions"] == condition("payment_days", "ge", "60")
    assert change.steps[3]["categories"] == ["A", "B"]
    edit = f"/approvals/chains/changes/{change.pk}/edit/"
    shown = admin.get(edit).content.decode()
    assert 'value="60"' in shown
    assert 'value="200000.00"' in shown
    moved = {**row, "key": "own_1", "place": "0"}
    assert admin.post(edit, form_of([moved])).status_code == 302
    change.refresh_from_db()
    assert [(r["key"], r["position"]) for r in change.steps] == [
        ("own_1", 1), ("supervisor", 2), ("regional_manager", 3), ("finance", 3),
    ]  # fmt: skip
    assert admin.post(f"/approvals/chains/changes/{change.pk}/submit/").status_code == 302
    change.refresh_from_db()
    page = director.get(f"/approvals/chains/changes/{change.pk}/").content.decode()
    assert "总监会签" in page
    said = {"content_hash": change.case.content_hash, "check_people": "1", "check_effect": "1"}
    assert director.post(f"/approvals/{change.case_id}/approve/", said).status_code == 302
    change.refresh_from_db()
    assert change.chain.version == 2
    # limits are not for those who submit
    for client, knows in ((client_of(acme.east_rep), False), (admin, True)):
        path = "/approvals/chains/contracts.contract/?version=2"
        assert ("200,000" in client.get(path).content.decode()) == knows
        body = client.get(f"/api/v1/chains/{change.chain_id}/").json()
        assert bool(body["steps"][0]["amount_from"]) == knows
        assert body["steps"][0]["is_conditional"]


def test_the_form_cannot_touch_a_fixed_step(acme, desk):
    """What is not offered is not read either: names of other fields change nothing."""
    admin = client_of(acme.admin)
    new = "/approvals/chains/contracts.contract/change/"
    fixed = {"name": "走过场", "role": "director", "key": "supervisor", "place": "0"}
    answer = admin.post(new, form_of([fixed]))
    assert (answer.status_code, ChainChange.objects.count()) == (422, 0)
    wrong = form_of([], hours_supervisor="0")
    assert admin.post(new, wrong).status_code == 422
    assert (
        admin.post(new, form_of([], hours_supervisor="8", role_supervisor="rep")).status_code == 302
    )
    step = ChainChange.objects.get().steps[0]
    assert step == BASE[0] | {"hours": 8, "position": 1}


def test_a_change_by_program(acme, desk):
    client = client_of(acme.admin)
    body = {"kind": KIND.name, "starts_on": tomorrow().isoformat(), "reason": "接口调整",
            "steps": [SUP, RM, BESIDE, OWN]}  # fmt: skip

    def send(path, body=None):
        return client.post(f"/api/v1/chain-changes/{path}", body or {}, "application/json")

    for rows in ([SUP, RM, OWN], [{**SUP, "amount_from": "5"}, RM, BESIDE, OWN], [RM, BESIDE, SUP]):
        assert send("", {**body, "steps": rows}).status_code == 409
    assert ChainChange.objects.count() == 0
    answer = send("", body)
    assert answer.status_code == 201
    pk = answer.json()["id"]
    seen = client.get(f"/api/v1/chain-changes/{pk}/preview/").json()
    assert seen == {"running": 0, "total": 0, "replayed": 0, "differ": 0}
    put = {**body, "steps": [SUP, RM, BESIDE, {**OWN, "hours": 4}]}
    assert client.put(f"/api/v1/chain-changes/{pk}/", put, "application/json").status_code == 200
    assert send(f"{pk}/submit/").json()["status"] == "in_review"
    assert Task.objects.get().member == acme.director
    assert client.put(f"/api/v1/chain-changes/{pk}/", put, "application/json").status_code == 403
    assert client_of(acme.east_rep).get("/api/v1/chain-changes/").status_code == 403
    assert client_of(acme.east_rep).get(f"/api/v1/chain-changes/{pk}/").status_code == 404


def test_superiors_in_turn_up_to_a_role(acme, desk, contract):
    """T8 连续上级 through the engine: each opens when the one before has decided."""
    chain = actions.chain_of(KIND)
    Step.objects.create(chain=chain, position=9, key="own_1", name="逐级", role=Role.MANAGEMENT,
                        mode=Step.Mode.UPWARD, is_fixed=False)  # fmt: skip
    contracts.submit(contract, by=acme.east_rep)
    for who in (acme.east_supervisor, acme.east_manager, acme.finance):
        approve(contract, who)
    for who in (acme.director, acme.management):
        contract.refresh_from_db()
        assert contract.status == Status.IN_REVIEW
        asked = Task.objects.filter(case=contract.case, state=Task.State.OPEN)
        assert [task.member for task in asked] == [who]
        approve(contract, who)
    contract.refresh_from_db()
    assert contract.status == Status.APPROVED
