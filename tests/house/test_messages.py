"""The Chinese catalogues: complete, certain, and in step with the code."""

import gettext
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from salesops.management.commands import messages


def test_every_text_is_translated_and_none_is_left_over():
    wrong = [fault for house, texts in collected() for fault in messages.faults(house, texts)]
    assert wrong == []


def collected():
    houses = messages.own_apps()
    texts = messages.collect(houses)
    return [(house, texts[house.label]) for house in houses]


def test_a_text_stands_in_one_catalogue_only():
    keys = [key for _house, texts in collected() for key in texts]
    assert sorted(keys, key=str) == sorted(set(keys), key=str)


def test_an_unknown_app_is_refused():
    with pytest.raises(CommandError, match="nowhere"):
        call_command("messages", "nowhere")


@pytest.fixture
def house(tmp_path, settings):
    """A small product: two apps, the lower one is the kit, and a folder of templates."""
    settings.BASE = tmp_path
    files = {
        "kit/a.py": 'x = _("Save")\ny = pgettext("verb", "Open")\nz = N_("Only %(n)s")\n',
        "kit/migrations/0001.py": '_("never")\n',
        "desk/a.py": 'ngettext("%(n)d day", "%(n)d days", 3)\n_("Save")\n_(f"no {x}")\n',
        "templates/base.html": "{% load i18n %}\n    <p>{% translate 'Menu' %} {{ _('Home') }}\n",
        "templates/parts/b.html": '{% if x %}{% translate "Part" context "noun" %}{% endif %}',
        "templates/desk/c.html": "<div>\n   <p>it's # {% blocktranslate trimmed count n=n %}"
        "\n {{ n }} row\n{% plural %}{{ n }} rows{% endblocktranslate %}",
    }
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return [SimpleNamespace(label=name, path=str(tmp_path / name)) for name in ("kit", "desk")]


def test_texts_are_found_in_code_and_templates_and_go_to_the_lowest_app(house):
    texts = messages.collect(house)
    assert sorted(texts["kit"], key=str) == sorted(
        [
            (None, "Home"),
            (None, "Menu"),
            (None, "Only %(n)s"),
            (None, "Save"),
            ("noun", "Part"),
            ("verb", "Open"),
        ],
        key=str,
    )
    assert {key: found.plural for key, found in texts["desk"].items()} == {
        (None, "%(n)d day"): "%(n)d days",
        (None, "%(n)s row"): "%(n)s rows",
    }
    assert texts["kit"][None, "Save"].files == {"kit/a.py", "desk/a.py"}


def test_a_text_inside_an_f_string_is_refused(house, tmp_path):
    (tmp_path / "kit" / "b.py").write_text('f"{_(name)} {1}"\n')
    messages.collect(house)
    (tmp_path / "kit" / "b.py").write_text("\nf\"{_('Save')} {1}\"\n")
    with pytest.raises(CommandError, match=r"b\.py:2"):
        messages.collect(house)


def test_translations_survive_a_new_run_and_compile(house):
    kit, desk = house
    texts = messages.collect(house)
    for app in house:
        assert messages.write_catalogue(app, texts[app.label], {})
        path = messages.catalogue(app)
        path.write_text(
            path.read_text()
            .replace('msgid "Save"\nmsgstr ""', 'msgid "Save"\nmsgstr "保存"')
            .replace('msgstr[0] ""', 'msgstr[0] "%(n)d 天"', 1)
        )
        messages.write_catalogue(app, texts[app.label], messages.stored(app))
        assert not messages.write_catalogue(app, texts[app.label], messages.stored(app))
        messages.write_compiled(app)
    with messages.catalogue(kit).with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Save") == "保存"
    with messages.catalogue(desk).with_suffix(".mo").open("rb") as file:
        chinese = gettext.GNUTranslations(file)
    assert chinese.ngettext("%(n)d day", "%(n)d days", 5) == "%(n)d 天"
    assert ":1" not in messages.catalogue(kit).read_text()


def test_faults_are_named(house):
    kit, _desk = house
    texts = messages.collect(house)["kit"]
    messages.write_catalogue(kit, texts, {})
    path = messages.catalogue(kit)
    path.write_text(
        path.read_text()
        .replace('"Home"', '"Elsewhere"')
        .replace('"Only %(n)s"\nmsgstr ""', '"Only %(n)s"\nmsgstr "仅 %(m)s"')
        .replace('msgid "Menu"\nmsgstr ""', '#, fuzzy\nmsgid "Menu"\nmsgstr "菜"')
    )
    assert sorted(messages.faults(kit, texts)) == [
        "kit: fuzzy: 'Menu'",
        "kit: missing: 'Home'",
        "kit: obsolete: 'Elsewhere'",
        "kit: other places: 'Only %(n)s'",
        "kit: untranslated: 'Open'",
        "kit: untranslated: 'Part'",
        "kit: untranslated: 'Save'",
    ]
