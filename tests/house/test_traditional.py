"""繁體: every text has it, no simplified character is left, and the pages show it."""

import json
import re

import pytest
from django.conf import settings
from django.utils import translation
from opencc import OpenCC

from kit.traditional import OVERRIDES, traditional
from salesops.management.commands import messages
from tests.access import samples
from tests.access.changes import dump
from tests.access.test_matrix import interesting, model_of, path_of
from tests.conftest import client_of

HAN = re.compile(r"[\u4e00-\u9fff]+")
PLAIN = OpenCC("s2t")
# variants that are written in both, and what the overrides decided
SAID = re.compile(r'lang="zh-hans"[^<]*|简体中文')  # says itself that it is simplified
KEPT = {*"台准秘群床峰", *"".join(OVERRIDES.values())}


def simplified(text):
    """Words with a character that traditional writing does not have."""
    return {
        word
        for word in HAN.findall(text)
        if any(PLAIN.convert(one) != one and one not in KEPT for one in word)
    }


def test_the_list_decides():
    assert traditional("合同归档：%(count)s 个客户的<b>代码</b>、权限与审核") == (
        "合約歸檔：%(count)s 個客戶的<b>代碼</b>、權限與審核"
    )
    assert simplified("合同归档 客戶") == {"合同归档"}


def test_every_chinese_text_is_there_in_traditional_characters():
    english, left, count = [], set(), 0
    for house in messages.own_apps():
        for (context, text), message in messages.stored(house).items():
            count += 1
            many = isinstance(message.id, tuple)
            for language in ("zh-hans", "zh-hant"):
                with translation.override(language):
                    if many:
                        told = translation.ngettext(*message.id, 5)
                    elif context:
                        told = translation.pgettext(context, text)
                    else:
                        told = translation.gettext(text)
                if HAN.search(str(message.string)) and not HAN.search(told):
                    english.append((language, text))
                if language == "zh-hant":
                    left |= simplified(told)
    assert count > 1000
    assert english == []
    assert left == set()


def data():
    """What people wrote stays as they wrote it: the texts of all rows, the longest first."""
    texts = set()

    def look(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for one in value:
                look(one)
        elif isinstance(value, str) and HAN.search(value):
            texts.add(value)

    for row in dump().values():
        look(json.loads(row))
    return re.compile("|".join(map(re.escape, sorted(texts, key=len, reverse=True))))


@pytest.mark.parametrize("name", ["east_rep", "admin"])
def test_pages_show_no_simplified_text_that_is_no_data(acme, name):
    records = {model: record.pk for model, record in samples.build(acme).items()}
    client = client_of(getattr(acme, name), headers={"accept-language": "zh-TW"})
    pages, known = {}, data()
    for text, view in interesting():
        model = model_of(view)
        if text.startswith("api/") or (model and model not in records):
            continue
        answer = client.get(path_of(text, records.get(model, 0)))
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            pages[text] = answer.content.decode()
    assert len(pages) > 40
    assert {re.search(r'<html lang="([^"]*)"', p)[1] for p in pages.values() if "<html" in p} == {
        "zh-hant"
    }
    left = {
        (where, word)
        for where, page in pages.items()
        for word in simplified(known.sub(" ", SAID.sub("", page)))
    }
    assert left == set()
    assert "合約" in pages["contracts/"]


def test_the_reader_chooses_among_three(acme):
    client = client_of(acme.east_rep)
    page = client.get("/contracts/").content.decode()
    for code, name in settings.LANGUAGES:
        assert f'value="{code}" lang="{code}"' in page
        assert name in page
        client.post("/i18n/setlang/", {"language": code, "next": "/"})
        assert f'<html lang="{code}"' in client.get("/contracts/").content.decode()
