"""Every state, tier and role has a sentence that says what it means."""

import pytest
from django.apps import apps
from django.utils.translation import activate, override

from kit import terms
from tests.conftest import client_of

NAMED = {"status", "state", "tier", "role"}


def enumerations():
    for model in apps.get_models():
        for field in model._meta.fields:
            if field.choices and field.name in NAMED:
                yield f"{model._meta.label}.{field.name}", {value for value, _text in field.choices}


@pytest.mark.parametrize(("name", "values"), sorted(dict(enumerations()).items()))
def test_every_choice_has_a_sentence(name, values):
    known = [set(choices.values) for choices, _prefix in terms.explained]
    assert values in known, f"{name}: explain it in the app's glossary.py"


def test_sentences_are_sentences_and_say_more_than_the_word():
    assert len(terms.terms) > 80
    for term in terms.terms.values():
        assert term.sentence.endswith("."), term.key
        assert len(term.sentence) > 10, term.key
        with override("zh-hans"):
            assert term.meaning != term.sentence, f"{term.key} is not translated"


def test_the_page_lists_them_by_letter_and_finds(acme):
    client = client_of(acme.east_rep)
    text = client.get("/help/terms/").content.decode()
    activate("zh-hans")
    assert all(term.name in text for term in terms.terms.values())
    found = client.get("/help/terms/?q=潜在客户").content.decode()
    assert terms.terms["tier.D"].meaning in found
    assert terms.terms["status.signed"].meaning not in found
    assert "so-empty" in client.get("/help/terms/?q=qqqq").content.decode()


def test_a_question_mark_unfolds_without_script(acme):
    client = client_of(acme.director)
    text = client.get("/customers/").content.decode()
    assert '<details class="so-term"' in text
    assert terms.terms["tier"].meaning in text
