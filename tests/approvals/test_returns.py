"""T8: a returned document that comes back unchanged skips nobody who had not agreed yet."""

import pytest

from approvals import actions
from approvals.models import Status, Step, Task
from contracts import actions as contracts
from contracts.chain import KIND
from customers.actions import hand_over
from org.actions import disable
from tests.approvals.test_verbs import asked, paper, pass_step, say, sent, status

WAYS = ("all", "in_order")


@pytest.fixture
def case(contract):
    return sent(contract)


def of_finance(mode, **more):
    step = Step.objects.filter(chain=actions.chain_of(KIND), key="finance")
    step.update(mode=mode, **more)


def back(case):
    """The same submitter sends it again without a change."""
    contracts.submit(paper(case), by=paper(case).owner)
    case.refresh_from_db()
    return case


@pytest.mark.parametrize("is_fixed", [True, False])
@pytest.mark.parametrize("mode", WAYS)
@pytest.mark.parametrize("manager", ["first", "last"])
def test_who_returned_at_a_step_of_several_is_asked_again(acme, contract, mode, is_fixed, manager):
    """会签, 依次: the one who agreed is asked no more, the one who did not is not passed over."""
    of_finance(mode, is_fixed=is_fixed)
    case = sent(contract)
    first = (acme.east_manager, acme.finance) if manager == "first" else (acme.finance,)
    pass_step(case, acme.east_supervisor, *first)
    say(case, "return", acme.finance2)
    assert status(back(case)) == Status.IN_REVIEW
    assert (case.round, "finance2" in asked(case), "finance" in asked(case)) == (1, True, False)
    pass_step(case, acme.finance2, *([] if manager == "first" else [acme.east_manager]))
    assert status(case) == Status.APPROVED


@pytest.mark.parametrize("way", ["after", "parallel"])
@pytest.mark.parametrize("who", ["secretary", "finance"])
def test_an_added_signer_who_had_not_agreed_is_asked_again(acme, case, way, who):
    """加签: his asker has answered, so nobody else would speak for him; whoever it is returns."""
    pass_step(case, acme.east_supervisor)
    actions.add_signer(case, to=acme.secretary, way=way, by=acme.east_manager)
    pass_step(case, acme.east_manager, *([acme.finance] if who == "secretary" else []))
    say(case, "return", getattr(acme, who))
    back(case)
    assert asked(case) == {"secretary"} | (set() if who == "secretary" else {"finance", "finance2"})
    say(case, "approve", acme.secretary)
    if who == "finance":
        assert status(case) == Status.IN_REVIEW
        pass_step(case, acme.finance)
    assert status(case) == Status.APPROVED


def test_whom_the_asker_may_ask_himself_is_not_asked_twice(acme, case):
    """The twin: the approver has not answered, so the step is his again."""
    actions.add_signer(case, to=acme.secretary, way="before", by=acme.east_supervisor)
    say(case, "return", acme.secretary)
    assert asked(back(case)) == {"east_supervisor"}


@pytest.mark.parametrize("way", ["before", "parallel"])
def test_the_opinion_of_an_added_signer_passes_no_step(acme, case, way):
    """CTR-1.2: the signer agreed, the approver himself returned it: he decides again."""
    actions.add_signer(case, to=acme.secretary, way=way, by=acme.east_supervisor)
    say(case, "approve", acme.secretary)
    say(case, "return", acme.east_supervisor)
    assert asked(back(case)) == {"east_supervisor"}


def test_an_added_signer_who_left_meanwhile_leaves_it_to_the_queue(acme, case):
    pass_step(case, acme.east_supervisor)
    actions.add_signer(case, to=acme.secretary, way="after", by=acme.east_manager)
    pass_step(case, acme.east_manager, acme.finance)
    say(case, "return", acme.secretary)
    disable(acme.secretary, by=acme.admin)
    assert asked(back(case)) == {None}
    say(case, "approve", acme.management)
    assert status(case) == Status.APPROVED


@pytest.mark.parametrize("writes", [True, False])
def test_a_vote_of_whoever_wrote_in_between_does_not_count(acme, contract, writes):
    """ORG-1.3: handed over and back with the same text: the approver has had a hand in it."""
    case = sent(contract)
    pass_step(case, acme.east_supervisor)
    say(case, "return", acme.east_manager)
    words = {"reason": "区域调整交接", "by": acme.east_manager, "take": True}
    hand_over([contract.customer], to=acme.east_supervisor, **words)
    old = paper(case).title
    for title in (f"{old}改", old) if writes else ():
        contracts.change(paper(case), by=acme.east_supervisor, header={"title": title})
    hand_over([type(contract.customer).objects.get()], to=acme.east_rep, **words)
    back(case)
    assert case.round == 1 + writes
    assert ("east_supervisor" in asked(case)) is False
    asked_there = Task.objects.filter(case=case, round=case.round, step__key="supervisor")
    assert {task.state for task in asked_there} == {"open" if writes else "done"}
