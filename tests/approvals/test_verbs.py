"""T8: each row of the table of actions, with what it must refuse beside what it allows."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from approvals import actions
from approvals.models import Case, Chain, Copy, Decision, Status, Step, Task
from contracts import actions as contracts
from contracts.chain import KIND
from contracts.models import Contract
from customers.actions import hand_over
from kit.because import Forbidden, Refused
from org.actions import disable, start_post
from org.models import Role
from tenancy.models import Param
from tests.approvals.legal import problems, stuck
from tests.conftest import client_of
from tests.contracts.steps import approve, points_of

WORDS = "条款需要再确认一下"


@pytest.fixture
def case(contract):
    return sent(contract)


def sent(contract):
    contracts.submit(contract, by=contract.owner)
    contract.refresh_from_db()
    return contract.case


def paper(case):
    return Contract.objects.get(pk=case.object_id)


def say(case, verb, who, **more):
    case.refresh_from_db()
    words = {"seen": case.content_hash, "comment": WORDS, **more}
    return actions.decide(case, verb=verb, by=who, **words)


def pass_step(case, *people):
    for who in people:
        approve(paper(case), who)
    case.refresh_from_db()


def asked(case):
    """Who is asked now, by staff number."""
    tasks = Task.objects.filter(case=case, state=Task.State.OPEN).select_related("member")
    return {task.member.employee_no if task.member else None for task in tasks}


def code(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.code


def status(case):
    return paper(case).status


# --- 同意 / 驳回 -------------------------------------------------------------


def test_approve_leads_to_the_next_step_and_reject_ends(acme, case):
    pass_step(case, acme.east_supervisor)
    assert asked(case) == {"east_manager", "finance", "finance2"}
    assert code(say, case, "reject", acme.east_manager, comment="不行") == "incomplete"
    say(case, "reject", acme.east_manager)
    assert (status(case), asked(case)) == (Status.REJECTED, set())


# --- 退回 --------------------------------------------------------------------


def test_return_to_a_step_opens_it_again_and_everything_after_it(acme, case):
    pass_step(case, acme.east_supervisor, acme.finance)
    say(case, "return", acme.east_manager, to="supervisor")
    case.refresh_from_db()
    assert (case.state, status(case)) == ("running", Status.IN_REVIEW)
    assert asked(case) == {"east_supervisor"}
    # the same person decides anew: what was voided does not count
    pass_step(case, acme.east_supervisor)
    assert asked(case) == {"east_manager", "finance", "finance2"}
    pass_step(case, acme.east_manager, acme.finance)
    assert status(case) == Status.APPROVED


@pytest.mark.parametrize("key", ["regional_manager", "finance", "nothing"])
def test_return_goes_only_to_a_step_passed_before(acme, case, key):
    pass_step(case, acme.east_supervisor)
    assert code(say, case, "return", acme.east_manager, to=key) == "incomplete"
    say(case, "return", acme.east_manager, to="supervisor")
    assert asked(case) == {"east_supervisor"}


@pytest.mark.parametrize("is_changed", [False, True])
def test_resubmission_goes_straight_back_only_when_nothing_was_changed(acme, case, is_changed):
    pass_step(case, acme.east_supervisor)
    say(case, "return", acme.east_manager)
    assert status(case) == Status.RETURNED
    if is_changed:
        Contract.objects.filter(pk=case.object_id).update(notes="改了")
    actions.submit(paper(case), by=acme.east_rep)
    wanted = {"east_supervisor"} if is_changed else {"east_manager", "finance", "finance2"}
    assert asked(case) == wanted


# --- 撤回 --------------------------------------------------------------------


def test_withdraw_is_the_submitters_before_the_first_decision(acme, case):
    with pytest.raises(Forbidden):
        actions.withdraw(case, by=acme.east_supervisor)
    pass_step(case, acme.east_supervisor)
    assert code(actions.withdraw, case, by=acme.east_rep) == "late"


def test_a_company_may_allow_it_until_the_last_approval(acme, case):
    Param.objects.create(key="approvals.withdraw_late", value=1, during=(date(2020, 1, 1), None))
    pass_step(case, acme.east_supervisor)
    rep = client_of(acme.east_rep)
    page = f"/approvals/{case.pk}/withdraw/"
    assert page in rep.get(f"/contracts/{case.object_id}/").content.decode()
    assert rep.post(page).status_code == 302
    assert (status(case), asked(case)) == (Status.WITHDRAWN, set())


def test_withdraw_gives_the_draft_back_and_an_approval_after_it_is_refused(acme, case):
    actions.withdraw(case, by=acme.east_rep)
    assert (status(case), asked(case)) == (Status.WITHDRAWN, set())
    assert code(approve, paper(case), acme.east_supervisor) == "handled"


# --- 转交 --------------------------------------------------------------------

# to whom -> what becomes of it; asked at the supervisor's step
TRANSFERS = [
    ("a higher role on the line", "east_manager", ""),
    ("the director", "director", ""),
    ("a role of another line", "west_supervisor", "role"),
    ("a higher role of another line", "west_manager", "role"),
    ("somebody without the role", "east_rep2", "role"),
    ("finance", "finance", "role"),
    ("the submitter", "east_rep", "own"),
    ("oneself", "east_supervisor", "asked"),
    ("somebody switched off", "disabled", "disabled"),
]


@pytest.mark.parametrize(
    ("name", "wanted"), [r[1:] for r in TRANSFERS], ids=[r[0] for r in TRANSFERS]
)
def test_transfer_moves_the_task(acme, case, name, wanted):
    act = {"to": getattr(acme, name), "by": acme.east_supervisor, "comment": "请代为审核"}
    if wanted:
        assert code(actions.transfer, case, **act) == wanted
        assert asked(case) == {"east_supervisor"}
        return
    due = Task.objects.get(case=case, state="open").due_at
    made = actions.transfer(case, **act)
    made.refresh_from_db()
    assert (asked(case), made.due_at) == ({name}, due)
    assert code(approve, paper(case), acme.east_supervisor) == "handled"
    pass_step(case, getattr(acme, name))
    # the manager has used his vote: his own step goes one level up
    assert ("director" in asked(case)) is (name == "east_manager")
    log = list(Decision.objects.filter(case=case).order_by("id").values_list("verb", flat=True))
    assert log == ["submit", "transfer", "approve"]


def test_transfer_is_for_whoever_is_asked_and_three_times_deep(acme, case):
    for name in ("east_manager", "east_rep", "west_supervisor"):
        with pytest.raises(Forbidden):
            actions.transfer(case, to=acme.director, by=getattr(acme, name))
    people = []
    for name in ("secretary", "finance", "finance2", "west_rep"):
        start_post(getattr(acme, name), unit=acme.unit("east_one"), role=Role.SUPERVISOR)
        people.append(acme.anew(name))
    for one, other in zip([acme.east_supervisor, *people[:2]], people[:3], strict=True):
        actions.transfer(case, to=other, by=one)
    assert code(actions.transfer, case, to=people[3], by=people[2]) == "depth"


def test_transfer_never_to_somebody_who_decided(acme, case):
    pass_step(case, acme.east_supervisor)
    act = {"to": acme.east_supervisor, "by": acme.east_manager}
    assert code(actions.transfer, case, **act) in {"twice", "role"}
    assert code(actions.transfer, case, to=acme.finance, by=acme.east_manager) == "asked"
    actions.transfer(case, to=acme.director, by=acme.east_manager)


# --- 加签 --------------------------------------------------------------------


def test_signer_before_returns_to_me(acme, case):
    actions.add_signer(case, to=acme.secretary, way="before", by=acme.east_supervisor)
    assert asked(case) == {"secretary"}
    assert code(approve, paper(case), acme.east_supervisor) == "handled"
    say(case, "approve", acme.secretary)
    assert asked(case) == {"east_supervisor"}
    pass_step(case, acme.east_supervisor)
    assert asked(case) == {"east_manager", "finance", "finance2"}


def test_signer_after_follows_me(acme, case):
    actions.add_signer(case, to=acme.secretary, way="after", by=acme.east_supervisor)
    assert asked(case) == {"east_supervisor"}
    pass_step(case, acme.east_supervisor)
    assert asked(case) == {"secretary"}
    say(case, "approve", acme.secretary)
    assert asked(case) == {"east_manager", "finance", "finance2"}


@pytest.mark.parametrize(
    "order", [("east_supervisor", "secretary"), ("secretary", "east_supervisor")]
)
def test_signer_beside_me_and_both_must_agree(acme, case, order):
    actions.add_signer(case, to=acme.secretary, way="parallel", by=acme.east_supervisor)
    assert asked(case) == {"east_supervisor", "secretary"}
    for n, name in enumerate(order):
        assert len(asked(case)) == 2 - n
        pass_step(case, getattr(acme, name)) if name != "secretary" else say(
            case, "approve", acme.secretary
        )
    assert asked(case) == {"east_manager", "finance", "finance2"}


SIGNERS = [("the submitter", "east_rep", "own"), ("oneself", "east_supervisor", "asked"),
           ("a later approver", "east_manager", "asked"), ("switched off", "disabled", "disabled"),
           ("anybody of the company", "west_rep", "")]  # fmt: skip


@pytest.mark.parametrize(("name", "wanted"), [r[1:] for r in SIGNERS], ids=[r[0] for r in SIGNERS])
def test_who_may_be_added(acme, case, name, wanted):
    act = {"to": getattr(acme, name), "way": "parallel", "by": acme.east_supervisor}
    if wanted:
        assert code(actions.add_signer, case, **act) == wanted
    else:
        actions.add_signer(case, **act)
        who = acme.anew(name)
        assert Contract.objects.visible_to(who).filter(pk=case.object_id).exists()


def test_whoever_was_added_adds_nobody_and_passes_nothing_on(acme, case):
    actions.add_signer(case, to=acme.secretary, way="before", by=acme.east_supervisor)
    with pytest.raises(Forbidden):
        actions.add_signer(case, to=acme.west_rep, way="before", by=acme.secretary)
    with pytest.raises(Forbidden):
        actions.transfer(case, to=acme.director, by=acme.secretary)
    with pytest.raises(Forbidden):
        actions.copy_to(case, to=acme.west_rep, by=acme.secretary)
    say(case, "return", acme.secretary)
    assert status(case) == Status.RETURNED


def test_an_added_signer_who_leaves_holds_nothing_up(acme, case):
    actions.add_signer(case, to=acme.secretary, way="before", by=acme.east_supervisor)
    disable(acme.secretary, by=acme.admin)
    actions.ask_again({"member": acme.secretary.pk})
    assert asked(case) == {"east_supervisor"}


# --- 催办 --------------------------------------------------------------------


def test_remind_once_in_four_hours_and_three_times_a_day(acme, case, monkeypatch):
    with pytest.raises(Forbidden):
        actions.remind(case, by=acme.east_supervisor)
    start = timezone.localtime().replace(hour=0, minute=30)
    clock = {"now": start}
    monkeypatch.setattr(timezone, "now", lambda: clock["now"])
    told = []
    for hours in (0, 3.9, 4.1, 8.2, 12.3, 24.2):
        clock["now"] = start + timedelta(hours=hours)
        try:
            actions.remind(case, by=acme.east_rep)
            told.append("ok")
        except Refused as refused:
            told.append(refused.code)
    assert told == ["ok", "soon", "ok", "ok", "many", "ok"]


# --- 抄送, 评论 --------------------------------------------------------------


def test_copy_gives_sight_and_no_decision(acme, case):
    seen = Contract.objects.filter(pk=case.object_id)
    assert not seen.visible_to(acme.west_rep).exists()
    actions.copy_to(case, to=acme.west_rep, by=acme.east_supervisor)
    who = acme.anew("west_rep")
    assert seen.visible_to(who).exists()
    assert Copy.objects.get().member == who
    assert not who.may("approvals.decide", case)
    assert code(say, case, "approve", who) in {"forbidden", "handled"}
    assert code(actions.copy_to, case, to=who, by=acme.east_supervisor) == "twice"
    with pytest.raises(Forbidden):
        actions.copy_to(case, to=acme.west_rep, by=acme.east_rep2)


def test_comment_changes_no_state_and_mentions_only_who_sees_it(acme, case):
    before = Case.objects.values("state", "moves", "position", "round").get(pk=case.pk)
    row = actions.comment(case, text="请看付款条款", by=acme.east_rep, mentions=[acme.east_manager])
    assert row.people == [{"id": acme.east_manager.pk, "name": "acme.east_manager"}]
    assert Case.objects.values("state", "moves", "position", "round").get(pk=case.pk) == before
    say_to = {"text": "看看", "by": acme.east_rep}
    assert code(actions.comment, case, mentions=[acme.west_rep], **say_to) == "unseen"
    assert code(actions.comment, case, text="  ", by=acme.east_rep) == "empty"
    with pytest.raises(Forbidden):
        actions.comment(case, text="我也看看", by=acme.west_rep)


# --- 批量同意 ----------------------------------------------------------------


def at_manager(acme, case, **changes):
    """At the manager's step, which has no points; changed behind the engine for the test."""
    pass_step(case, acme.east_supervisor)
    Case.objects.filter(pk=case.pk).update(**changes)
    case.refresh_from_db()
    return case


def test_batch_approves_what_needs_no_words(acme, case):
    at_manager(acme, case)
    done = actions.approve_many([(case, case.content_hash)], by=acme.east_manager)
    assert [row.refusal for row in done] == [""]
    assert Decision.objects.filter(case=case, by=acme.east_manager, verb="approve").count() == 1


BATCHES = [("a broken rule", {"risks": [{"x": 1}]}, "east_manager"),
           ("above the cap", {"amount": "200000.01"}, "east_manager"),
           ("a step with points", {}, "finance")]  # fmt: skip


@pytest.mark.parametrize(("changes", "who"), [r[1:] for r in BATCHES], ids=[r[0] for r in BATCHES])
def test_batch_refuses_what_must_be_read_alone(acme, case, changes, who):
    at_manager(acme, case, **changes)
    done = actions.approve_many([(case, case.content_hash)], by=getattr(acme, who))
    assert all(row.refusal for row in done)
    assert not Decision.objects.filter(by=getattr(acme, who)).exists()


def test_batch_checks_each_row_again_and_one_refusal_stops_no_other(acme, case, customer):
    from tests.contracts.conftest import make_contract

    other = sent(make_contract(acme.east_rep, customer, title="第二份合同"))
    at_manager(acme, case)
    at_manager(acme, other)
    picked = [(case, "stale"), (other, other.content_hash)]
    done = {row.case.pk: row.refusal for row in actions.approve_many(picked, by=acme.east_manager)}
    assert done[case.pk]
    assert not done[other.pk]
    assert code(actions.approve_many, [(case, "x")] * 51, by=acme.east_manager) == "many"


# --- 或签, 会签, 依次 --------------------------------------------------------

# mode -> who is asked after each of the two finance people
MODES = [("any", [{"finance", "finance2"}, set()]),
         ("all", [{"finance", "finance2"}, {"finance2"}, set()]),
         ("in_order", [{"finance"}, {"finance2"}, set()])]  # fmt: skip


@pytest.mark.parametrize(("mode", "stages"), MODES)
def test_any_all_and_in_order(acme, contract, mode, stages):
    chain = actions.chain_of(KIND)
    Step.objects.filter(chain=chain, key="finance").update(mode=mode)
    case = sent(contract)
    pass_step(case, acme.east_supervisor, acme.east_manager)
    for n, wanted in enumerate(stages):
        assert asked(case) == wanted
        if wanted:
            pass_step(case, (acme.finance, acme.finance2)[n])
    assert status(case) == Status.APPROVED


def test_a_step_of_the_company_is_passed_once_by_whoever_decides_anyway(acme, contract):
    chain = actions.chain_of(KIND)
    Step.objects.create(
        chain=chain, position=3, key="second", name="再审", role="regional_manager", is_fixed=False
    )
    case = sent(contract)
    note = Task.objects.get(case=case, step__key="second")
    assert (note.state, note.member) == ("void", acme.east_manager)
    assert "automatic" in note.because["lines"][0]["text"]
    pass_step(case, acme.east_supervisor, acme.east_manager, acme.finance)
    assert status(case) == Status.APPROVED
    assert Chain.objects.count() == 1


def test_points_are_for_the_approver_not_for_whoever_was_added(acme, case):
    actions.add_signer(case, to=acme.secretary, way="before", by=acme.east_supervisor)
    say(case, "approve", acme.secretary)
    assert code(say, case, "approve", acme.east_supervisor) == "incomplete"
    assert points_of(paper(case), acme.east_supervisor)


# --- somebody else was first -------------------------------------------------


def test_a_page_opened_before_a_transfer_is_told_while_the_document_is_seen(acme, case):
    """By post he goes on seeing it (409 and who has it now); who saw it by the task alone: 404."""
    body = {"content_hash": case.content_hash, "comment": WORDS}
    path = f"/approvals/{case.pk}/return/"
    actions.add_signer(case, to=acme.west_rep, way="parallel", by=acme.east_supervisor)
    boss, signer = client_of(acme.east_supervisor), client_of(acme.west_rep)
    assert signer.get(f"/contracts/{case.object_id}/").status_code == 200
    actions.transfer(case, to=acme.east_manager, by=acme.east_supervisor)
    answer = boss.post(path, body)
    assert answer.status_code == 409
    assert "acme.east_supervisor" in answer.content.decode()
    say(case, "approve", acme.west_rep)
    assert signer.post(path, body).status_code == 404
    assert status(case) == Status.IN_REVIEW


# --- somebody who was added, and whoever asked him, leaves --------------------

LEAVING = [
    # way, who has answered before -> who leaves -> who is asked then
    ("before", (), "secretary", {"east_supervisor"}),
    ("parallel", (), "secretary", {"east_supervisor"}),
    ("after", (), "secretary", {"east_supervisor"}),
    ("parallel", ("east_supervisor",), "secretary", {None}),
    ("after", ("east_supervisor",), "secretary", {None}),
    ("before", (), "east_supervisor", {"east_manager"}),
    ("after", (), "east_supervisor", {"east_manager"}),
]


@pytest.mark.parametrize("row", LEAVING, ids=lambda row: f"{row[0]}-{len(row[1])}-{row[2]}")
def test_nobody_who_leaves_holds_an_added_signature_up(acme, case, row):
    """Never stuck and never passed in silence: the company's queue speaks for who was asked."""
    way, first, leaver, wanted = row
    actions.add_signer(case, to=acme.secretary, way=way, by=acme.east_supervisor)
    pass_step(case, *(getattr(acme, name) for name in first))
    disable(getattr(acme, leaver), by=acme.admin)
    actions.ask_again({"member": getattr(acme, leaver).pk})
    assert asked(case) == wanted
    assert (problems(case.pk), stuck(case.pk)) == ([], [])
    if wanted == {None}:
        say(case, "approve", acme.admin)
        assert asked(case) == {"east_manager", "finance", "finance2"}


def test_what_was_asked_after_me_follows_whoever_has_my_task_now(acme, case):
    actions.add_signer(case, to=acme.secretary, way="after", by=acme.east_supervisor)
    actions.transfer(case, to=acme.director, by=acme.east_supervisor)
    pass_step(case, acme.director)
    assert asked(case) == {"secretary"}
    say(case, "approve", acme.secretary)
    assert asked(case) == {"east_manager", "finance", "finance2"}


def test_in_order_goes_on_with_the_next_when_one_leaves(acme, contract):
    chain = actions.chain_of(KIND)
    Step.objects.filter(chain=chain, key="finance").update(mode="in_order")
    case = sent(contract)
    pass_step(case, acme.east_supervisor, acme.east_manager)
    assert asked(case) == {"finance"}
    disable(acme.finance, by=acme.admin)
    actions.ask_again({"member": acme.finance.pk})
    assert asked(case) == {"finance2"}
    pass_step(case, acme.finance2)
    assert status(case) == Status.APPROVED


# --- who wrote it -------------------------------------------------------------


def test_whoever_wrote_any_of_it_decides_nothing_on_it(acme, contract):
    """ORG-1.3: drafted by a colleague who leads the submitter now; the step goes one level up."""
    start_post(acme.east_rep, unit=acme.unit("east_one"), role=Role.SUPERVISOR)
    disable(acme.east_supervisor, by=acme.admin)
    hand_over([contract.customer], to=acme.east_rep2, reason="区域调整交接", by=acme.east_manager,
              take=True)  # fmt: skip
    contract.refresh_from_db()
    assert contract.owner == acme.east_rep2
    case = sent(contract)
    author = acme.anew("east_rep")
    assert (case.writers, asked(case)) == ([author.pk], {"east_manager"})
    assert "acme.east_rep" in str(Task.objects.get(case=case, state="open").because["lines"])
    assert not author.may("approvals.decide", case)
    assert code(actions.transfer, case, to=author, by=acme.east_manager) == "own"
    assert code(actions.add_signer, case, to=author, way="after", by=acme.east_manager) == "own"
    # also when a row says so behind the engine
    Task.objects.filter(case=case, state="open").update(member=author)
    assert not Task.objects.waiting_for(author).filter(case=case).exists()
    assert code(say, case, "approve", author) in {"forbidden", "handled", "own"}
    # the twin: who did not write it is asked
    Task.objects.filter(case=case, state="open").update(member=acme.east_manager)
    pass_step(case, acme.east_manager)
    assert asked(case) == {"director", "finance", "finance2"}


def test_another_submitter_begins_the_chain_anew(acme, contract):
    """Returned and handed over: what was decided for the first does not count for the second."""
    case = sent(contract)
    pass_step(case, acme.east_supervisor)
    say(case, "return", acme.east_manager)
    hand_over([contract.customer], to=acme.east_rep2, reason="区域调整交接", by=acme.east_manager,
              take=True)  # fmt: skip
    again = sent(paper(case))
    assert (again.round, again.owner, asked(again)) == (2, acme.east_rep2, {"east_supervisor"})


def test_whoever_handed_a_paper_over_reads_nothing_of_it_through_the_inbox(acme, contract):
    """ORG-1.6: the case keeps its first submitter; the document behind it is opened by its own."""
    case = sent(contract)
    say(case, "return", acme.east_supervisor)
    mine = client_of(acme.east_rep)
    assert mine.get(f"/approvals/{case.pk}/").status_code == 200
    assert f'href="/contracts/{contract.pk}/"' in mine.get("/approvals/?box=mine").text
    hand_over([contract.customer], to=acme.west_rep, reason="区域调整交接", by=acme.director,
              take=True)  # fmt: skip
    Contract.objects.filter(pk=contract.pk).update(payment_terms="只写给新的负责人看")
    for gone in (acme.anew("east_rep"), acme.anew("east_supervisor")):
        client = client_of(gone)
        answer = client.get(f"/approvals/{case.pk}/")
        assert (answer.status_code, "只写给" in answer.text) == (404, False)
    rows = client_of(acme.anew("east_rep")).get("/approvals/?box=mine").text
    assert contract.title in rows
    assert f'href="/contracts/{contract.pk}/"' not in rows
    # the twin: whoever leads both regions
    assert client_of(acme.director).get(f"/approvals/{case.pk}/").status_code == 200
