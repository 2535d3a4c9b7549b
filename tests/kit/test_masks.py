"""Masks of numbers: enough to know it again, too little to use it."""

import pytest

from kit import masks


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("mobile", "13800138000", "138****8000"),
        ("phone", "13800138000", "138****8000"),
        ("phone", "021-62345678", "021-****5678"),
        ("phone", "0512-6234567-801", "0512-****7801"),
        ("phone", "400-820-8820", "400-****8820"),
        ("phone", "12345", "****"),
        ("email", "wang.gong@huadong.example", "w***@huadong.example"),
        ("wechat", "wanggong_88", "w***"),
        ("bank_account", "6222 0210 0111 2223 334", "**** 3334"),
        ("login", "13800138000", "138****8000"),
        ("login", "rep@acme.example", "r***@acme.example"),
        ("mobile", "", ""),
        ("percent", 12, 12),
    ],
)
def test_fields_by_their_names(name, value, shown):
    assert masks.masked(name, value) == shown


@pytest.mark.parametrize(
    "number",
    ["13800138000", "138 0013 8000", "138-0013-8000", "+8613800138000", "+86 138 0013 8000",
     "021-62345678", "6222021001112223334", "6222 0210 0111 2223", "110101199003078515",
     "11010119900307851X", "wang@huadong.example"],
)  # fmt: skip
def test_numbers_in_sentences(number):
    shown = masks.text(f"请联系王工（{number}），周五前。")
    assert number not in shown
    assert "请联系王工" in shown
    assert "*" in shown
    assert masks.text(shown) == shown


@pytest.mark.parametrize(
    "words",
    ["HT-HD-202611-0001", "2026-11-21 16:42", "¥1,286,000.00", "91310000MA1FL4XE5X",
     "第 202611 批 850 台", "VMC-850", "K-10293"],
)  # fmt: skip
def test_other_numbers_stay(words):
    assert masks.text(words) == words


def test_a_mask_sent_back_is_the_number_below_it():
    old = "王工 13800138000，备用 13900139000"
    typed = masks.text(old).replace("备用", "家里")
    assert masks.restored("notes", typed, old) == "王工 13800138000，家里 13900139000"
    assert masks.restored("mobile", "138****8000", "13800138000") == "13800138000"
    assert masks.restored("mobile", "13700137000", "13800138000") == "13700137000"
    assert masks.restored("mobile", "", "13800138000") == ""
    assert masks.restored("is_primary", True, False) is True
