"""Money: rounding, shares, tax and capital figures."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import money as m

AMOUNTS = st.decimals("-999999999999.99", "999999999999.99", places=2)
RATES = st.sampled_from(
    [
        Decimal("0.13"),
        Decimal("0.09"),
        Decimal("0.06"),
        Decimal("0.05"),
        Decimal("0.03"),
        Decimal("0.01"),
        Decimal(0),
    ]
)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (5, "5.00"),
        ("1,286,000.005", "1286000.01"),
        ("￥１２８６", "1286.00"),
        (" -5 ", "-5.00"),
        (Decimal("0.005"), "0.01"),
        (Decimal("-0.005"), "-0.01"),
        (Decimal("2.675"), "2.68"),
        (Decimal("-0.001"), "0.00"),
        (Decimal("1E-999999"), "0.00"),
        ("999999999999999.99", "999999999999999.99"),
    ],
)
def test_amounts_have_two_places_rounded_half_up(given, expected):
    assert str(m.money(given)) == expected


@pytest.mark.parametrize("given", [1.5, True, None, [], b"5"])
def test_what_is_no_number_is_a_type_error(given):
    with pytest.raises(TypeError):
        m.money(given)


@pytest.mark.parametrize(
    "given",
    [
        "",
        ".",
        "-",
        "abc",
        "1e3",
        "NaN",
        "1,28",
        "12,34.5",
        "１２O",
        Decimal("NaN"),
        Decimal("Infinity"),
        10**15,
        Decimal("1E+999999"),
        "999999999999999.995",
        "1\x00",
    ],
)
def test_what_cannot_be_an_amount_is_a_value_error(given):
    with pytest.raises(ValueError, match=r".+"):
        m.money(given)


def test_shares_of_three_equal_parts_sum_to_the_cent():
    assert m.split("100", [1, 1, 1]) == [Decimal("33.34"), Decimal("33.33"), Decimal("33.33")]
    assert m.split("-100", [1, 1, 1]) == [Decimal("-33.34"), Decimal("-33.33"), Decimal("-33.33")]
    assert m.split("1286000", [30, 60, 10]) == [
        Decimal("385800.00"),
        Decimal("771600.00"),
        Decimal("128600.00"),
    ]
    assert m.split("0.02", [Decimal("33.3"), Decimal("33.3"), Decimal("33.4")]) == [
        Decimal("0.01"),
        Decimal("0.00"),
        Decimal("0.01"),
    ]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_shares_need_a_weight_above_zero_and_none_below(weights):
    with pytest.raises(ValueError, match=r".+"):
        m.split(10, weights)


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1).filter(sum))
def test_shares_always_sum_to_the_total_and_differ_less_than_a_cent_from_exact(total, weights):
    shares = m.split(total, weights)
    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share * sum(weights) - total * weight) < m.CENT * sum(weights)


def test_tax_of_a_gross_amount_is_rounded_once():
    assert m.vat_from_gross("113", Decimal("0.13")) == (
        Decimal("100.00"),
        Decimal("13.00"),
        Decimal("113.00"),
    )
    assert m.vat_from_gross("100", Decimal("0.13")) == (
        Decimal("88.50"),
        Decimal("11.50"),
        Decimal("100.00"),
    )
    assert m.vat_from_gross("-100", Decimal("0.06")) == (
        Decimal("-94.34"),
        Decimal("-5.66"),
        Decimal("-100.00"),
    )
    assert m.vat_from_net("100", Decimal("0.13")) == (
        Decimal("100.00"),
        Decimal("13.00"),
        Decimal("113.00"),
    )
    assert m.vat_from_net("0.05", Decimal("0.13")) == (
        Decimal("0.05"),
        Decimal("0.01"),
        Decimal("0.06"),
    )


@given(AMOUNTS, RATES)
def test_net_and_tax_always_make_the_gross(amount, rate):
    net, tax, gross = m.vat_from_gross(amount, rate)
    assert (net + tax, gross) == (gross, amount)
    net, tax, gross = m.vat_from_net(amount, rate)
    assert (net + tax, net) == (gross, amount)


def test_a_rate_in_percent_is_refused():
    with pytest.raises(ValueError, match="fraction"):
        m.vat_from_net("100", Decimal(13))
    with pytest.raises(TypeError):
        m.vat_from_net("100", 0.13)


def test_a_line_is_rounded_once_after_the_product():
    assert m.line_amount("3", "0.335") == Decimal("1.01")
    assert m.line_amount("0.3333", "3.0001") == Decimal("1.00")
    assert m.line_amount("123456789012.3456", "0.0001") == Decimal("12345678.90")


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("1286000", "¥1,286,000.00"), ("-5", "-¥5.00"), ("0", "¥0.00"), ("1234.565", "¥1,234.57")],
)
def test_amounts_are_shown_with_sign_and_groups(amount, shown):
    assert m.show(amount) == shown


@pytest.mark.parametrize(
    ("amount", "language", "expected"),
    [
        ("1420000", "zh-hans", ("142.0", "万")),
        ("1286000", "zh-hant", ("128.6", "萬")),
        ("128600000", "zh-hans", ("1.29", "亿")),
        ("99999999", "zh-hans", ("1.00", "亿")),
        ("-1420000", "zh-hans", ("-142.0", "万")),
        ("12345678900000", "zh-hans", ("123,456.79", "亿")),
        ("9800.50", "zh-hans", ("9,801", "")),
        ("9999.50", "zh-hans", ("1.0", "万")),
        ("99999499", "zh-hans", ("9,999.9", "万")),
        ("-0.40", "zh-hans", ("0", "")),
        ("1420000", "en", ("1,420,000", "")),
    ],
)
def test_cards_use_wan_and_yi_in_chinese_only(amount, language, expected):
    assert m.short(amount, language) == expected


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("15", "壹拾伍元整"),
        ("20.05", "贰拾元零伍分"),
        ("20.50", "贰拾元伍角"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角"),
        ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
        ("3400", "叁仟肆佰元整"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("10001", "壹万零壹元整"),
        ("16409.02", "壹万陆仟肆佰零玖元零贰分"),
        ("100001", "壹拾万零壹元整"),
        ("100500", "壹拾万零伍佰元整"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("1000000.00", "壹佰万元整"),
        ("1005000", "壹佰万伍仟元整"),
        ("100000001", "壹亿零壹元整"),
        ("1000010000", "壹拾亿零壹万元整"),
        ("10000000000.01", "壹佰亿元零壹分"),
        (10**12, "壹万亿元整"),
        ("100005000", "壹亿零伍仟元整"),
        ("1000100000000", "壹万零壹亿元整"),
        ("-20.50", "负贰拾元伍角"),
    ],
)
def test_capital_figures_follow_the_field_rules(amount, words):
    assert m.in_words(amount) == words
    assert m.in_words(amount, prefixed=True) == f"人民币{words}"


def _read_back(words):
    """An independent reader of capital figures, in cents."""
    digit = {c: i for i, c in enumerate("零壹贰叁肆伍陆柒捌玖")}
    yuan_text, _, rest = words.removesuffix("整").rpartition("元")
    cents, number = 0, 0
    for c in rest:
        if c == "角":
            cents, number = cents + 10 * number, 0
        elif c == "分":
            cents, number = cents + number, 0
        else:
            number = digit[c]

    def section(text):
        total = number = 0
        for c in text:
            if c in "拾佰仟":
                total, number = total + number * 10 ** ("拾佰仟".index(c) + 1), 0
            else:
                number = digit[c]
        return total + number

    def below_yi(text):
        wan, mark, rest = text.rpartition("万")
        return (section(wan) * 10_000 if mark else 0) + section(rest)

    yi, mark, low = yuan_text.rpartition("亿")
    return ((below_yi(yi) * 10**8 if mark else 0) + below_yi(low)) * 100 + cents


@given(st.integers(0, 10**17 - 1))
def test_capital_figures_read_back_to_the_same_amount(cents):
    words = m.in_words(Decimal(cents).scaleb(-2))
    assert _read_back(words) == cents
    assert "零零" not in words
