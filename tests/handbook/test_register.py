"""The register: every clause once, in two languages, found by number, words and pinyin."""

import pytest
from django.utils.translation import override

from handbook import register
from kit.registry import Binding, manual


def codes(found):
    return [clause.code for clause in found]


def test_the_register_holds_the_manual():
    assert len(manual) == 321
    assert list(manual) == codes(register.every())
    kinds = [clause.kind for clause in manual.values()]
    assert [kinds.count(kind) for kind in "RPDA"] == [138, 89, 69, 25]
    assert {clause.chapter for clause in manual.values()} == set(register.CHAPTERS)


def test_every_clause_has_words_in_both_languages():
    for clause in manual.values():
        assert all(clause.english), clause.code
        assert all(clause.chinese), clause.code
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in clause.english[0]), clause.code


def test_a_clause_speaks_the_readers_language():
    clause = manual["CTR-1.1"]
    with override("zh-hans"):
        assert str(clause) == "起草合同：业务员及时起草合同，提交主管审核"
        assert clause.original == ("", "")
    with override("en"):
        assert str(clause).startswith("Draft promptly and submit: Rep drafts in time")
        assert clause.original[0] == "起草合同"


@pytest.mark.parametrize("q", ["CTR-1.4", "ctr1.4", "ctr 1.4", "ＣＴＲ－１．４"])
def test_a_number_finds_the_clause(q):
    assert codes(register.search(q)) == ["CTR-1.4"]


def test_the_beginning_of_a_number_finds_the_clauses_after_it():
    assert codes(register.search("ctr-3"))[:2] == ["CTR-3.1", "CTR-3.2"]


@pytest.mark.parametrize("q", ["起草合同", "qicaohetong", "qcht", "draft promptly"])
def test_words_and_pinyin_find_the_clause(q):
    assert "CTR-1.1" in codes(register.search(q))


def test_nothing_is_found_by_what_stands_nowhere():
    assert register.search("独角兽喷火") == []


def test_every_clause_is_found_by_nothing():
    assert len(register.search("  ")) == 321


def test_only_what_prevents_or_times_out_enforces():
    def standing(*strengths):
        return register.standing_of(Binding("X-1.1", "rule", "x.y", s) for s in strengths)

    assert standing() == "open"
    assert standing("shows", "measures") == "shown"
    assert standing("shows", "prevents") == "enforced"
    assert standing("times out") == "enforced"


def test_neighbours_end_at_both_ends():
    every = register.every()
    assert register.neighbours(every[0]) == (None, every[1])
    assert register.neighbours(every[-1]) == (every[-2], None)
