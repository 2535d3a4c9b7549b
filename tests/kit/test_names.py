"""Names: keys for the duplicate check, pinyin, search pairs."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit import names as n


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("上海 明远(集团)有限公司", "上海明远集团有限公司"),
        ("上海明远（集团）有限公司", "上海明远集团有限公司"),
        ("ＡＢＣ　科技·股份", "ABC科技股份"),
        ("Coca-Cola Co., Ltd.", "COCACOLACOLTD"),
        ("「」!", ""),
    ],
)
def test_names_are_compared_without_width_case_and_punctuation(name, expected):
    assert n.normalise(name) == expected


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("上海 明远(集团)有限公司", ("上海明远", "明远", "")),
        ("上海明远集团有限公司", ("上海明远", "明远", "")),
        ("上海明远有限责任公司", ("上海明远", "明远", "")),
        ("上海市明远科技有限公司", ("上海明远科技", "明远科技", "")),
        ("上海明远科技股份有限公司", ("上海明远科技", "明远科技", "")),
        ("明远科技有限公司", ("明远科技", "明远科技", "")),
        ("江苏省苏州市华信电子有限公司", ("江苏苏州华信电子", "华信电子", "")),
        ("上海明远有限公司北京分公司", ("上海明远", "明远", "北京分公司")),
        ("上海明远北京分公司", ("上海明远", "明远", "北京分公司")),
        ("广西壮族自治区桂林制药厂", ("广西桂林制药", "制药", "")),
        ("绍兴天元合伙企业（有限合伙）", ("绍兴天元", "天元", "")),
        ("Coca-Cola Co., Ltd.", ("COCACOLA", "COCACOLA", "")),
        ("北京公司", ("北京", "北京", "")),
        ("公司", ("公司", "公司", "")),
        ("", ("", "", "")),
    ],
)
def test_company_keys_drop_branch_suffix_and_region(name, keys):
    assert n.company_key(name) == keys


def test_similar_companies_with_other_names_keep_other_keys():
    assert not set(n.company_key("苏州华信")[:2]) & set(n.company_key("华兴电子科技")[:2])


@pytest.mark.parametrize(
    ("name", "full", "first"),
    [
        ("明天", "mingtian", "mt"),
        ("重庆长安", "chongqingchangan", "cqca"),
        ("3M中国", "3mzhongguo", "3mzg"),
        ("ABC 科技", "abckeji", "abckj"),
        ("", "", ""),
    ],
)
def test_pinyin_reads_phrases_and_keeps_latin(name, full, first):
    assert (n.pinyin(name), n.initials(name)) == (full, first)


def test_search_text_holds_name_pinyin_initials_and_further_texts_once():
    assert n.search_text("明天公司", "HT-01") == "明天公司 'ming'tian'gong'si 'm't'g's ht01"
    assert n.search_text("重庆", "", "重庆") == "重庆 'chong'qing 'c'q 'zhong'qing 'z'q"


@pytest.mark.parametrize(
    ("query", "name", "is_found"),
    [
        ("hongxing", "红星机械", True),
        ("hongxing", "中信国健", False),  # zhong-xin-guo
        ("xinguo", "中信国健", True),
        ("zhongxinguojian", "中信国健", True),
        ("xgj", "中信国健", True),
        ("iguo", "中信国健", False),
        ("国健", "中信国健", True),
        ("keji", "ABC科技", True),
        ("bckj", "ABC科技", True),
        ("T-01", "HT-01", True),
    ],
)
def test_pinyin_is_found_from_the_beginning_of_a_syllable(query, name, is_found):
    text = n.search_text(name)
    assert all(re.search(n.pattern(word), text) for word in n.query_words(query)) is is_found


def test_pairs_stay_inside_their_token():
    assert n.grams("明天 mt a") == ["明天", "mt", "a"]
    assert n.grams("aaaa") == ["aa"]
    assert n.grams("") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("明", []),
        (" 。 ", []),
        ("明天", ["明天"]),
        ("MT", ["mt"]),
        ("（明）天", ["明天"]),
        ("明 天", ["明天"]),
        ("上海 明远", ["上海", "明远"]),
        ("ＭＩＮＧ", ["mi", "in", "ng"]),
    ],
)
def test_queries_are_folded_like_names(query, found):
    assert n.query_grams(query) == found


@given(st.text(alphabet="上海市明远重庆长安科技ABc3 （）-", min_size=2, max_size=12), st.data())
def test_every_part_of_a_name_finds_it(name, data):
    plain = n.normalise(name)
    start = data.draw(st.integers(0, len(plain)))
    part = plain[start : data.draw(st.integers(start, len(plain)))]
    held = n.grams(n.search_text(name))
    for query in (part, n.pinyin(name), n.initials(name)):
        assert set(n.query_grams(query)) <= set(held)
        text = n.search_text(name)
        assert all(re.search(n.pattern(word), text) for word in n.query_words(query))


def test_nothing_typed_by_people_breaks_the_readers():
    for text in ("\x00", "𠮷野家", "ß", "ﷺ", "Ω", "한국", "かな", "😀", "ab" * 5000):
        assert isinstance(n.search_text(text), str)
        assert n.company_key(text).key is not None
