"""Arithmetic of a contract: lines, sums, the payment plan and its credit days; no queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, localcontext
from typing import Any, Protocol

from contracts.models import Instalment, PriceMode
from kit.money import line_amount, money, split, vat_from_gross, vat_from_net

HUNDRED = Decimal(100)
AFTER_DELIVERY = frozenset(
    {Instalment.Basis.DELIVERY, Instalment.Basis.ACCEPTANCE, Instalment.Basis.WARRANTY}
)


@dataclass(frozen=True, slots=True)
class Priced:
    """What one line comes to."""

    list_price: Decimal
    discount: Decimal
    unit_price: Decimal
    vat_rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of lines: the totals are never rounded again."""

    net: Decimal = Decimal("0.00")
    tax: Decimal = Decimal("0.00")
    gross: Decimal = Decimal("0.00")
    lowest_discount: Decimal | None = None


class Payment(Protocol):
    """An instalment as the rules read it."""

    basis: str
    due_on: Any
    days_after: int | None


def unit_price(list_price: Decimal, discount: Decimal) -> Decimal:
    """List price × discount, rounded once; 86 means 86 % of the list price (8.6 折)."""
    with localcontext(prec=60):
        return money(list_price * discount / HUNDRED)


def discount_of(list_price: Decimal, price: Decimal) -> Decimal:
    """The discount a typed price amounts to, cut and not rounded: never better than it is."""
    if not list_price:
        return HUNDRED.quantize(Decimal("0.01"))
    with localcontext(prec=60):
        found = (price * HUNDRED / list_price).quantize(Decimal("0.01"), ROUND_DOWN)
    return min(found, Decimal("99999.99"))


def price_line(
    *,
    quantity: Decimal,
    list_price: Decimal | None,
    discount: Decimal | None,
    typed_price: Decimal | None,
    mode: str,
    rate: Decimal,
) -> Priced:
    """A typed unit price wins and gives the discount; without a list price it is the list price."""
    shelf = money(list_price if list_price is not None else typed_price or 0)
    share = HUNDRED if discount is None else discount
    price = unit_price(shelf, share)
    if typed_price is not None and money(typed_price) != price:
        price = money(typed_price)
        share = discount_of(shelf, price)
    amount = line_amount(quantity, price)
    vat = vat_from_gross if mode == PriceMode.GROSS else vat_from_net
    return Priced(shelf, share, price, rate, *vat(amount, rate))


def totals(lines: Iterable[Priced]) -> Totals:
    rows = list(lines)
    if not rows:
        return Totals()
    return Totals(
        net=sum((row.net for row in rows), Decimal("0.00")),
        tax=sum((row.tax for row in rows), Decimal("0.00")),
        gross=sum((row.gross for row in rows), Decimal("0.00")),
        lowest_discount=min(row.discount for row in rows),
    )


def plan_amounts(
    gross: Decimal, rows: Sequence[Mapping[str, Any]]
) -> list[tuple[Decimal | None, Decimal]]:
    """(percent, amount) of each row: a typed amount wins; shares that make 100 % lose no cent.

    T5: with typed amounts beside shares, the shares that complete the plan share what is left.
    """
    typed = [row.get("amount") for row in rows]
    shares = [row.get("percent") for row in rows]
    given = sum((money(amount) for amount in typed if amount is not None), Decimal(0))
    open_rows = [place for place, amount in enumerate(typed) if amount is None]
    computed: dict[int, Decimal] = {}
    weights = [shares[place] or Decimal(0) for place in open_rows]
    whole = sum((share or Decimal(0) for share in shares), Decimal(0))
    if open_rows and sum(weights):
        is_complete = whole == HUNDRED and None not in shares
        if is_complete and given <= gross:
            computed = dict(zip(open_rows, split(gross - given, weights), strict=True))
        else:
            with localcontext(prec=60):
                computed = {
                    place: money(gross * weight / HUNDRED)
                    for place, weight in zip(open_rows, weights, strict=True)
                }
    return [
        (share, money(amount) if amount is not None else computed.get(place, Decimal("0.00")))
        for place, (share, amount) in enumerate(zip(shares, typed, strict=True))
    ]


def credit_days(rows: Iterable[Payment], delivery_on: Any) -> int:
    """The longest time after delivery that some payment may take; 0 when all is paid by then."""
    longest = 0
    for row in rows:
        if row.due_on and delivery_on:
            longest = max(longest, (row.due_on - delivery_on).days)
        elif row.basis in AFTER_DELIVERY and row.days_after:
            longest = max(longest, row.days_after)
    return min(longest, 32767)
