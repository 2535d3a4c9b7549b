"""Verbs of contracts: draft, change, submit, sign, archive, copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.actions import is_stale, move
from approvals.actions import submit as send
from approvals.models import OPEN_TO_EDIT, Status
from audit.actions import record
from contracts.letterhead import frozen_of
from contracts.models import (
    MOST,
    Contract,
    Instalment,
    Line,
    PriceMode,
    VatCategory,
    VatRate,
)
from contracts.pricing import Priced, credit_days, plan_amounts, price_line, totals
from customers.models import Customer
from files.actions import is_intact
from files.models import Attachment, Purpose
from kit.because import Refused
from org.access import check
from org.models import Member
from tenancy.actions import take_number, tell
from tenancy.context import memo, required
from tenancy.models import Company

Rows = Sequence[Mapping[str, Any]]
HEADER = (
    "title", "buyer", "seller", "delivery_on", "delivery_place", "payment_terms", "liability",
    "other_terms", "starts_on", "ends_on", "price_mode", "notes",
)  # fmt: skip
ARCHIVE_NUMBER = "AR-{yyyyMM}-{n:04}"
NO_PRICE = Priced(*[Decimal(0)] * 7)
COMPUTED = ("net_amount", "tax_amount", "gross_amount", "lowest_discount", "payment_days")
LIABILITY = N_(
    "Whoever breaks the contract pays the other side five percent of its amount and the damage "
    "beyond it. Late delivery or payment costs 0.05 percent of the late part for every day."
)


# --- the contract ---------------------------------------------------------------------------------


def create_draft(
    customer: Customer,
    *,
    by: Member,
    header: Mapping[str, Any] | None = None,
    lines: Rows = (),
    instalments: Rows = (),
) -> Contract:
    """CTR-1.1: a draft for a customer, owned by its author at the author's own unit.

    `header` holds any of HEADER; see `change` for the rows.
    Errors: Forbidden, Refused("incomplete").
    """
    check(by, "contracts.create", customer)
    home = by.scope.home
    contract = Contract(customer=customer, owner=by, unit_id=home.unit_id, org_path=home.path)
    for name, value in (defaults(customer) | dict(header or {})).items():
        setattr(contract, name, value)
    _check_header(contract)
    reckoned = _reckon(contract, lines, instalments)
    contract.save(force_insert=True)
    _write_rows(contract, reckoned)
    record("contracts.create", contract, by=by, after=_shown(contract))
    return contract


def defaults(customer: Customer) -> dict[str, Any]:
    """What a new draft starts with: the parties and the standard clause."""
    return {
        "buyer": customer.name,
        "seller": _company().name,
        "delivery_place": customer.address,
        "liability": _(LIABILITY),
        "price_mode": PriceMode.GROSS,
    }


def change(
    contract: Contract,
    *,
    by: Member,
    header: Mapping[str, Any] | None = None,
    lines: Rows | None = None,
    instalments: Rows | None = None,
    seen: str = "",
) -> Contract:
    """Rewrite a draft; lines or instalments that are None stay as they are.

    A line: name, quantity, and product, specification, unit, list_price, discount, unit_price
    (typed, wins), vat_category. An instalment: basis, percent or amount, due_on or days_after,
    note. `seen` is the `updated_at` of what the writer started from. Errors: Forbidden,
    Refused("moved" | "stale" | "incomplete", errors by field such as lines-0-vat_category).
    """
    contract = Contract.objects.select_for_update(no_key=True, of=("self",)).get(pk=contract.pk)
    check(by, "contracts.change", contract)
    if seen and seen != contract.updated_at.isoformat():
        raise Refused(_("Somebody has changed it since you opened it."), code="stale")
    before = _shown(contract)
    for name, value in (header or {}).items():
        if name in HEADER:
            setattr(contract, name, value)
    _check_header(contract)
    kept_lines = lines if lines is not None else rows_of_lines(contract)
    kept_plan = instalments if instalments is not None else rows_of_plan(contract)
    reckoned = _reckon(contract, kept_lines, kept_plan)
    contract.updated_at = timezone.now()
    contract.save(update_fields=[*HEADER, *COMPUTED, "updated_at"])
    _write_rows(contract, reckoned)
    record("contracts.change", contract, by=by, before=before, after=_shown(contract))
    return contract


def submit(contract: Contract, *, by: Member) -> Contract:
    """CTR-1.1: hand it to the supervisor, with the company's head and clauses as they are now.

    Errors as in approvals.actions.submit.
    """
    check(by, "contracts.submit", contract)
    row, frozen = Contract.objects.filter(pk=contract.pk), frozen_of(contract)
    # by the status in the row: somebody else may have submitted it since it was read
    if not row.filter(status__in=OPEN_TO_EDIT).update(frozen=frozen) and is_stale(row.get()):
        row.update(frozen=frozen)
    case = send(contract, by=by)
    contract.refresh_from_db()
    contract.case = case
    return contract


def sign(
    contract: Contract,
    *,
    by: Member,
    signed_on: date,
    signatory_ours: str,
    signatory_theirs: str,
) -> Contract:
    """CTR-1.4: record the signature, only after every level has passed.

    Errors: Forbidden, Refused("moved"), Refused("incomplete", errors by field).
    """
    contract = Contract.objects.select_for_update(no_key=True, of=("self",)).get(pk=contract.pk)
    check(by, "contracts.sign", contract)
    errors = {}
    submitted = timezone.localdate(contract.case.submitted_at)
    if signed_on > timezone.localdate():
        errors["signed_on"] = _("The day of signing cannot be in the future.")
    elif signed_on < submitted:
        errors["signed_on"] = _("It cannot have been signed before it was submitted.")
    if not signatory_ours.strip():
        errors["signatory_ours"] = _("Please name who signed for us.")
    if not signatory_theirs.strip():
        errors["signatory_theirs"] = _("Please name who signed for the customer.")
    if errors:
        raise Refused(next(iter(errors.values())), code="incomplete", errors=errors)
    return move(
        contract,
        verb="sign",
        frm=[Status.APPROVED],
        to=Status.SIGNED,
        by=by,
        signed_on=signed_on,
        signatory_ours=signatory_ours.strip(),
        signatory_theirs=signatory_theirs.strip(),
    )


def archive(contract: Contract, *, by: Member, place: str) -> Contract:
    """CTR-1.5: number, place and the checksum of the signed copy; nothing changes afterwards.

    Errors: Forbidden, Refused("moved"), Refused("incomplete", errors by field).
    """
    contract = Contract.objects.select_for_update(no_key=True, of=("self",)).get(pk=contract.pk)
    check(by, "contracts.archive", contract)
    place = place.strip()
    copy_ = Attachment.objects.of(contract).kept().filter(purpose=Purpose.SIGNED_COPY).first()
    if copy_ is None:
        text = _("Attach the signed copy first: what is archived is its checksum.")
        raise Refused(text, code="incomplete", errors={"signed_copy": text})
    if not place:
        text = _("Please say where the paper is kept.")
        raise Refused(text, code="incomplete", errors={"place": text})
    if not is_intact(copy_):
        text = _("The signed copy is not the file that was attached. Attach it again.")
        raise Refused(text, code="damaged", errors={"signed_copy": text})
    day = timezone.localdate()
    tell(
        "contracts.archived",
        to=[contract.owner_id],
        text=N_("%(who)s archived %(name)s"),
        kind="contracts.contract",
        target=contract.pk,
        by=by.pk,
        who=by.name,
    )
    return move(
        contract,
        verb="archive",
        frm=[Status.SIGNED],
        to=Status.ARCHIVED,
        by=by,
        archive_number=take_number("contracts.archive", ARCHIVE_NUMBER, on=day),
        archive_place=place,
        archive_sha256=copy_.sha256,
        archived_at=timezone.now(),
    )


def copy(contract: Contract, *, by: Member) -> Contract:
    """T8: the content of a finished contract as a new draft, with a number of its own later."""
    check(by, "contracts.copy", contract)
    made = create_draft(
        contract.customer,
        by=by,
        header={name: getattr(contract, name) for name in HEADER},
        lines=rows_of_lines(contract),
        instalments=rows_of_plan(contract),
    )
    made.copied_from = contract
    made.save(update_fields=["copied_from"])
    return made


# --- the parts ------------------------------------------------------------------------------------


def rates_on(day: date) -> dict[str, Decimal]:
    """The rate of each category in force on a day, read once in a transaction."""
    store, key = memo(), ("contracts.rates", day)
    if key not in store:
        store[key] = dict(VatRate.objects.on(day).values_list("category", "rate"))
    return store[key]


def priced(rows: Rows, *, mode: str, day: date | None) -> tuple[list[Priced], dict[str, str]]:
    """Each row with its amounts, and errors by field; a missing rate counts as zero until fixed."""
    rates, found, errors = rates_on(day or timezone.localdate()), [], {}
    for place, row in enumerate(rows):
        product = row.get("product")
        shelf = row.get("list_price")
        if shelf is None and product is not None:
            shelf = product.list_price
        category = row.get("vat_category") or VatCategory.STANDARD
        if category not in rates:
            text = _("No rate of this category is in force on %(day)s.")
            errors[f"lines-{place}-vat_category"] = text % {
                "day": f"{day or timezone.localdate():%Y-%m-%d}"
            }
        try:
            price = price_line(
                quantity=row["quantity"],
                list_price=shelf,
                discount=row.get("discount"),
                typed_price=row.get("unit_price"),
                mode=mode,
                rate=rates.get(category, Decimal(0)),
            )
        except ValueError as error:  # more digits than an amount has
            price, errors[f"lines-{place}-quantity"] = NO_PRICE, str(error)
        if price.gross > MOST:
            price, errors[f"lines-{place}-quantity"] = NO_PRICE, _("The amount is too large.")
        found.append(price)
    return found, errors


def rows_of_lines(contract: Contract) -> list[dict[str, Any]]:
    """Lines as `change` takes them."""
    names = (
        "product", "name", "specification", "quantity", "unit", "list_price", "discount",
        "unit_price", "vat_category",
    )  # fmt: skip
    lines = contract.lines.select_related("product")
    return [{name: getattr(line, name) for name in names} for line in lines]


def rows_of_plan(contract: Contract) -> list[dict[str, Any]]:
    """Instalments as `change` takes them: where a share says enough, the amount follows it."""
    names = ("basis", "percent", "amount", "due_on", "days_after", "note")
    rows = [{name: getattr(row, name) for name in names} for row in contract.instalments.all()]
    free = [row | {"amount": None} for row in rows]
    computed = plan_amounts(contract.gross_amount, free)
    if [amount for _share, amount in computed] == [row["amount"] for row in rows]:
        return free
    return rows


def _check_header(contract: Contract) -> None:
    errors = {}
    if contract.starts_on and contract.ends_on and contract.ends_on < contract.starts_on:
        errors["ends_on"] = _("A contract cannot end before it begins.")
    if not contract.title.strip():
        errors["title"] = _("Please give the contract a title.")
    if contract.price_mode not in PriceMode.values:
        errors["price_mode"] = _("Say whether prices include tax.")
    if errors:
        raise Refused(next(iter(errors.values())), code="incomplete", errors=errors)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """Rows that were found right and are ready to be written."""

    lines: list[Line]
    plan: list[Instalment]


def _reckon(contract: Contract, lines: Rows, instalments: Rows) -> Reckoned:
    """All amounts of the rows; Refused before anything is written."""
    found, errors = priced(lines, mode=contract.price_mode, day=contract.delivery_on)
    sums = totals(found)
    plan = plan_amounts(sums.gross, instalments)
    if sum(amount for _share, amount in plan) > sums.gross:
        errors["instalments"] = _("The instalments come to more than the contract amount.")
    if errors:
        raise Refused(next(iter(errors.values())), code="incomplete", errors=errors)
    rows = [
        Instalment(
            contract=contract,
            position=place,
            basis=row.get("basis") or Instalment.Basis.SIGNING,
            percent=share,
            amount=amount,
            due_on=row.get("due_on"),
            days_after=row.get("days_after"),
            note=row.get("note") or "",
        )
        for place, (row, (share, amount)) in enumerate(zip(instalments, plan, strict=True), 1)
    ]
    priced_lines = [
        _line(contract, place, row, price)
        for place, (row, price) in enumerate(zip(lines, found, strict=True), 1)
    ]
    contract.net_amount, contract.tax_amount = sums.net, sums.tax
    contract.gross_amount, contract.lowest_discount = sums.gross, sums.lowest_discount
    contract.payment_days = credit_days(rows, contract.delivery_on)
    return Reckoned(priced_lines, rows)


def _write_rows(contract: Contract, reckoned: Reckoned) -> None:
    """Lines and plan anew."""
    Line.objects.filter(contract=contract).delete()
    Instalment.objects.filter(contract=contract).delete()
    Line.objects.bulk_create(reckoned.lines)
    Instalment.objects.bulk_create(reckoned.plan)


def _line(contract: Contract, place: int, row: Mapping[str, Any], price: Priced) -> Line:
    product = row.get("product")
    return Line(
        contract=contract,
        position=place,
        product=product,
        name=row.get("name") or (product.name if product else ""),
        specification=row.get("specification") or "",
        quantity=row["quantity"],
        unit=row.get("unit") or (product.unit if product else ""),
        list_price=price.list_price,
        discount=price.discount,
        unit_price=price.unit_price,
        vat_category=row.get("vat_category") or VatCategory.STANDARD,
        vat_rate=price.vat_rate,
        net=price.net,
        tax=price.tax,
        gross=price.gross,
    )


def _company() -> Company:
    return Company.objects.get(pk=required())


def _shown(contract: Contract) -> dict[str, Any]:
    return {
        "status": contract.status,
        "title": contract.title,
        "customer": contract.customer_id,
        "amount": contract.gross_amount,
    }
