"""The chain of a contract, what its approvers are shown, and the risks they are warned of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.kinds import Facts, Kind, StepPlan, Term
from contracts.models import Contract, Instalment, PriceMode, VatCategory
from contracts.pricing import discount_of, unit_price
from customers.models import Tier
from files.models import Attachment, Purpose
from kit.because import Line as Reason
from kit.because import msgid
from org.models import Role, Unit
from tenancy.actions import take_number
from tenancy.params import param

NUMBER = "HT-{region}-{yyyyMM}-{n:04}"
POINTS = {
    "amount": N_("Contract amount"),
    "specification": N_("Product specification"),
    "delivery": N_("Delivery date"),
    "payment": N_("Payment terms"),
    "liability": N_("Liability for breach"),
    "other": N_("Other clauses"),
    "payment_terms": N_("Payment plan and credit days"),
}
OURS = {
    "name": N_("Name"),
    "credit_code": N_("Credit code"),
    "phone": N_("Telephone"),
    "address": N_("Address"),
    "bank_name": N_("Bank"),
    "bank_account": N_("Account number"),
}
PLAN = (
    StepPlan(
        position=1,
        key="supervisor",
        name=N_("Supervisor review"),
        role=Role.SUPERVISOR,
        clause="CTR-1.2",
        checklist=("amount", "specification", "delivery", "payment", "liability", "other"),
    ),
    StepPlan(
        position=2,
        key="regional_manager",
        name=N_("Regional manager approval"),
        role=Role.REGIONAL_MANAGER,
        clause="CTR-1.3",
    ),
    StepPlan(
        position=2,
        key="finance",
        name=N_("Finance check of payment terms"),
        role=Role.FINANCE,
        clause="CTR-2.4",
        checklist=("payment_terms",),
    ),
)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the risks are judged by."""

    tier: str
    payment_days: int
    prices: tuple[tuple[Decimal, Decimal, Decimal], ...]  # list price, unit price, discount


@dataclass(frozen=True, slots=True)
class Limits:
    """The company's parameters behind the risks."""

    discount_floor: Decimal
    payment_days: Mapping[str, int]


def risks(terms: Terms, limits: Limits) -> tuple[Reason, ...]:
    """CTR-1.3: broken sales policy, each with its clause; exactly at a limit nothing is broken."""
    found = []
    low = [
        discount
        for shelf, price, discount in terms.prices
        # in money, so that the rounding of a price is no breach and a cent below is one
        if price < unit_price(shelf, limits.discount_floor)
    ]
    if low:
        text = N_(
            "the discount is %(discount)s%% of the list price, below the floor of %(floor)s%%"
        )
        values = {
            "discount": plain(min(low)),
            "floor": plain(limits.discount_floor),
        }
        ref = "contracts.discount_floor"
        found.append(Reason("band", ok=False, text=text, values=values, clause="CTR-1.3", ref=ref))
    standard = limits.payment_days.get(terms.tier, 0)
    if terms.payment_days > standard:
        text = N_(
            "payment up to %(days)s days after delivery, beyond the standard of %(standard)s days "
            "for tier %(tier)s"
        )
        values = {"days": terms.payment_days, "standard": standard, "tier": terms.tier}
        ref = f"contracts.payment_days_{terms.tier}"
        found.append(Reason("band", ok=False, text=text, values=values, clause="CTR-1.3", ref=ref))
    return tuple(found)


def plain(value: Decimal) -> str:
    """86.00 as 86, 8.60 as 8.6."""
    return f"{value.normalize():f}"


def limits() -> Limits:
    days = {tier.value: int(param(f"contracts.payment_days_{tier.value}")) for tier in Tier}
    return Limits(param("contracts.discount_floor"), days)


def terms_of(contract: Contract) -> Terms:
    prices = contract.lines.values_list(
        "list_price", "unit_price", "discount", "product__list_price"
    )
    return Terms(
        contract.customer.tier, contract.payment_days, tuple(_price(*row) for row in prices)
    )


def _price(
    shelf: Decimal, price: Decimal, discount: Decimal, catalogue: Decimal | None
) -> tuple[Decimal, Decimal, Decimal]:
    """A list price typed below the catalogue's hides no discount."""
    if catalogue is None or catalogue <= shelf:
        return shelf, price, discount
    return catalogue, price, discount_of(catalogue, price)


def risks_of(contract: Contract) -> tuple[Reason, ...]:
    return risks(terms_of(contract), limits())


def snapshot(contract: Contract) -> dict[str, Any]:
    """B5: everything an approver is shown; labels are msgids, so the hash knows no language."""
    customer, frozen = contract.customer, contract.frozen
    shown = {
        N_("Number"): contract.number,
        N_("Title"): contract.title,
        N_("Drafted by"): frozen.get("drafted_by")
        or f"{contract.owner.name} {contract.owner.employee_no}".strip(),
        N_("Unit"): frozen.get("unit") or contract.unit.name,
        N_("Customer"): {
            N_("Record no."): customer.pk,
            N_("Name"): customer.name,
            N_("Credit code"): customer.credit_code,
            N_("Tier"): customer.tier,
        },
        N_("Buyer (party A)"): contract.buyer,
        N_("Seller (party B)"): contract.seller,
        N_("Delivery date"): contract.delivery_on,
        N_("Place of delivery"): contract.delivery_place,
        N_("Payment terms"): contract.payment_terms,
        N_("Credit days after delivery"): contract.payment_days,
        N_("Liability for breach"): contract.liability,
        N_("Other clauses"): contract.other_terms,
        N_("Valid from"): contract.starts_on,
        N_("Valid to"): contract.ends_on,
        N_("Prices"): msgid(PriceMode(contract.price_mode).label),
        N_("Notes"): contract.notes,
        N_("Lines"): [_line(line) for line in lines_of(contract)],
        N_("Payment plan"): [_instalment(row) for row in contract.instalments.all()],
        N_("Amount without tax"): contract.net_amount,
        N_("Tax"): contract.tax_amount,
        N_("Contract amount"): contract.gross_amount,
    }
    papers = Attachment.objects.of(contract).kept().filter(purpose=Purpose.PAPER)
    # no key without papers: contracts from before there were any keep their hash
    if rows := papers.order_by("pk").values_list("name", "sha256"):
        shown[N_("Attachments")] = [{N_("File"): name, N_("Checksum"): sha} for name, sha in rows]
    if head := frozen.get("head"):
        shown[N_("Our details")] = {OURS[name]: value for name, value in head.items()}
    if terms := frozen.get("terms"):
        shown[N_("Standing clauses")] = terms
    return shown


def fetch(contract: Contract) -> None:
    """Goods and payments once for a page that shows them and judges by them; it writes nothing."""
    goods = models.Prefetch("lines", contract.lines.model.objects.select_related("product"))
    models.prefetch_related_objects([contract], goods, "instalments")


def lines_of(contract: Contract) -> Any:
    """With their products; a page that reads and never writes has fetched them already."""
    if "lines" in getattr(contract, "_prefetched_objects_cache", {}):
        return contract.lines.all()
    return contract.lines.select_related("product")


def _line(line: Any) -> dict[str, Any]:
    return {
        N_("Position"): line.position,
        N_("Product code"): line.product.code if line.product else "",
        N_("Name"): line.name,
        N_("Specification"): line.specification,
        N_("Quantity"): line.quantity,
        N_("Unit of measure"): line.unit,
        N_("List price"): line.list_price,
        N_("Discount %"): line.discount,
        N_("Unit price"): line.unit_price,
        N_("Tax category"): msgid(VatCategory(line.vat_category).label),
        N_("Tax rate"): line.vat_rate,
        N_("Net"): line.net,
        N_("Tax"): line.tax,
        N_("Amount"): line.gross,
    }


def _instalment(row: Instalment) -> dict[str, Any]:
    return {
        N_("Position"): row.position,
        N_("Payable"): msgid(Instalment.Basis(row.basis).label),
        N_("Share %"): row.percent,
        N_("Amount"): row.amount,
        N_("Due on"): row.due_on,
        N_("Days after"): row.days_after,
        N_("Note"): row.note,
    }


def facts(contract: Contract) -> Facts:
    return Facts(
        title=contract.title,
        party=contract.customer.name,
        amount=contract.gross_amount,
        risks=risks_of(contract),
        values=values_of(contract),
    )


def values_of(contract: Contract) -> dict[str, Any]:
    """What a company may make steps of its own depend on; a number nobody knows stays unknown."""
    terms, limit = terms_of(contract), limits()
    broken = {
        name: bool(risks(part, limit))
        for name, part in {
            "below_floor": replace(terms, payment_days=0),
            "long_credit": replace(terms, prices=()),
        }.items()
    }
    return {
        "category": contract.customer.tier,
        "lowest_discount": min((row[2] for row in terms.prices), default=None),
        "payment_days": Decimal(terms.payment_days),
        "is_broken": any(broken.values()),
        **broken,
    }


TERMS = (
    Term("category", N_("Customer tier"), choices={t.value: msgid(t.label) for t in Tier}),
    Term("below_floor", N_("A price below the discount floor"), "yes_no"),
    Term("long_credit", N_("Credit beyond the standard of the tier"), "yes_no"),
    Term("is_broken", N_("Sales policy broken in any way"), "yes_no"),
    Term("lowest_discount", N_("Lowest discount %"), "number"),
    Term("payment_days", N_("Credit days after delivery"), "number"),
)


def check(contract: Contract) -> dict[str, str]:
    """CTR-1.1: what the text must hold before anybody reviews it, by field."""
    missing: dict[str, str] = {}
    needed = {
        "title": _("Please give the contract a title."),
        "buyer": _("Please name the buyer."),
        "seller": _("Please name the seller."),
        "delivery_on": _("Please fill in the delivery date."),
        "delivery_place": _("Please fill in the place of delivery."),
        "liability": _("Please fill in the liability for breach."),
    }
    missing |= {name: text for name, text in needed.items() if not getattr(contract, name)}
    if contract.customer.archived_at:
        missing["customer"] = _("The customer is archived.")
    amounts = list(contract.lines.values_list("gross", flat=True))
    if not amounts:
        missing["lines"] = _("Please add at least one line.")
    elif sum(amounts) != contract.gross_amount:
        missing["lines"] = _("The lines do not add up to the contract amount.")
    return missing | _check_plan(contract)


def _check_plan(contract: Contract) -> dict[str, str]:
    rows = list(contract.instalments.all())
    if not rows:
        return {"instalments": _("Please add the payment plan.")}
    if sum(row.amount for row in rows) != contract.gross_amount:
        return {"instalments": _("The instalments do not add up to the contract amount.")}
    if any(row.due_on is None and row.days_after is None for row in rows):
        return {"instalments": _("Every instalment needs a day or a number of days.")}
    return {}


def number_of(contract: Contract) -> str:
    """T15: HT-{region}-{yyyyMM}-{0001}, with the code of the region above the contract's unit."""
    regions = Unit.objects.filter(
        pk__in=contract.unit.ancestor_ids, kind=Unit.Kind.REGION
    ).order_by("path")
    region = next((unit.code for unit in regions if unit.code), "00")
    return take_number("contracts.contract", NUMBER, on=timezone.localdate(), region=region)


KIND = Kind(
    name="contracts.contract",
    label=N_("Contract"),
    model=Contract,
    url="contracts:detail",
    plan=PLAN,
    snapshot=snapshot,
    facts=facts,
    take_number=number_of,
    check=check,
    points=POINTS,
    terms=TERMS,
)
