import datetime as dt
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template
from django.test import RequestFactory
from django.utils import timezone, translation

from kit.forms import Lookup
from kit.templatetags import so


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def shown(source, **context):
    return Template("{% load so %}" + source).render(Context(context)).strip()


def test_amounts_and_shares_read_like_on_paper():
    assert so.money(Decimal(1286000)) == "¥1,286,000.00"
    assert so.money(None) == "—"
    assert so.percent(Decimal("0.86")) == "86%"
    assert so.percent(Decimal("0.005")) == "0.5%"
    assert so.percent(Decimal(1)) == "100%"
    with translation.override("zh-hans"):
        assert so.money_short(Decimal(-1286000)) == "-¥128.6万"


def test_days_are_those_of_the_active_zone():
    late = dt.datetime(2020, 11, 21, 18, 30, tzinfo=dt.UTC)
    with timezone.override("Asia/Shanghai"):
        assert so.day(late) == "2020-11-22"
        assert so.moment(late) == "2020-11-22 02:30"
        assert so.clock(late) == "02:30"
    assert so.day(dt.date(2026, 1, 2)) == "2026-01-02"
    assert so.day(None) == so.moment(None) == "—"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (1, "1 minute"),
        (59, "59 minutes"),
        (60, "1 hour"),
        (47 * 60, "47 hours"),
        (48 * 60, "2 days"),
    ],
)
def test_time_spans_name_one_unit(minutes, words):
    now = timezone.now()
    span = dt.timedelta(minutes=minutes, seconds=5)
    assert so.since(now - span) == f"{words} ago"
    assert so.left(now + span) == f"{words} left"
    assert so.left(now - span) == f"overdue by {words}"


@pytest.mark.parametrize(
    ("share", "pace", "look"),
    [(70, 70, "so-bar"), (60, 70, "so-bar so-bar-warn"), (59, 70, "so-bar so-bar-bad")],
)
def test_a_bar_turns_amber_then_red_behind_the_time(share, pace, look):
    assert f'class="{look}"' in so.bar(share, pace)


def test_a_bar_stays_within_its_track_and_needs_no_pace():
    assert '<rect class="so-bar-fill" y="3" width="100%"' in so.bar(250)
    assert '<rect class="so-bar-fill" y="3" width="0%"' in so.bar(-5)
    assert 'width="33.3%"' in so.bar(Decimal(100) / 3)
    assert "so-bar-tick" not in so.bar(50)
    assert 'x="0%"' in so.bar(50, 0)


def test_heat_runs_from_nothing_to_nine():
    assert [so.heat(v, 100) for v in (None, 0, 1, 50, 100)] == [
        "so-heat-0",
        "so-heat-0",
        "so-heat-1",
        "so-heat-5",
        "so-heat-9",
    ]
    assert so.heat(5, 0) == "so-heat-0"


def test_badges_escape_what_people_typed():
    nasty = SimpleNamespace(label="<b>", colour="green")
    assert so.pill(nasty) == '<span class="so-pill so-pill-green">&lt;b&gt;</span>'
    assert "&quot;" in so.tier("A", 'x" onload="')
    with pytest.raises(ValueError, match="unknown colour"):
        so.pill("x", "pink")


def test_query_changes_some_keys_and_drops_others():
    request = RequestFactory().get("/", {"q": "a b", "cursor": "n.1", "tier": "A"})
    assert so.query(request, cursor=None, tier="B") == "?q=a+b&tier=B"
    assert so.query(request, tier="", cursor=None, q=None) == "?"


def test_every_rendering_of_a_form_has_its_own_key():
    assert so.formkey() != so.formkey()


class Sheet(forms.Form):
    name = forms.CharField(help_text="as on the licence")
    on = forms.DateField(initial=dt.date(2026, 11, 21))
    kind = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    agreed = forms.BooleanField()


def test_a_field_ties_help_and_error_to_its_input():
    html = shown("{% field form.name %}", form=Sheet({}))
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'class="form-control"' in html


def test_days_are_native_inputs_with_iso_values():
    with translation.override("zh-hans"):
        html = shown("{% field form.on %}", form=Sheet())
    assert 'type="date"' in html
    assert 'value="2026-11-21"' in html


def test_choices_are_a_fieldset_and_checks_are_labelled():
    html = shown("{% field form.kind %}{% field form.agreed %}", form=Sheet())
    assert html.count("form-check-input") == 3
    assert "<legend" in html
    assert '<label for="id_agreed">' in html


def test_a_lookup_takes_the_id_or_finds_the_text():
    widget = Lookup("accounts:login", label=str, find={"Acme": 7}.get)
    assert widget.value_from_datadict({"c": "3", "c_text": "Acme"}, {}, "c") == "3"
    assert widget.value_from_datadict({"c": "", "c_text": " Acme "}, {}, "c") == 7
    assert widget.value_from_datadict({"c": "", "c_text": "Nobody"}, {}, "c") is None
