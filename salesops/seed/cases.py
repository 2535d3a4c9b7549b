"""How the contracts of the past were approved: case, version, tasks and decisions of each."""

import datetime as dt
import json
from functools import cache
from typing import Any

from approvals.actions import chain_of
from approvals.kinds import frozen
from approvals.models import Case, Decision, Status, Step, Task, Version
from approvals.routing import levels, route
from contracts.chain import KIND, facts, snapshot
from contracts.models import Contract
from kit.because import yes
from kit.texthash import canonical, digest
from org.models import Member
from salesops.seed import words
from salesops.seed.story import Act, Paper, Story


def close(story: Story, papers: list[Paper]) -> None:
    """Case, tasks, version and decisions of each, then the state the document ended in."""
    contracts = [paper.contract for paper in papers]
    Contract.objects.bulk_update(contracts, ["number", "payment_days"], batch_size=500)
    chain, steps = chain_of(KIND), list(chain_of(KIND).steps.all())
    routes = cache(lambda unit, owner: route(steps, levels(unit), owner))
    cases, versions, tasks, decisions = [], [], [], []
    fresh = Contract.objects.select_related("owner", "unit", "customer")
    known = {contract.pk: contract for contract in fresh.filter(pk__in=[c.pk for c in contracts])}
    for paper in papers:
        document = known[paper.contract.pk]
        shot, shown = snapshot(document), facts(document)
        case = Case(
            owner=document.owner, unit=document.unit, org_path=document.org_path,
            kind=KIND.name, object_id=document.pk, chain=chain, number=document.number,
            title=shown.title, party=shown.party, amount=shown.amount,
            risks=[line.as_json() for line in shown.risks],
            state=STATES[paper.end], content_hash=digest(shot), submitted_at=paper.drafted,
            created_at=paper.drafted, position=2 if paper.end == "signed" else 1,
        )  # fmt: skip
        found = routes(document.unit, document.owner_id)
        history = lived(story, paper, case, found)
        case.decided_at = case.updated_at = history[-1][0]
        cases.append(case)
        versions.append((case, shot, frozen(shown)))
        tasks += [task for _at, _verb, _by, task, _c in history if task]
        decisions += [decision_of(case, row) for row in history]
        paper.days = [at.date() for at, verb, *_rest in history if verb == "sign"]
        paper.contract.updated_at = history[-1][0]
        story.acts += [
            Act(at, f"{VERBS.get(verb, 'approvals')}.{verb}", by, paper.contract, note=comment)
            for at, verb, by, _task, comment in history
        ]
    Case.objects.bulk_create(cases)
    Version.objects.bulk_create(
        Version(
            case=case, round=1, snapshot=json.loads(canonical(shot)), facts=asked,
            content_hash=case.content_hash, at=case.submitted_at,
        )
        for case, shot, asked in versions
    )  # fmt: skip
    Task.objects.bulk_create(tasks)
    Decision.objects.bulk_create(decisions)
    for paper, case in zip(papers, cases, strict=True):
        finish(paper, case)
    names = ["status", "case", "signed_on", "signatory_ours", "signatory_theirs", "updated_at"]
    Contract.objects.bulk_update(contracts, names, batch_size=500)


VERBS = dict.fromkeys(("submit", "sign"), "contracts")
STATES = {
    "signed": Case.State.APPROVED,
    "rejected": Case.State.REJECTED,
    "withdrawn": Case.State.WITHDRAWN,
}
Row = tuple[dt.datetime, str, Member, Task | None, str]


def lived(story: Story, paper: Paper, case: Case, routes: list[Any]) -> list[Row]:
    """(moment, verb, who, task, comment) of a case from its submission to its end."""
    owner, at, dice = paper.contract.owner, paper.drafted, story.dice
    rows: list[Row] = [(at, "submit", owner, None, "")]
    if paper.end == "withdrawn":
        return [*rows, (at + dt.timedelta(hours=2), "withdraw", owner, None, "")]
    for place, found in enumerate(routes):
        opened = at
        at = max(
            at + dt.timedelta(minutes=5), story.at(paper.days[min(place, len(paper.days) - 1)])
        )
        person = found.people[0].pk if found.people else story.firm.the("management").pk
        who = next(p.member for p in story.firm.people if p.member.pk == person)
        is_end = paper.end == "rejected" and place == dice.choice((0, 1))
        task = task_of(case, found, who, opened, at)
        if is_end or (paper.end == "rejected" and place == 1):
            return [*rows, (at, "reject", who, task, words.REJECT_WORDS)]
        word = words.RISK_WORDS if case.risks else dice.choice(words.COMMENTS)
        if found.step.key == "finance":
            word = words.CHECKED
        rows.append((at, "approve", who, task, story.noted(word)))
    day = next((d for d in paper.days if d > at.date()), at.date() + dt.timedelta(1))
    at = story.at(day)
    return [*rows, (at, "sign", owner, None, "")]


def task_of(case: Case, found: Any, who: Member, opened: dt.datetime, closed: dt.datetime) -> Task:
    return Task(
        case=case, round=1, step=found.step, position=found.step.position, member=who,
        state=Task.State.DONE, because=found.because.as_json(), opened_at=opened,
        due_at=opened + dt.timedelta(hours=found.step.hours), closed_at=closed,
    )  # fmt: skip


def decision_of(case: Case, row: Row) -> Decision:
    at, verb, by, task, comment = row
    step: Step | None = task.step if task else None
    ticked = {key: {"ok": True, "note": ""} for key in step.checklist} if step else {}
    return Decision(
        case=case, round=1, task=task, step_name=step.name if step else "", verb=verb, by=by,
        comment=comment, checklist=ticked if verb == "approve" else {},
        content_hash=case.content_hash,
        because=task.because if task else yes(verb).as_json(), at=at,
    )  # fmt: skip


def finish(paper: Paper, case: Case) -> None:
    contract = paper.contract
    contract.case, contract.status = case, Status(paper.end)
    if paper.end == "signed":
        contract.signed_on = paper.days[0]
        contract.signatory_ours, contract.signatory_theirs = contract.owner.name, "采购负责人"
