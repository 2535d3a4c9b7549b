"""Canonical text and its hash."""

import datetime as dt
import math
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from kit.texthash import canonical, digest


class State(TextChoices):
    DRAFT = "draft", "Draft"


def test_the_canonical_text_is_fixed_for_ever():
    content = {
        "b": Decimal(1286000),
        "a": [1, True, None, "合同", State.DRAFT],
        "on": dt.date(2026, 11, 21),
        "at": dt.datetime(2026, 11, 21, 8, tzinfo=ZoneInfo("Asia/Shanghai")),
        "id": UUID(int=1),
    }
    assert canonical(content).decode() == (
        '{"a":[1,true,null,"合同","draft"],"at":"2026-11-21T00:00:00.000000+00:00",'
        '"b":"1286000.00","id":"00000000-0000-0000-0000-000000000001","on":"2026-11-21"}'
    )
    assert digest({}) == "1:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1.5", "1.50"),
        ("1.500", "1.50"),
        ("1E+3", "1000.00"),
        ("0.1250", "0.125"),
        ("-0", "0.00"),
        ("-0.10", "-0.10"),
    ],
)
def test_equal_numbers_have_one_text(number, text):
    assert canonical(Decimal(number)).decode() == f'"{text}"'


@pytest.mark.parametrize(
    "content",
    [1.5, {"a": [0.1]}, dt.datetime(2026, 1, 1), {1: 2}, {1, 2}, b"x", object(), gettext_lazy("x")],  # noqa: DTZ001
)
def test_what_has_no_canonical_form_is_a_type_error(content):
    with pytest.raises(TypeError):
        canonical(content)


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity")])
def test_numbers_without_value_are_refused(number):
    assert not math.isfinite(number)
    with pytest.raises(ValueError, match="canonical"):
        canonical(number)


def test_an_unknown_version_is_refused():
    with pytest.raises(ValueError, match="version"):
        digest({}, version=2)


@given(
    st.dictionaries(
        st.text(),
        st.integers() | st.text() | st.decimals(allow_nan=False, allow_infinity=False, places=2),
    )
)
def test_the_order_of_keys_never_matters_and_any_change_does(content):
    turned = dict(reversed(content.items()))
    assert digest(turned) == digest(content)
    assert digest({**content, "": "more"}) != digest({**content, "": "less"})
