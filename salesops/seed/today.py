"""The last days of the story, through the real actions: what waits for whom this morning."""

import datetime as dt
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F
from django.utils import timezone

from approvals import actions as engine
from approvals.kinds import kinds
from approvals.models import Case, Task
from contracts import actions as contracts
from contracts import prints
from contracts.models import Contract
from customers import actions as customers
from customers.models import Customer, Visit
from files import actions as papers
from files.models import Purpose
from kit.because import Refused
from kit.texthash import digest
from org.models import Member
from salesops.seed import leaves, words
from salesops.seed.clock import standing
from salesops.seed.history import Story, paper_of
from salesops.seed.morning import Morning


def tell(story: Story) -> None:
    """Work for every role: drafts, reviews, returned, approved, signed, plans and a queue."""
    morning, firm = Morning(story), story.firm
    leaves.tell(morning)
    for place, person in enumerate(firm.reps()):
        upto = ("supervisor", "approvals", "draft", "supervisor", "approved", "approvals")[
            place % 6
        ]
        paper(morning, person.member, upto, days=1 + place % 3, hour=9 + place % 7)
    star = firm.reps()[0].member
    for place, upto in enumerate(("returned", "approved", "signed", "rejected", "withdrawn")):
        paper(morning, star, upto, days=3 + place % 2, hour=10 + place)
    for place, person in enumerate(firm.reps()[1::3]):
        upto = ("archived", "signed")[place % 2]
        paper(morning, person.member, upto, days=5 - place % 2, hour=9 + place)
    own = paper(morning, firm.the("director"), "draft", days=3, hour=9, customer_of=star)
    queue(morning, own)
    morning.run()
    plans(story)


class Paper:
    """A contract that the steps share; it exists once the first of them has run."""

    contract: Contract


def paper(
    morning: Morning,
    owner: Member,
    upto: str,
    *,
    days: int,
    hour: int,
    customer_of: Member | None = None,
) -> Paper:
    """Draft now, submit soon after, then whatever `upto` says."""
    story, made = morning.story, Paper()
    theirs = (customer_of or owner).pk
    choices = [c for c in story.customers if c.owner_id == theirs and c.tier in "ABC"]
    choices = choices or [c for c in story.customers if c.owner_id == theirs]
    customer = story.dice.choice(choices)
    begin = morning.ago(days, hour)
    header, rows, plan = paper_of(story, customer, begin.date())
    if upto == "approvals":
        discount, plan[1]["days_after"] = story.dice.choice(((86, 30), (88, 60), (95, 75)))
        rows[0]["discount"] = Decimal(discount)

    def draft() -> None:
        fresh = Customer.objects.get(pk=customer.pk)
        made.contract = contracts.create_draft(
            fresh, by=owner, header=header, lines=rows, instalments=plan
        )

    morning.add(begin, draft)
    if upto == "draft":
        return made
    later = begin + dt.timedelta(minutes=40)
    morning.add(later, lambda: contracts.submit(made.contract, by=owner))
    if upto == "withdrawn":
        end = later + dt.timedelta(hours=1)
        morning.add(end, lambda: engine.withdraw(case_of(made), by=owner))
    elif upto == "returned":
        end = later + dt.timedelta(hours=3)
        morning.add(
            end, lambda: decide(made, verb="return", comment=story.noted(words.RETURN_WORDS))
        )
    elif upto != "supervisor":
        review(morning, made, later, upto)
    return made


def review(morning: Morning, made: Paper, begin: dt.datetime, upto: str) -> None:
    morning.add(begin + dt.timedelta(hours=2), lambda: decide(made))
    if upto == "approvals":
        return
    if upto == "rejected":
        end = begin + dt.timedelta(hours=20)
        morning.add(end, lambda: decide(made, verb="reject", comment=words.REJECT_WORDS))
        return
    for hours in (5, 21):
        morning.add(begin + dt.timedelta(hours=hours), lambda: decide(made))
    if upto in {"signed", "archived"}:
        morning.add(begin + dt.timedelta(hours=26), lambda: sign(made))
    if upto == "archived":
        keeper = morning.story.firm.the("sales_ops")
        morning.add(begin + dt.timedelta(hours=29), lambda: archive(made, keeper))


def case_of(made: Paper) -> Case:
    made.contract.refresh_from_db()
    return made.contract.case


def decide(made: Paper, *, verb: str = "approve", comment: str = "") -> None:
    """By whoever has the next open task."""
    case = case_of(made)
    open_ = Task.objects.filter(case=case, state=Task.State.OPEN).select_related("member", "step")
    task = open_.order_by(F("member").asc(nulls_last=True), "step__key").first()
    points = {key: {"ok": True, "note": ""} for key in task.step.checklist}
    word = comment or (words.RISK_WORDS if case.risks else words.COMMENTS[0])
    seen = digest(kinds[case.kind].snapshot(made.contract))
    by = Member.objects.select_related("company").get(pk=task.member_id)
    engine.decide(case, verb=verb, by=by, seen=seen, comment=word, checklist=points)


def sign(made: Paper) -> None:
    made.contract.refresh_from_db()
    contracts.sign(
        made.contract,
        by=made.contract.owner,
        signed_on=timezone.localdate(),
        signatory_ours=made.contract.owner.name,
        signatory_theirs="采购负责人",
    )


def archive(made: Paper, keeper: Member) -> None:
    """The printed contract stands for the scan; without a Chinese font there is none to archive."""
    try:
        printed = prints.pdf(made.contract)
    except Refused:
        return
    scan = SimpleUploadedFile(f"{made.contract.number}.pdf", printed, "application/pdf")
    papers.attach(made.contract, scan, by=keeper, purpose=Purpose.SIGNED_COPY)
    contracts.archive(made.contract, by=keeper, place="档案室 A-3")


def queue(morning: Morning, made: Paper) -> None:
    """The director's own contract: one step up is management, the next finds nobody left."""
    begin = morning.ago(2, 11)
    director = morning.story.firm.the("director")
    morning.add(begin, lambda: contracts.submit(made.contract, by=director))
    morning.add(begin + dt.timedelta(hours=2), lambda: decide(made))


def plans(story: Story) -> None:
    """Today's round of every rep, what is late, and a call or two for tomorrow."""
    dice = story.dice
    for person in story.firm.reps():
        mine = [c for c in story.customers if c.owner_id == person.member.pk]
        chosen = sorted(dice.sample(mine, min(len(mine), 8)), key=lambda c: c.tier)[:5]
        slots = ((0, 9, 30), (0, 14, 0), (0, 16, 30), (1, 10, 0), (2, 9, 0))
        for customer, (days, hour, minute) in zip(chosen, slots, strict=False):
            with standing(story.now - dt.timedelta(hours=dice.randint(14, 70))):
                customers.plan_visit(
                    Customer.objects.get(pk=customer.pk),
                    by=person.member,
                    planned_on=story.today + dt.timedelta(days),
                    planned_time=dt.time(hour, minute),
                    kind="phone" if days == 2 else "field",
                    purpose=story.noted(dice.choice(words.PURPOSES)),
                )
        late = dice.choice(mine)
        with standing(story.now - dt.timedelta(days=3)):
            customers.plan_visit(
                Customer.objects.get(pk=late.pk),
                by=person.member,
                planned_on=story.today - dt.timedelta(days=2),
                planned_time=dt.time(15, 0),
                purpose=story.noted("回访使用情况"),
            )
    begun(story)


def begun(story: Story) -> None:
    """Where the day is old enough, the first visit of each round has been paid."""
    first = dt.datetime.combine(story.today, dt.time(9, 30), story.now.tzinfo)
    if story.now < first + dt.timedelta(hours=1, minutes=30):
        return
    rows = Visit.objects.filter(planned_on=story.today, planned_time=dt.time(9, 30))
    for visit in rows.select_related("customer", "owner"):
        with standing(first + dt.timedelta(minutes=story.dice.randint(0, 10))):
            customers.check_in(visit.customer, by=visit.owner, visit=visit)
        with standing(first + dt.timedelta(minutes=story.dice.randint(40, 70))):
            customers.finish_visit(
                visit, by=visit.owner, met=words.MET[0], summary=story.noted(words.SUMMARIES[0])
            )
