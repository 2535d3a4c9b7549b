"""Money: Decimal with two places, rounded half up, in this one place and nowhere else."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from fractions import Fraction

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

CENT = Decimal("0.01")
DIGITS = 15  # before the point: what a numeric(17, 2) column holds
NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?")
UNITS = {"zh": ("万", "亿"), "zh-hant": ("萬", "億")}


def money(value: Decimal | int | str) -> Decimal:
    """The amount in yuan with two places, rounded half up.

    Text may carry full-width digits, grouping commas and a leading ¥. TypeError for a float (or
    anything else that is not a number), ValueError for NaN, infinity, other text or more than
    15 digits before the point.
    """
    number = _decimal(value)
    if number and number.adjusted() >= DIGITS:
        raise ValueError(_("The amount has more than 15 digits before the point."))
    rounded = number.quantize(CENT, ROUND_HALF_UP)
    if rounded.adjusted() >= DIGITS:
        raise ValueError(_("The amount has more than 15 digits before the point."))
    return rounded or Decimal("0.00")  # never -0.00


def _decimal(value: Decimal | int | str) -> Decimal:
    """A finite Decimal, exact; TypeError for other types, ValueError for anything unreadable."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise TypeError(f"money is Decimal, int or text, not {type(value).__name__}")
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip().removeprefix("¥").strip()
        if not NUMBER.fullmatch(text) or not any(map(str.isdigit, text)):
            raise ValueError(_("This is not an amount."))
        value = text.replace(",", "")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise ValueError(_("This is not an amount.")) from None
    if not number.is_finite():
        raise ValueError(_("This is not an amount."))
    return number


def split(total: Decimal | int | str, weights: Sequence[Decimal | int]) -> list[Decimal]:
    """Shares of `total` in proportion to `weights`; they sum to it to the cent.

    Largest remainder, ties to the earlier share; a negative total gives the mirrored shares.
    ValueError without a weight above zero or with one below.
    """
    parts = [Fraction(_decimal(weight)) for weight in weights]
    if not parts or min(parts) < 0 or not sum(parts):
        raise ValueError(_("Shares need weights of zero or more, at least one above zero."))
    amount = money(total)
    cents, whole = abs(int(amount * 100)), sum(parts)
    exact = [cents * part / whole for part in parts]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(parts)), key=lambda i: (shares[i] - exact[i], i))
    for i in by_remainder[: cents - sum(shares)]:
        shares[i] += 1
    sign = -1 if amount < 0 else 1
    return [Decimal(sign * share).scaleb(-2) if share else Decimal("0.00") for share in shares]


def vat_from_gross(gross: Decimal | int | str, rate: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """(net, tax, gross) of an amount with tax inside; `rate` is a fraction: 13 % is 0.13."""
    gross, rate = money(gross), _rate(rate)
    with localcontext(prec=60):
        tax = money(gross * rate / (1 + rate))
    return gross - tax, tax, gross


def vat_from_net(net: Decimal | int | str, rate: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """(net, tax, gross) of an amount without tax; `rate` is a fraction: 13 % is 0.13."""
    net, rate = money(net), _rate(rate)
    with localcontext(prec=60):
        tax = money(net * rate)
    return net, tax, net + tax


def _rate(rate: Decimal) -> Decimal:
    rate = _decimal(rate)
    if not 0 <= rate < 1:
        raise ValueError("a tax rate is a fraction: 13 % is 0.13")
    return rate


def line_amount(quantity: Decimal | int | str, unit_price: Decimal | int | str) -> Decimal:
    """Quantity × unit price, rounded once; both may have more than two places."""
    with localcontext(prec=80):
        return money(_decimal(quantity) * _decimal(unit_price))


def show(amount: Decimal | int | str) -> str:
    """`¥1,286,000.00`, the form of tables and documents; `-¥5.00` below zero."""
    amount = money(amount)
    return f"{'-' if amount < 0 else ''}¥{abs(amount):,.2f}"


def short(amount: Decimal | int | str, language: str | None = None) -> tuple[str, str]:
    """(number, unit) for cards: ("142.0", "万"), ("1.42", "亿"); ("1,420,000", "") elsewhere.

    `language` is a language code, the active one by default; no unit below 10,000, then whole yuan.
    """
    amount = money(amount)
    language = (language or get_language() or "").lower()
    units = UNITS.get(language) or UNITS.get(language.partition("-")[0])
    if units:
        # the smaller unit's rounding decides: 99,999,999 is 1.00 亿, not 10,000.0 万
        for power, step, places, unit in ((8, "1E3", "0.01", units[1]), (4, "1", "0.1", units[0])):
            if abs(amount.quantize(Decimal(step), ROUND_HALF_UP)) >= 10**power:
                scaled = amount.scaleb(-power).quantize(Decimal(places), ROUND_HALF_UP)
                return f"{scaled:,}", unit
    whole = amount.quantize(Decimal(1), ROUND_HALF_UP)
    return f"{whole or Decimal(0):,}", ""


FIGURES = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")


def in_words(amount: Decimal | int | str, *, prefixed: bool = False) -> str:
    """The amount in capital figures (人民币大写), with 人民币 in front when `prefixed`."""
    amount = money(amount)
    cents = abs(int(amount * 100))
    yuan, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    words = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        words += f"{FIGURES[jiao]}角"
    elif yuan and fen:
        words += "零"
    if fen:
        words += f"{FIGURES[fen]}分"
    elif not jiao:
        words = f"{words or '零元'}整"
    return f"{'人民币' if prefixed else ''}{'负' if amount < 0 else ''}{words}"


def _whole(number: int) -> str:
    """A whole number above zero, read in groups of four digits: 元, 万, 亿, 万亿."""
    groups = [number // 10 ** (4 * i) % 10_000 for i in range(4)]
    units = ("", "万", "亿", "万" if groups[2] else "万亿")
    words, skipped = "", False
    for group, unit in zip(reversed(groups), reversed(units), strict=True):
        if group:
            words += ("零" if words and (skipped or group < 1000) else "") + _group(group) + unit
        skipped = not group
    return words


def _group(number: int) -> str:
    """1 to 9,999; one 零 for each run of zeros between two other figures."""
    digits = [(number // 10**i % 10, PLACES[i]) for i in (3, 2, 1, 0)]
    read = "".join(FIGURES[digit] + place if digit else "零" for digit, place in digits)
    return re.sub("零+", "零", read).strip("零")
