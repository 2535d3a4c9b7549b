"""Telephone numbers and credit codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import codes


@pytest.mark.parametrize(
    "text",
    [
        "13800138000",
        "+86 138 0013 8000",
        "0086-13800138000",
        "１３８００１３８０００",
        "86 138-0013-8000",
        " 138 0013 8000\t",
    ],
)
def test_mobiles_come_down_to_eleven_digits(text):
    assert codes.mobile(text) == codes.phone(text) == "13800138000"


@pytest.mark.parametrize(
    "text",
    ["", "12800138000", "1380013800", "138001380000", "+1 13800138000", "1380013800O", "١٣٨"],
)
def test_what_is_no_mobile_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        codes.mobile(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("021-62345678", "021-62345678"),
        ("02162345678", "021-62345678"),
        ("(010) 62345678-801", "010-62345678-801"),
        ("0571—8765432", "0571-8765432"),
        ("05718765432", "0571-8765432"),
        ("+86 0755-26123456", "0755-26123456"),
        ("400-820-8820", "400-820-8820"),
        ("8008208820", "800-820-8820"),
    ],
)
def test_landlines_and_service_numbers_get_one_form(text, expected):
    assert codes.phone(text) == expected


@pytest.mark.parametrize(
    "text", ["62345678", "021-623456", "400-82", "010-62345678-1234567", "12345"]
)
def test_what_is_no_telephone_number_is_refused(text):
    with pytest.raises(ValueError, match=r".+"):
        codes.phone(text)


def kinds(text):
    return [problem.kind for problem in codes.credit_code(text)[1]]


def test_the_worked_example_ends_in_three():
    assert codes.credit_check("91350100M000100Y4") == "3"
    assert codes.organisation_check("M000100Y") == "4"
    assert codes.credit_code("91350100M000100Y43") == ("91350100M000100Y43", [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("９１３５ 0100-m000100y43", []),
        ("91350100M000100Y4Z", ["hard"]),
        ("91350100M000100Y4D", ["soft"]),
        ("91350100M000100Y53", ["soft", "soft"]),
        ("9135010OM000100Y43", ["hard"]),
        ("91350100M000100Y4", ["hard"]),
        ("", ["hard"]),
    ],
)
def test_form_is_hard_and_check_characters_are_soft(text, expected):
    assert kinds(text) == expected


@given(
    st.text("0123456789", min_size=6, max_size=6),
    st.text(codes.LETTERS, min_size=8, max_size=8),
    st.integers(0, 16),
    st.sampled_from(codes.LETTERS),
)
def test_one_wrong_character_is_always_noticed(region, organisation, place, wrong):
    body = f"91{region}{organisation}{codes.organisation_check(organisation)}"
    code = body + codes.credit_check(body)
    assert kinds(code) == []
    if code[place] != wrong:
        assert kinds(code[:place] + wrong + code[place + 1 :]) != []
