"""Totals equal the rows a member sees, and every number opens exactly those rows."""

import datetime as dt

import pytest
from django.apps import apps
from django.utils import timezone

from figures.measures import measures
from figures.totals import figures, is_day, split
from org.access import sees
from tests.conftest import client_of
from tests.story import told

KEYS = ("signed_amount", "contracts", "visits", "new_customers")
PEOPLE = (
    "director", "management", "finance", "secretary", "east_manager", "west_manager",
    "east_supervisor", "east_rep", "bare_rep", "admin",
)  # fmt: skip


@pytest.fixture
def days():
    today = timezone.localdate()
    return today - dt.timedelta(60), today


def counted(member, key, days):
    """The same number, row by row, by the check for one object."""
    measure = measures[key]
    rows = apps.get_model(measure.model).objects.filter(measure.where)
    total = 0
    for row in rows.select_related("unit", "owner"):
        at = getattr(row, measure.at)
        if at is None:
            continue
        day = at if is_day(measure) else timezone.localdate(at)
        if days[0] <= day <= days[1] and sees(member, row):
            total += row.gross_amount if measure.is_money else 1
    return total


@pytest.mark.parametrize("who", PEOPLE)
def test_every_total_is_the_sum_of_the_rows_the_member_sees(acme, days, who):
    told(acme)
    member = getattr(acme, who)
    whole = figures(member, KEYS, *days)[0]
    for key in KEYS:
        expected = counted(member, key, days)
        assert whole.values[key] == expected
        for way in ("region", "team", "member", "month"):
            rows = figures(member, KEYS, *days, by=way)
            assert sum(row.values[key] for row in rows) == expected, (key, way)


def test_the_story_shows_different_numbers_to_different_people(acme, days):
    told(acme)
    seen = [figures(getattr(acme, who), KEYS, *days)[0].values for who in PEOPLE]
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert seen[0]["visits"] > seen[4]["visits"] > seen[6]["visits"] > seen[7]["visits"] > 0
    assert not any(seen[-1].values())


def test_a_region_holds_its_teams_and_its_people(acme, days):
    told(acme)
    east = acme.unit("east")
    director = acme.director
    regions = {row.key: row for row in figures(director, KEYS, *days, by="region")}
    for way in ("none", "team", "member"):
        rows = figures(director, KEYS, *days, by=way, within=east)
        for key in KEYS:
            assert sum(row.values[key] for row in rows) == regions[east.pk].values[key]


def test_a_unit_out_of_sight_adds_up_to_nothing(acme, days):
    told(acme)
    row = figures(acme.west_manager, KEYS, *days, within=acme.unit("east"))[0]
    assert not any(row.values.values())
    mine = figures(acme.east_rep, KEYS, *days, owner=acme.west_rep)[0]
    assert not any(mine.values.values())


def test_teams_and_people_without_a_number_are_listed_too(acme, days):
    teams = figures(acme.director, KEYS, *days, by="team")
    assert [row.label for row in teams] == ["华东一组", "华东二组", "西北一组"]
    people = figures(acme.east_supervisor, KEYS, *days, by="member")
    assert {row.label for row in people} == {
        "acme.east_rep",
        "acme.east_rep2",
        "acme.east_supervisor",
    }


@pytest.mark.parametrize("who", ["director", "east_manager", "east_rep"])
@pytest.mark.parametrize("way", ["none", "region", "team", "member", "month"])
def test_every_number_opens_exactly_its_rows(acme, days, who, way):
    told(acme, customers=20, contracts=10)
    member = getattr(acme, who)
    client = client_of(member)
    for row in figures(member, KEYS, *days, by=way):
        for key in KEYS[1:]:
            answer = client.get(row.urls[key])
            assert answer.status_code == 200
            assert answer.context["page"].queryset.count() == row.values[key], (key, row)


def test_one_statement_for_all_measures_of_whole_months(acme, days, django_assert_num_queries):
    told(acme, customers=6, contracts=4)
    director = acme.director
    assert director.scope
    first = days[0].replace(day=1)
    assert split(first, days[1])[1] == []
    with django_assert_num_queries(2):
        figures(director, KEYS, first, days[1], by="team")


def test_an_unknown_grouping_is_a_bug(acme, days):
    with pytest.raises(ValueError, match="unknown grouping"):
        figures(acme.director, KEYS, *days, by="planet")
