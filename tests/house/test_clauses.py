"""Cited clauses exist; finished ones are enforced and tested; rules speak and cite."""

import ast
import inspect
from pathlib import Path

from handbook import register
from handbook.citations import citations, unknown
from handbook.register import CODE, standing_of
from kit.registry import bind, bindings, clauses_of, finished, manual
from org.access import labels, rules

TESTS = Path(__file__).resolve().parents[1]


def test_every_cited_clause_exists():
    assert unknown() == {}


def test_a_clause_that_does_not_exist_is_found():
    key = ("CTR-99.9", "rule", "nowhere.nothing")
    bind("CTR-99.9", "rule", "nowhere.nothing", "prevents")
    try:
        assert unknown() == {"CTR-99.9": {"rule nowhere.nothing"}}
    finally:
        del bindings[key]


def test_tests_cite_clauses_that_exist():
    chapters = {code.partition("-")[0] for code in manual}
    wrong = {
        f"{path.name}: {code}"
        for path in TESTS.rglob("test_*.py")
        for code in CODE.findall(path.read_text())
        if code not in manual and code.partition("-")[0] in chapters and not code.endswith("-99.9")
    }
    assert wrong == set()


def test_every_finished_clause_is_enforced():
    weak = {code for code in finished if standing_of(register.bound(code)) != "enforced"}
    assert weak == set()


def test_every_finished_clause_is_named_by_a_test():
    """The code stands in the docstring of a test function (docs/tour.md, chapter 7)."""
    named = set()
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                named |= set(CODE.findall(ast.get_docstring(node) or ""))
    assert finished - named == set()


def test_every_rule_that_serves_a_clause_says_what_it_allows():
    assert {name for name in rules if clauses_of("rule", name) and not labels[name]} == set()


def test_every_rule_that_refuses_cites_a_clause():
    silent = {
        name
        for name, rule in rules.items()
        if not clauses_of("rule", name) and "return everybody(" not in inspect.getsource(rule)
    }
    assert silent == set()


def test_a_rule_that_refuses_nobody_prevents_nothing():
    def refuses_nobody(name):
        source = inspect.getsource(rules[name])
        return source.count("return everybody(") == source.count("return ")

    rows = [b for b in bindings.values() if b.kind == "rule" and b.strength == "prevents"]
    assert {row.target for row in rows if refuses_nobody(row.target)} == set()


def test_explanations_are_collected_with_their_sentences():
    found = {(c.clause, c.text) for c in citations()}
    assert ("ORG-1.6", "only its owner may do this") in found
    assert ("CTR-1.3", "the discount is %(discount)s%% of the list price, below the floor of "
            "%(floor)s%%") in found  # fmt: skip
