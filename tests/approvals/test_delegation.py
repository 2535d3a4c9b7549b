"""T8 代理: who may stand in for whom, what it opens, and that it closes with its last day."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from approvals import actions
from approvals.models import Case, Decision, Delegation, Task
from audit.models import AuditLine
from contracts import actions as contracts
from contracts.models import Contract
from kit.because import Forbidden, Refused
from org.actions import disable, end_post, start_post
from org.models import Role
from tenancy.actions import deliver
from tests.conftest import client_of
from tests.contracts.conftest import make_contract, make_customer
from tests.contracts.steps import approve


def day(n=0):
    return timezone.localdate() + timedelta(n)


def lend(principal, stand_in, by=None, *, first=0, last=9, kinds=()):
    return actions.delegate(
        principal, stand_in=stand_in, starts_on=day(first), ends_on=day(last), kinds=kinds,
        reason="年假", by=by or principal,
    )  # fmt: skip


def sent(contract):
    contracts.submit(contract, by=contract.owner)
    contract.refresh_from_db()
    return contract


def asked(member, case):
    return Task.objects.waiting_for(member).filter(case=case).exists()


def refusal(act, *args, **kwargs):
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    return refused.value.code


def test_stand_in_decides_for_another_and_every_record_says_so(acme, contract):
    lend(acme.east_supervisor, acme.west_supervisor)
    sent(contract)
    who = acme.anew("west_supervisor")
    assert Contract.objects.visible_to(who).filter(pk=contract.pk).exists()
    approve(contract, who)
    row = Decision.objects.get(verb="approve")
    assert (row.by, row.behalf) == (acme.west_supervisor, acme.east_supervisor)
    line = AuditLine.objects.filter(verb="approvals.approve").latest("seq")
    assert (line.actor_name, line.behalf_name) == ("acme.west_supervisor", "acme.east_supervisor")
    assert Task.objects.get(done_by=acme.west_supervisor).member == acme.east_supervisor
    assert asked(acme.east_manager, contract.case)


def test_the_principal_goes_on_deciding_and_the_stand_in_comes_too_late(acme, contract):
    lend(acme.east_supervisor, acme.west_supervisor)
    sent(contract)
    approve(contract, acme.east_supervisor)
    assert Decision.objects.get(verb="approve").behalf is None
    assert refusal(approve, contract, acme.west_supervisor) == "handled"


LATE = [("approve", {}), ("return", {"comment": "请再核对付款条款"})]


@pytest.mark.parametrize(("verb", "words"), LATE, ids=[row[0] for row in LATE])
def test_a_stand_in_whose_page_was_open_reads_who_was_first(acme, contract, verb, words):
    """T8: 409 with a sentence for a day, while he stands in; then it is out of sight again."""
    row = lend(acme.east_supervisor, acme.west_supervisor)
    case = sent(contract).case
    client, path = client_of(acme.west_supervisor), f"/approvals/{case.pk}/{verb}/"
    body = {"content_hash": case.content_hash, **words}
    assert client.get(f"/contracts/{contract.pk}/").status_code == 200
    approve(contract, acme.east_supervisor)
    answer = client.post(path, body)
    assert answer.status_code == 409
    assert "acme.east_supervisor" in answer.content.decode()
    api = client.post(f"/api/v1/cases/{case.pk}/{verb}/", body, content_type="application/json")
    assert (api.status_code, api.json()["code"]) == (409, "handled")
    assert asked(acme.anew("west_supervisor"), case) is False
    Task.objects.filter(case=case, state="done").update(
        closed_at=timezone.now() - timedelta(hours=25)
    )
    assert client.post(path, body).status_code == 404
    Task.objects.filter(case=case, state="done").update(closed_at=timezone.now())
    assert client.post(path, body).status_code == 409
    actions.end_delegation(row, by=acme.east_supervisor)
    assert client.post(path, body).status_code == 404


def test_what_was_decided_before_the_stand_in_was_named_stays_out_of_his_sight(acme, contract):
    approve(sent(contract), acme.east_supervisor)
    lend(acme.east_supervisor, acme.west_supervisor)
    case = Case.objects.filter(pk=contract.case_id)
    assert not case.visible_to(acme.anew("west_supervisor")).exists()
    assert not asked(acme.west_supervisor, contract.case)


# who, whom, by whom -> what becomes of it
SETTING = [
    ("oneself", "east_supervisor", "west_supervisor", "east_supervisor", ""),
    ("a higher role", "east_supervisor", "west_manager", "east_supervisor", ""),
    ("one's superior", "east_supervisor", "west_supervisor", "east_manager", ""),
    ("the superior's superior", "east_supervisor", "east_manager", "director", ""),
    ("the administrator", "east_supervisor", "west_supervisor", "admin", ""),
    ("finance for finance", "finance", "finance2", "finance", ""),
    ("a manager of another region", "east_supervisor", "west_supervisor", "west_manager", "forbid"),
    ("a colleague", "east_supervisor", "west_supervisor", "west_supervisor", "forbid"),
    ("one's own staff", "east_manager", "west_manager", "east_supervisor", "forbid"),
    ("a rep as stand-in", "east_supervisor", "east_rep", "east_supervisor", "role"),
    ("a lower role", "east_manager", "east_supervisor", "east_manager", "role"),
    ("finance for a manager", "east_manager", "finance", "east_manager", "role"),
    ("a manager for finance", "finance", "east_manager", "finance", "role"),
    ("oneself as stand-in", "east_manager", "east_manager", "east_manager", "yourself"),
    ("somebody switched off", "east_supervisor", "disabled", "east_supervisor", "disabled"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("names", "wanted"), [(r[1:4], r[4]) for r in SETTING], ids=[r[0] for r in SETTING]
)
def test_who_may_name_whom(acme, names, wanted):
    people = [getattr(acme, name) for name in names]
    if wanted == "forbid":
        with pytest.raises(Forbidden):
            lend(*people)
    elif wanted:
        assert refusal(lend, *people) == wanted
    else:
        assert lend(*people).stage == "now"
    assert Delegation.objects.count() == (0 if wanted else 1)


DAYS = [
    ("from today", 0, 5, True),
    ("one day", 0, 0, True),
    ("from tomorrow", 1, 5, True),
    ("a whole year", 0, 365, True),
    ("from yesterday", -1, 5, False),
    ("backwards", 3, 2, False),
    ("longer than the parameter", 0, 366, False),
]


@pytest.mark.parametrize(("case", "first", "last", "is_good"), DAYS, ids=[r[0] for r in DAYS])
def test_its_days(acme, case, first, last, is_good):
    if is_good:
        lend(acme.east_manager, acme.west_manager, first=first, last=last)
    else:
        assert refusal(lend, acme.east_manager, acme.west_manager, first=first, last=last) == "days"


# which days today is in the period, and what the stand-in is asked then
PERIODS = [("before the first day", 1, 5, False), ("on the first day", 0, 5, True),
           ("on the last day", -3, 0, True), ("the day after", -3, -1, False)]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "is_asked"), [r[1:] for r in PERIODS], ids=[r[0] for r in PERIODS]
)
def test_sight_and_task_come_and_go_with_the_days(acme, contract, first, last, is_asked):
    row = lend(acme.east_supervisor, acme.west_supervisor)
    sent(contract)
    Delegation.objects.filter(pk=row.pk).update(starts_on=day(first), ends_on=day(last))
    who = acme.anew("west_supervisor")
    assert asked(who, contract.case) is is_asked
    assert Case.objects.visible_to(who).filter(pk=contract.case_id).exists() is is_asked
    assert Contract.objects.visible_to(who).filter(pk=contract.pk).exists() is is_asked
    assert bool(who.may("approvals.decide", contract.case)) is is_asked


def test_what_was_decided_stays_in_sight_until_the_last_day_is_over(acme, contract):
    row = lend(acme.east_supervisor, acme.west_supervisor)
    approve(sent(contract), acme.west_supervisor)
    mine = Contract.objects.filter(pk=contract.pk)
    assert mine.visible_to(acme.anew("west_supervisor")).exists()
    Delegation.objects.filter(pk=row.pk).update(starts_on=day(-3), ends_on=day(-1))
    assert not mine.visible_to(acme.anew("west_supervisor")).exists()


KINDS = [("all kinds", [], True), ("this kind", ["contracts.contract"], True),
         ("another kind only", ["other"], False)]  # fmt: skip


@pytest.mark.parametrize(("case", "kinds", "is_asked"), KINDS, ids=[r[0] for r in KINDS])
def test_kinds_of_document(acme, contract, case, kinds, is_asked):
    row = lend(acme.east_supervisor, acme.west_supervisor)
    Delegation.objects.filter(pk=row.pk).update(kinds=kinds)
    assert asked(acme.west_supervisor, sent(contract).case) is is_asked


def test_ending_it_takes_the_task_away_with_the_next_request(acme, contract):
    row = lend(acme.east_supervisor, acme.west_supervisor)
    sent(contract)
    assert asked(acme.west_supervisor, contract.case)
    actions.end_delegation(row, by=acme.east_supervisor)
    assert not asked(acme.anew("west_supervisor"), contract.case)
    assert refusal(actions.end_delegation, row, by=acme.east_supervisor) == "over"


ENDING = [("the principal", "east_supervisor", True), ("the stand-in", "west_supervisor", True),
          ("the superior", "east_manager", True), ("the administrator", "admin", True),
          ("another manager", "west_manager", False), ("a rep", "east_rep", False)]  # fmt: skip


@pytest.mark.parametrize(("case", "by", "is_good"), ENDING, ids=[r[0] for r in ENDING])
def test_who_may_end_it(acme, case, by, is_good):
    row = lend(acme.east_supervisor, acme.west_supervisor)
    if is_good:
        assert actions.end_delegation(row, by=getattr(acme, by)).stage == "over"
    else:
        with pytest.raises(Forbidden):
            actions.end_delegation(row, by=getattr(acme, by))


# --- separation of duties -------------------------------------------------------------------------


def test_submitter_is_no_stand_in_for_his_own_paper(acme, rates):
    paper = make_contract(acme.east_supervisor, make_customer(acme.east_supervisor))
    lend(acme.east_manager, acme.west_manager)
    sent(paper)
    assert asked(acme.west_manager, paper.case)
    actions.end_delegation(Delegation.objects.get(), by=acme.east_manager)
    # the supervisor also holds a manager's post elsewhere and is made the stand-in of his own boss
    start_post(acme.east_supervisor, unit=acme.unit("west"), role=Role.REGIONAL_MANAGER)
    boss = acme.anew("east_supervisor")
    lend(acme.east_manager, boss)
    assert not asked(boss, paper.case)
    assert refusal(approve, paper, boss) in {"own", "forbidden"}


def test_stand_in_who_is_led_by_the_submitter_is_not_asked(acme, rates):
    """The manager's own paper: its supervisor step stands with the director."""
    paper = make_contract(acme.east_manager, make_customer(acme.east_manager))
    sent(paper)
    task = Task.objects.get(case=paper.case, state="open")
    assert task.member == acme.director
    # as a row: the rule of names would refuse a lower role for a director
    Delegation.objects.create(
        principal=acme.director, stand_in=acme.east_supervisor, starts_on=day(), ends_on=day(3),
        made_by=acme.director, reason="x",
    )  # fmt: skip
    assert not asked(acme.east_supervisor, paper.case)
    Delegation.objects.update(stand_in=acme.west_supervisor)
    assert asked(acme.anew("west_supervisor"), paper.case)


def test_nobody_counts_twice_through_a_stand_in(acme, contract):
    sent(contract)
    start_post(acme.west_supervisor, unit=acme.unit("west"), role=Role.REGIONAL_MANAGER)
    who = acme.anew("west_supervisor")
    lend(acme.east_supervisor, who)
    lend(acme.east_manager, who)
    approve(contract, who)
    assert refusal(approve, contract, who) == "twice"
    approve(contract, acme.east_manager)


def test_own_task_comes_before_the_lent_one(acme, contract):
    sent(contract)
    approve(contract, acme.east_supervisor)
    lend(acme.finance2, acme.finance)
    approve(contract, acme.finance)
    assert Decision.objects.filter(by=acme.finance).get().behalf is None


def test_no_chains(acme, contract):
    lend(acme.east_supervisor, acme.west_supervisor)
    sent(contract)
    # the stand-in goes away himself: what he holds for another is not passed on
    lend(acme.west_supervisor, acme.west_manager)
    assert not asked(acme.west_manager, contract.case)
    start_post(acme.bare_rep, unit=acme.unit("east_two"), role=Role.SUPERVISOR)
    assert refusal(lend, acme.anew("bare_rep"), acme.east_supervisor) == "chain"


@pytest.mark.parametrize("length", range(2, 5))
def test_cycles_are_refused_wherever_they_close(acme, length):
    names = ["east_manager", "west_manager", "director", "management"][:length]
    for name in names:
        start_post(getattr(acme, name), unit=acme.unit("east_two"), role=Role.SUPERVISOR)
    ring = [acme.anew(name) for name in names]
    for one, other in pairwise(ring):
        lend(one, other)
    assert refusal(lend, ring[-1], ring[0]) == "chain"


def test_one_stand_in_at_a_time(acme):
    lend(acme.east_supervisor, acme.west_supervisor, first=0, last=5)
    assert refusal(lend, acme.east_supervisor, acme.west_manager, first=5, last=8) == "twice"
    lend(acme.east_supervisor, acme.west_manager, first=6, last=8)


# --- leavers --------------------------------------------------------------------------------------


def test_leaver_with_a_stand_in_keeps_the_step_and_without_one_it_goes_up(acme, contract):
    lend(acme.east_supervisor, acme.west_supervisor, by=acme.admin)
    disable(acme.east_supervisor, by=acme.admin)
    sent(contract)
    task = Task.objects.get(case=contract.case, state="open")
    assert task.member == acme.east_supervisor
    assert "acme.west_supervisor" in str(task.because["lines"])
    assert asked(acme.west_supervisor, contract.case)
    approve(contract, acme.anew("west_supervisor"))
    assert Decision.objects.get(verb="approve").behalf == acme.east_supervisor


def test_leaver_named_a_stand_in_keeps_running_tasks_until_its_end(acme, contract):
    sent(contract)
    row = lend(acme.east_supervisor, acme.west_supervisor, by=acme.admin)
    disable(acme.east_supervisor, by=acme.admin)
    deliver()
    task = Task.objects.get(case=contract.case, state="open")
    assert task.member == acme.east_supervisor
    actions.end_delegation(row, by=acme.admin)
    deliver()
    assert Task.objects.get(case=contract.case, state="open").member == acme.east_manager


def test_stand_in_of_a_leaver_leaves_too(acme, contract):
    sent(contract)
    lend(acme.east_supervisor, acme.west_supervisor, by=acme.admin)
    disable(acme.east_supervisor, by=acme.admin)
    disable(acme.west_supervisor, by=acme.admin)
    deliver()
    assert Task.objects.get(case=contract.case, state="open").member == acme.east_manager


def test_principal_who_gives_up_the_post_lends_nothing_any_more(acme, contract):
    sent(contract)
    lend(acme.east_supervisor, acme.west_supervisor)
    assert asked(acme.west_supervisor, contract.case)
    end_post(acme.east_supervisor.posts.get(), by=acme.admin, ends_on=day(-1))
    assert not asked(acme.anew("west_supervisor"), contract.case)


def test_why_somebody_is_away_is_read_by_the_leaders_of_today(acme):
    """ORG-1.6: who once led the person reads nothing of it; who leads him now does."""
    row = lend(acme.east_supervisor, acme.west_supervisor)
    page = "/approvals/delegations/"
    readers = ("east_manager", "west_manager", "admin", "east_rep")
    seen = lambda: [  # noqa: E731
        ("年假" in client_of(acme.anew(name)).get(page).text,
         bool(acme.anew(name).may("approvals.end_delegation", row))) for name in readers
    ]  # fmt: skip
    assert seen() == [(True, True), (False, False), (True, True), (False, False)]
    end_post(acme.east_supervisor.posts.get(), by=acme.admin, ends_on=day(-1))
    start_post(acme.east_supervisor, unit=acme.unit("west_one"), role=Role.SUPERVISOR)
    assert seen() == [(False, False), (True, True), (True, True), (False, False)]
