"""Arithmetic to the cent."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.models import Instalment
from contracts.pricing import credit_days, discount_of, plan_amounts, price_line, totals, unit_price

MONEY = st.decimals(min_value=0, max_value=10**8, places=2)
RATES = st.sampled_from([Decimal(r) for r in ("0", "0.01", "0.03", "0.06", "0.09", "0.13")])
LINES = st.tuples(
    st.decimals(min_value="0.001", max_value=9999, places=3),
    MONEY,
    st.decimals(min_value=0, max_value=150, places=2),
    st.one_of(st.none(), MONEY),
    RATES,
)


def reckon(line, mode):
    quantity, shelf, discount, typed, rate = line
    return price_line(
        quantity=quantity,
        list_price=shelf,
        discount=discount,
        typed_price=typed,
        mode=mode,
        rate=rate,
    )


@given(st.lists(LINES, min_size=1, max_size=20), st.sampled_from(["gross", "net"]))
def test_totals_are_sums_of_lines(lines, mode):
    rows = [reckon(line, mode) for line in lines]
    sums = totals(rows)
    assert sums.gross == sum(row.gross for row in rows)
    assert sums.net + sums.tax == sums.gross
    for row in rows:
        assert row.net + row.tax == row.gross
        for amount in (row.net, row.tax, row.gross, row.unit_price):
            assert amount == amount.quantize(Decimal("0.01"))
            assert amount >= 0


@given(
    MONEY,
    st.lists(st.integers(min_value=1, max_value=9999), min_size=1, max_size=12),
)
def test_shares_of_a_hundred_percent_lose_no_cent(gross, weights):
    shares = [Decimal(weight) / 100 for weight in weights]
    rest = Decimal(100) - sum(shares)
    if rest < 0:
        shares = [Decimal(100)]
    elif rest:
        shares.append(rest)
    plan = plan_amounts(gross, [{"percent": share} for share in shares])
    assert sum(amount for _share, amount in plan) == gross


@given(MONEY, st.data())
def test_shares_beside_an_agreed_amount_take_the_rest(gross, data):
    typed = data.draw(st.decimals(min_value=0, max_value=gross, places=2))
    rows = [{"percent": Decimal(30), "amount": typed}, {"percent": Decimal(70)}]
    assert [amount for _share, amount in plan_amounts(gross, rows)] == [typed, gross - typed]


def test_three_equal_parts_of_a_hundred_yuan():
    rows = [{"percent": Decimal(share)} for share in ("33.33", "33.33", "33.34")]
    amounts = [amount for _share, amount in plan_amounts(Decimal("100.01"), rows)]
    assert amounts == [Decimal("33.33"), Decimal("33.33"), Decimal("33.35")]


@pytest.mark.parametrize(
    ("shelf", "price", "discount"),
    [("100", "86", "86.00"), ("3", "2", "66.66"), ("100", "89.999", "89.99"), ("0", "5", "100.00")],
)
def test_typed_price_never_looks_better_than_it_is(shelf, price, discount):
    assert discount_of(Decimal(shelf), Decimal(price)) == Decimal(discount)


def test_discount_of_86_percent_is_eight_point_six_tenths():
    assert unit_price(Decimal(580000), Decimal(86)) == Decimal("498800.00")


@pytest.mark.parametrize(
    ("mode", "amounts"),
    [("gross", ("884.96", "115.04", "1000.00")), ("net", ("1000.00", "130.00", "1130.00"))],
)
def test_tax_inside_and_on_top(mode, amounts):
    line = (Decimal(1), Decimal(1000), Decimal(100), None, Decimal("0.13"))
    row = reckon(line, mode)
    assert (row.net, row.tax, row.gross) == tuple(map(Decimal, amounts))


DELIVERY = date(2026, 11, 1)


@pytest.mark.parametrize(
    ("rows", "days"),
    [
        ([("signing", None, 30)], 0),
        ([("delivery", None, 60), ("acceptance", None, 90)], 90),
        ([("delivery", date(2026, 12, 1), None)], 30),
        ([("signing", date(2026, 12, 31), None)], 60),
        ([("signing", date(2026, 10, 1), None)], 0),
        ([], 0),
    ],
)
def test_credit_days_count_from_delivery(rows, days):
    plan = [Instalment(basis=b, due_on=due, days_after=after) for b, due, after in rows]
    assert credit_days(plan, DELIVERY) == days
