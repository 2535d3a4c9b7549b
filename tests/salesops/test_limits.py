"""C: so many requests a minute, by token and by member, counted where every process sees it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from org import actions as org
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/products/"


def header(member):
    return {"Authorization": f"Token {org.make_token(member, name='t', by=member)}"}


def statuses(number, headers, client=None):
    return [(client or Client()).get(ROOT, headers=headers).status_code for _n in range(number)]


def test_a_token_that_asks_too_often_waits(acme, settings):
    settings.API_PER_TOKEN = 3
    mine, hers, second = (header(acme.east_rep), header(acme.east_rep2), header(acme.east_rep))
    # a minute may end among them
    assert statuses(7, mine).count(200) in range(3, 7)
    late = Client().get(ROOT, headers=mine)
    while late.status_code == 200:
        late = Client().get(ROOT, headers=mine)
    assert late.status_code == 429
    assert 1 <= int(late["Retry-After"]) <= 60
    assert late.json()["code"] == "too_many"
    assert late["Retry-After"] in late.json()["detail"]
    assert statuses(1, hers) == [200]
    assert statuses(1, second) == [200]


def test_a_member_does_not_get_further_with_many_tokens(acme, settings):
    settings.API_PER_MEMBER = 3
    tokens = [header(acme.east_rep) for _n in range(7)]
    assert 429 in [status for one in tokens for status in statuses(1, one)]
    browser = client_of(acme.east_rep)
    assert browser.get("/customers/").status_code == 200  # pages are not counted
    assert statuses(1, header(acme.east_rep2)) == [200]


def test_sessions_are_counted_too(acme, settings):
    settings.API_PER_MEMBER = 2
    assert 429 in statuses(5, {}, client_of(acme.east_rep))
    settings.API_PER_MEMBER = 1000
    assert statuses(1, {}, client_of(acme.east_rep)) == [200]


def test_it_costs_one_statement_and_pages_none(acme):
    mine = header(acme.east_rep)

    def counted(client, path, **more):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path, **more).status_code == 200
        return sum("org_apiuse" in query["sql"] for query in asked.captured_queries)

    assert counted(Client(), ROOT, headers=mine) == 1
    assert counted(client_of(acme.east_rep), "/customers/") == 0


def test_the_counter_waits_for_no_disk(acme):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'org_apiuse'")
        assert cursor.fetchone() == ("u",)
