"""A year that never ran through the engine, written as if it had: rows, cases, decisions, log."""

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from decimal import Decimal

from audit.actions import plain, seal
from audit.models import AuditLine, Head
from contracts.actions import priced
from contracts.chain import NUMBER
from contracts.models import Contract, Instalment, Line, PriceMode, Product
from contracts.pricing import credit_days, plan_amounts, totals
from customers.actions.fields import named
from customers.models import Contact, Customer, Tier, TierChange, Visit
from org.models import Unit
from salesops.seed import words
from salesops.seed.cases import close
from salesops.seed.firm import Person
from salesops.seed.story import Act, Paper, Story
from tenancy.actions import take_number

TIERS = "A" * 8 + "B" * 18 + "C" * 34 + "D" * 40
OLDEST_DRAFT = 60  # days
BUYS = {Tier.A: 6, Tier.B: 3, Tier.C: 1}
# what a year's documents came to, of a hundred
ENDS = ("signed",) * 86 + ("rejected",) * 7 + ("withdrawn",) * 4 + ("draft",) * 3


# --- customers and products -----------------------------------------------------------------------


def add_products(story: Story) -> None:
    rows = [
        Product(
            code=code,
            name=name,
            specification=story.noted(spec),
            unit=unit,
            list_price=Decimal(price),
            vat_category="services" if code in words.SERVICES else "standard",
        )
        for code, name, spec, unit, price in words.PRODUCTS
    ]
    story.products = Product.objects.bulk_create(rows)


def company_names(dice: random.Random) -> Iterator[tuple[str, str, str]]:
    """(place-free name, trade, industry) without end and without repetition."""
    seen = set()
    while True:
        brand = "".join(dice.sample(words.BRANDS, 2))
        industry = dice.choice(list(words.TRADES))
        trade = dice.choice(words.TRADES[industry])
        if brand not in seen:
            seen.add(brand)
            yield f"{brand}{trade}{dice.choice(words.SUFFIXES)}", trade, industry
        if len(seen) > 600:
            seen.clear()


def add_customers(story: Story, count: int) -> None:
    """Spread over the reps, won over the year, most of them long ago."""
    dice, made, names = story.dice, [], company_names(story.dice)
    for number in range(count):
        person = story.firm.reps()[number % len(story.firm.reps())]
        made.append(one_customer(story, person, next(names)))
    story.customers = Customer.objects.bulk_create(made)
    Contact.objects.bulk_create(
        Contact(
            customer=customer,
            name=dice.choice(words.FAMILY) + dice.choice(words.GIVEN.split()),
            title=dice.choice(words.TITLES),
            mobile=f"1{dice.choice('358')}{dice.randint(0, 9)}{dice.randint(0, 99_999_999):08d}",
            is_primary=place == 0,
            notes=story.noted(),
            created_at=customer.created_at,
        )
        for customer in story.customers
        for place in range(1 + (customer.tier in "AB"))
    )
    graded = [c for c in story.customers if c.tier in "AB" and dice.random() < 0.4]
    TierChange.objects.bulk_create(
        TierChange(
            customer=customer,
            old=Tier.C,
            new=customer.tier,
            reason=story.noted("年度采购额达到上一级标准"),
            by=story.firm.the("director"),
            at=customer.created_at + (story.now - customer.created_at) / 2,
        )
        for customer in graded
    )


def one_customer(story: Story, person: Person, name: tuple[str, str, str]) -> Customer:
    dice = story.dice
    key = next((k for k, u in story.firm.units.items() if u.pk == person.unit.pk), "SN")
    province, city, districts = dice.choice(words.PLACES.get(key, words.PLACES["SN"]))
    street = dice.choice(districts) + dice.choice(words.ROADS)
    days = int(story.days * dice.random() ** 1.2) + 3
    created = story.at(story.today - dt.timedelta(days))
    customer = Customer(
        owner=person.member,
        unit=person.unit,
        org_path=person.unit.path,
        name=f"{city}{name[0]}",
        tier=dice.choice(TIERS),
        industry=name[2],
        province=province,
        city=city,
        address=f"{city}市{street}{dice.randint(1, 300)} 号",
        phone=f"0512-{dice.randint(60_000_000, 69_999_999)}" if city == "苏州" else "",
        source=dice.choice(("visit", "phone", "event", "referral", "web")),
        needs=dice.choice(words.NEEDS),
        notes=story.noted(),
        created_at=created,
        updated_at=created,
    )
    customer.is_focus = customer.tier == Tier.A
    named(customer)
    after = {"name": customer.name, "tier": customer.tier}
    story.acts.append(Act(created, "customers.create", person.member, customer, after=after))
    return customer


# --- visits ---------------------------------------------------------------------------------------


def add_visits(story: Story, *, until: dt.date, days: int = 365, rate: float = 0.55) -> None:
    """Done visits of every rep on some working days, never before the customer was won."""
    dice, rows = story.dice, []
    own: dict[int, list[Customer]] = {}
    for customer in story.customers:
        own.setdefault(customer.owner_id, []).append(customer)
    for day in story.workdays(until - dt.timedelta(days), until):
        for person in story.firm.reps():
            if dice.random() > rate:
                continue
            begin = story.at(day, dice.choice((9, 10, 13, 14, 15)))
            known = [c for c in own.get(person.member.pk, ()) if c.created_at < begin]
            if known:
                weights = [{"A": 6, "B": 3, "C": 1, "D": 1}[c.tier] for c in known]
                rows.append(one_visit(story, dice.choices(known, weights)[0], person, begin))
    Visit.objects.bulk_create(rows)
    touched(story, rows)


def one_visit(story: Story, customer: Customer, person: Person, begin: dt.datetime) -> Visit:
    dice = story.dice
    end = begin + dt.timedelta(minutes=dice.randint(25, 95))
    kind = dice.choice(("field", "field", "field", "phone", "wechat"))
    visit = Visit(
        owner=person.member,
        unit=customer.unit,
        org_path=customer.org_path,
        customer=customer,
        kind=kind,
        purpose=dice.choice(words.PURPOSES),
        planned_on=begin.date(),
        planned_time=begin.time().replace(minute=0 if begin.minute < 30 else 30),
        status=Visit.Status.DONE,
        checked_in_at=begin,
        checked_out_at=end,
        met=dice.choice(words.MET),
        summary=story.noted(dice.choice(words.SUMMARIES)),
        rival_news=dice.choice(words.RIVALS),
        next_step=dice.choice(words.NEXT_STEPS),
        created_at=begin - dt.timedelta(days=2),
        updated_at=end,
    )
    after = {"customer": customer.name, "purpose": visit.purpose}
    story.acts.append(Act(end, "customers.finish_visit", person.member, visit, after=after))
    return visit


def add_plans(story: Story) -> None:
    """Most customers have a day in the coming weeks; the rest are what the desk warns of."""
    dice, rows = story.dice, []
    days = story.workdays(story.today + dt.timedelta(1), story.today + dt.timedelta(24))
    for customer in story.customers:
        if dice.random() < 0.82:
            customer.next_visit_on = dice.choice(days)
            rows.append(
                Visit(
                    owner=customer.owner,
                    unit=customer.unit,
                    org_path=customer.org_path,
                    customer=customer,
                    kind=dice.choice(("field", "field", "phone")),
                    purpose=story.noted(dice.choice(words.PURPOSES)),
                    planned_on=customer.next_visit_on,
                    planned_time=dt.time(dice.choice((9, 10, 14, 15)), dice.choice((0, 30))),
                    created_at=story.now - dt.timedelta(days=3),
                    updated_at=story.now - dt.timedelta(days=3),
                )
            )
    Visit.objects.bulk_create(rows)
    Customer.objects.bulk_update(story.customers, ["next_visit_on"], batch_size=500)


def touched(story: Story, visits: Iterable[Visit]) -> None:
    """Last contact and change of the visited customers."""
    changed = {}
    for visit in visits:
        customer = visit.customer
        if customer.last_contact_at is None or visit.checked_in_at > customer.last_contact_at:
            customer.last_contact_at = visit.checked_in_at
            customer.updated_at = max(customer.updated_at, visit.checked_out_at)
            changed[customer.pk] = customer
    Customer.objects.bulk_update(
        changed.values(), ["last_contact_at", "updated_at"], batch_size=500
    )


# --- contracts -----------------------------------------------------------------------------------


def paper_of(story: Story, customer: Customer, day: dt.date) -> tuple[dict, list, list]:
    """(header, lines, instalments) of a contract, as the real actions take them."""
    dice = story.dice
    rows = [
        {
            "product": product,
            "name": product.name,
            "specification": product.specification,
            "quantity": Decimal(dice.choice((1, 1, 2, 2, 3, 4, 6))),
            "unit": product.unit,
            "list_price": product.list_price,
            "vat_category": product.vat_category,
            "discount": Decimal(dice.choice((100, 98, 96, 95, 95, 93, 92, 90, 90))),
        }
        for product in dice.sample(story.products, dice.randint(1, 4))
    ]
    wait = {"A": 30, "B": 30, "C": 15, "D": 0}[customer.tier]
    note = story.firm.canary
    plan = [
        {"basis": "signing", "percent": Decimal(30), "days_after": 7, "note": note},
        {"basis": "delivery", "percent": Decimal(60), "days_after": wait, "note": note},
        {"basis": "acceptance", "percent": Decimal(10), "days_after": wait, "note": note},
    ]
    header = {
        "title": story.noted(f"{short(customer)}{dice.choice(words.PROJECTS)}"),
        "delivery_on": day + dt.timedelta(days=dice.randint(25, 70)),
        "delivery_place": customer.address,
        "payment_terms": words.TERMS[0],
        "starts_on": day,
        "ends_on": day + dt.timedelta(days=365),
        "notes": story.noted(),
    }
    return header, rows, plan


def short(customer: Customer) -> str:
    """The brand alone, for titles."""
    return customer.name.removeprefix(customer.city)[:2]


def add_contracts(story: Story, count: int, *, first: dt.date, last: dt.date) -> list[Contract]:
    """Drafted on working days of the span; every one has ended in some way before `last`."""
    dice = story.dice
    days = story.workdays(first, last)[:-5]
    buyers = [c for c in story.customers if c.tier in BUYS]
    weights = [BUYS[Tier(c.tier)] for c in buyers]
    papers = []
    for day in sorted(dice.choice(days) for _n in range(count)):
        customer = dice.choices(buyers, weights)[0]
        papers.append(one_paper(story, customer, day))
    contracts = Contract.objects.bulk_create([paper.contract for paper in papers])
    write_rows(papers)
    finished = [paper for paper in papers if paper.end != "draft"]
    for paper in finished:
        number(story, paper)
    close(story, finished)
    return contracts


def one_paper(story: Story, customer: Customer, day: dt.date) -> Paper:
    header, rows, plan = paper_of(story, customer, day)
    found, _errors = priced(rows, mode=PriceMode.GROSS, day=header["delivery_on"])
    sums, drafted = totals(found), story.at(day)
    contract = Contract(
        owner=customer.owner,
        unit=customer.unit,
        org_path=customer.org_path,
        customer=customer,
        buyer=customer.name,
        seller=story.firm.company.name,
        liability="任何一方违约，按合同金额的 5% 支付违约金；逾期交货或付款，每日按 0.05% 计。",
        net_amount=sums.net,
        tax_amount=sums.tax,
        gross_amount=sums.gross,
        lowest_discount=sums.lowest_discount,
        created_at=drafted,
        updated_at=drafted,
        **header,
    )
    for row, price in zip(rows, found, strict=True):
        row["price"] = price
    after = {"title": contract.title, "amount": sums.gross}
    story.acts.append(Act(drafted, "contracts.create", contract.owner, contract, after=after))
    left = story.workdays(day + dt.timedelta(1), day + dt.timedelta(20))[:5]
    end = story.dice.choice(ENDS)
    if end == "draft" and (story.today - day).days > OLDEST_DRAFT:
        end = "signed"
    return Paper(contract, rows, plan, end, drafted, left)


GIVEN = ("product", "name", "specification", "quantity", "unit", "vat_category")


def write_rows(papers: list[Paper]) -> None:
    lines, instalments = [], []
    for paper in papers:
        for place, row in enumerate(paper.rows, 1):
            price = row["price"]
            given = {name: row[name] for name in GIVEN}
            lines.append(
                Line(
                    contract=paper.contract, position=place, list_price=price.list_price,
                    discount=price.discount, unit_price=price.unit_price,
                    vat_rate=price.vat_rate, net=price.net, tax=price.tax, gross=price.gross,
                    **given,
                )
            )  # fmt: skip
        amounts = plan_amounts(paper.contract.gross_amount, paper.plan)
        rows = [
            Instalment(contract=paper.contract, position=place, **row | {"amount": amount})
            for place, (row, (_s, amount)) in enumerate(zip(paper.plan, amounts, strict=True), 1)
        ]
        paper.contract.payment_days = credit_days(rows, paper.contract.delivery_on)
        instalments += rows
    Line.objects.bulk_create(lines)
    Instalment.objects.bulk_create(instalments)


def number(story: Story, paper: Paper) -> None:
    path = paper.contract.org_path
    regions = [u for u in story.firm.units.values() if u.kind == Unit.Kind.REGION]
    code = next((u.code for u in regions if path.startswith(u.path)), "00")
    submitted = paper.drafted.date()
    paper.contract.number = take_number("contracts.contract", NUMBER, on=submitted, region=code)


# --- the log --------------------------------------------------------------------------------------


def write_log(story: Story) -> None:
    """Append what happened, oldest first, to the company's chain."""
    company = story.firm.company.pk
    head = Head.objects.select_for_update(no_key=True).get(company_id=company)
    lines, previous, seq = [], head.hash, head.seq
    for act in sorted(story.acts, key=lambda act: act.at):
        seq += 1
        line = AuditLine(
            company_id=company, seq=seq, at=act.at, verb=act.verb, actor_id=act.by.pk,
            actor_name=act.by.name, object_kind=act.obj._meta.label_lower, object_id=act.obj.pk,
            object_name=str(act.obj)[:120], before=plain(act.before), after=plain(act.after),
            note=act.note, channel="command", previous=previous,
        )  # fmt: skip
        line.hash = previous = seal(line)
        lines.append(line)
    AuditLine.objects.bulk_create(lines, batch_size=1000)
    head.seq, head.hash = seq, previous
    head.save(update_fields=["seq", "hash"])
    story.acts.clear()
