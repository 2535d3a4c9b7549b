"""Pages by position: complete, without repetition, in constant queries."""

import datetime as dt
from collections import Counter

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from kit.lists import Page, capped_count, capped_counts, capped_groups, page_of

START = dt.datetime(2026, 11, 21, 8, tzinfo=dt.UTC)
ORDER = ("-date_joined", "-id")


@pytest.fixture
def people(db):
    """Makes n logins, three at each moment, and returns only these."""

    def make(n):
        User.objects.bulk_create(
            User(
                login=f"list-{i:04}",
                name=f"{i % 7}",
                password=make_password(None),
                date_joined=START + dt.timedelta(microseconds=i // 3),
            )
            for i in range(n)
        )
        return User.objects.filter(login__startswith="list-")

    return make


def walk(queryset, way="next", cursor="", **options):
    """Every page from the cursor on."""
    pages = [page_of(queryset, {"cursor": cursor}, **options)]
    while cursor := getattr(pages[-1], way):
        pages.append(page_of(queryset, {"cursor": cursor}, **options))
    return pages


@pytest.mark.parametrize("count", [0, 1, 24, 25, 26, 50, 77])
@pytest.mark.parametrize("order", [ORDER, ("date_joined", "-id"), ("-name", "id"), ("id",)])
def test_walking_forward_and_back_shows_every_row_once(people, count, order):
    queryset = people(count)
    expected = list(queryset.order_by(*order))
    pages = walk(queryset, order=order)
    assert [row for page in pages for row in page] == expected
    assert [len(page) for page in pages] == [25] * (count // 25) + (
        [count % 25] if count % 25 or not count else []
    )
    assert pages[0].previous is None
    if len(pages) > 1:
        back = walk(queryset, "previous", pages[-1].previous, order=order)
        assert [page.rows for page in back] == [page.rows for page in pages[-2::-1]]


def test_annotations_and_related_columns_can_give_the_order(people):
    queryset = people(60).annotate(rank=F("name"))
    assert [row for page in walk(queryset, order=("rank", "-id")) for row in page] == list(
        queryset.order_by("rank", "-id")
    )


def test_rows_that_arrive_or_leave_between_two_pages_shift_nothing(people):
    queryset = people(75)
    first = page_of(queryset, {}, order=ORDER)
    expected = list(queryset.order_by(*ORDER))[25:50]
    User.objects.create(login="list-new", date_joined=START + dt.timedelta(days=1))
    queryset.filter(pk__in=[row.pk for row in first.rows[:5]])._raw_delete("default")
    second = page_of(queryset, {"cursor": first.next}, order=ORDER)
    assert second.rows == expected
    # what lies before is shorter than a page now: the first page is filled up instead
    back = page_of(queryset, {"cursor": second.previous}, order=ORDER)
    assert back.rows == list(queryset.order_by(*ORDER)[:25])
    assert back.previous is None


@pytest.mark.parametrize("cursor", ["", "x", "eyJ9.x", "n.1", "é\x00", "a" * 5000, "."])
def test_a_cursor_that_is_not_ours_means_the_first_page(people, cursor):
    queryset = people(30)
    assert page_of(queryset, {"cursor": cursor}, order=ORDER).rows == list(
        queryset.order_by(*ORDER)[:25]
    )


def test_a_cursor_works_only_for_its_list_and_order(people):
    queryset = people(60)
    cursor = page_of(queryset, {}, order=ORDER).next
    assert page_of(queryset, {"cursor": cursor}, order=("id",)).previous is None
    assert page_of(queryset, {"cursor": cursor[:-1]}, order=ORDER).previous is None
    assert page_of(queryset, {"cursor": cursor}, order=ORDER).previous is not None


@pytest.mark.parametrize("count", [1, 500])
def test_a_page_takes_one_query_and_its_total_one_more(people, count):
    queryset = people(count)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = page_of(queryset, {}, order=ORDER)
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        assert page.total_text == str(count)
        assert page.total_text == str(count)
    assert len(asked) == 1
    assert "OFFSET" not in str(asked.captured_queries)


def test_counting_stops_at_the_cap(people):
    queryset = people(12).order_by("name")
    assert capped_count(queryset, cap=11) == (11, "11+")
    assert capped_count(queryset, cap=12) == (12, "12")
    assert capped_count(queryset.none()) == (0, "0")
    assert capped_count(queryset.values("name").distinct(), cap=100) == (7, "7")
    assert capped_counts(queryset, queryset.none(), cap=11) == [(11, "11+"), (0, "0")]


def test_a_column_that_is_null_cannot_give_the_order(people):
    queryset = people(30)
    with pytest.raises(ValueError, match="null"):
        page_of(queryset, {}, order=("mobile", "id"))


def test_a_page_is_walked_and_measured_like_its_rows():
    page = Page([1, 2], None, None, User.objects.none())
    assert (list(page), len(page)) == ([1, 2], 2)


def test_groups_are_counted_in_one_walk_and_never_guessed(people):
    queryset = people(12)
    names = Counter(queryset.values_list("name", flat=True))
    with CaptureQueriesContext(connection) as asked:
        total, groups = capped_groups(queryset, "name", [*names, "nobody"], cap=3)
    assert len(asked) == 1
    assert (total, groups.pop("nobody")) == ("12", "0")
    assert groups == {name: str(number) for name, number in names.items()}
    # of a list that is too long a group is told only when it reaches the cap
    total, groups = capped_groups(queryset, "name", [*names, "nobody"], cap=1)
    assert (total, groups.pop("nobody")) == ("5+", "")
    assert set(groups.values()) <= {"1+", ""}
    assert capped_groups(queryset.none(), "name", ["1"]) == ("0", {"1": "0"})
