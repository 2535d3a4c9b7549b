"""What was typed and which letters of a name were meant."""

import pytest

from kit.search import LONGEST, Sought, best, cut


@pytest.mark.parametrize(
    ("label", "q", "marked"),
    [
        ("华东精密机械", "精密", "精密"),
        ("华东精密机械", "hdjm", "华东精密"),
        ("华东精密机械", "jingmi", "精密"),
        ("华东精密机械", "huadj", "华东精"),
        ("华东精密机械", "精密 hd", "华东精密"),
        ("重庆长安", "chongqing", "重庆"),
        ("Acme 工业", "acme", "Acme"),
        ("HT-HD-202611-0007 设备", "2026110007", "202611-0007"),
        ("HT-HD-202611-0007 设备", "ht-hd", "HT-HD"),
        ("华东精密", "xyz", ""),
        ("华东精密", "ongjing", ""),
        ("㈱华东", "hd", "华东"),
        ("", "hd", ""),
    ],
)
def test_what_was_typed_is_marked(label, q, marked):
    parts = cut(label, Sought.of(q).words)
    assert "".join(text for text, _meant in parts) == label
    assert "".join(text for text, is_meant in parts if is_meant) == marked


@pytest.mark.parametrize(
    ("q", "digits"),
    [
        ("138 0013 8000", "13800138000"),
        ("(021)62345678", "02162345678"),
        ("HT-202611", ""),
        ("12345", ""),
    ],
)
def test_a_telephone_number_is_told_from_a_code(q, digits):
    assert Sought.of(q).digits == digits


def test_what_is_typed_is_cut_and_may_be_too_short():
    assert len(Sought.of("华" * 900).text) == LONGEST
    assert Sought.of("  ").is_empty
    assert Sought.of("华").is_short
    assert not Sought.of("").is_short


def test_equal_then_beginning_then_within():
    rows = ["新海润物流", "大海润", "海润物流二号", "海润物流"]
    assert best(rows, Sought.of("海润物流")) == ["海润物流", "海润物流二号", "新海润物流", "大海润"]
