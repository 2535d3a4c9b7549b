"""Lists ask the same number of statements whatever they hold, and few."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.models import Contract
from customers.models import Customer, Visit
from tests.conftest import client_of

# the transaction of the request, its company, and the tests' own transaction around it
PLUMBING = ("SAVEPOINT", "RELEASE", "SELECT set_config('app.company'")
PAGES = ("/customers/", "/contracts/", "/customers/visits/?box=all", "/api/v1/customers/")
MOST = 10
# they answer many questions each; what counts is that more rows ask no more
DEAR = {"/": 24, "/figures/": 20}
ROWS = 500


def statements(client, page):
    with CaptureQueriesContext(connection) as found:
        assert client.get(page).status_code == 200
    return sum(not query["sql"].startswith(PLUMBING) for query in found.captured_queries)


def fill(acme, number):
    """So many customers of one rep, each with a visit and a draft."""
    rep, now = acme.east_rep, timezone.now()
    place = {"owner": rep, "unit_id": rep.scope.home.unit_id, "org_path": rep.scope.home.path}
    rows = Customer.objects.bulk_create(
        Customer(name=f"第{n}号客户", tier="ABCD"[n % 4], updated_at=now - dt.timedelta(n), **place)
        for n in range(number)
    )
    Visit.objects.bulk_create(
        Visit(customer=row, planned_on=timezone.localdate(), **place) for row in rows
    )
    Contract.objects.bulk_create(
        Contract(customer=row, title="合同", buyer=row.name, seller="我们", **place) for row in rows
    )


@pytest.mark.parametrize("who", ["director", "east_supervisor", "east_rep"])
@pytest.mark.parametrize("page", PAGES)
def test_a_list_asks_as_few_statements_for_500_rows_as_for_one(acme, who, page):
    client = client_of(getattr(acme, who))
    fill(acme, 1)
    one = statements(client, page)
    fill(acme, ROWS)
    assert statements(client, page) == one
    assert one <= MOST


@pytest.mark.parametrize("who", ["director", "east_manager", "east_rep"])
@pytest.mark.parametrize(("page", "most"), DEAR.items())
def test_the_first_page_and_the_figures_ask_no_more_for_500_rows(acme, who, page, most):
    client = client_of(getattr(acme, who))
    fill(acme, 9)
    few = statements(client, page)
    fill(acme, ROWS)
    assert statements(client, page) == few
    assert few <= most


@pytest.mark.parametrize("kind", ["customers", "contracts"])
def test_a_record_asks_no_more_for_500_rows_behind_it(acme, kind):
    client = client_of(acme.east_rep)
    fill(acme, 1)
    one = Customer.objects.get()
    pk = one.pk if kind == "customers" else one.contracts.get().pk
    path = f"/{kind}/{pk}/"
    few = statements(client, path)
    place = {"owner": one.owner, "unit": one.unit, "org_path": one.org_path}
    Visit.objects.bulk_create(Visit(customer=one, **place) for _n in range(ROWS))
    Contract.objects.bulk_create(
        Contract(customer=one, title="合同", buyer=one.name, seller="我们", **place)
        for _n in range(ROWS)
    )
    assert statements(client, path) == few
