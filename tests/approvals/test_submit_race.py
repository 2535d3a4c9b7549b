"""ORG-1.3: a paper that is handed over while its owner submits it is submitted by nobody."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from django.db import connection

from contracts import actions as contracts
from contracts.models import Contract
from customers import actions as customers
from customers.models import Customer
from kit.because import Forbidden
from tenancy.context import company
from tests.conftest import cast_of
from tests.contracts.conftest import make_contract

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("take", [True, False])
def test_a_hand_over_and_a_submission_at_once(take):
    firm = cast_of("acme").company.pk
    with company(firm):
        cast = cast_of("acme")
        contracts.seed_vat_rates()
        one = customers.create(by=cast.east_rep, name="华东精密机械有限公司")
        made = make_contract(cast.east_rep, one)
    loaded, handed = Event(), Event()

    def submit():
        try:
            with company(firm):
                paper = Contract.objects.get(pk=made.pk)
                loaded.set()
                handed.wait(10)
                return contracts.submit(paper, by=cast.anew("east_rep")).status
        except Forbidden:
            return "forbidden"
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as people:
        waits = people.submit(submit)
        with company(firm):
            loaded.wait(10)
            customers.hand_over([Customer.objects.get()], to=cast.east_supervisor, take=take,
                                reason="区域调整交接", by=cast.east_manager)  # fmt: skip
            handed.set()
            sleep(0.4)
        said = waits.result(20)
    with company(firm):
        fresh = Contract.objects.get(pk=made.pk)
        wanted = ("forbidden", "draft", None) if take else ("in_review", "in_review", cast.east_rep)
        assert (said, fresh.status, fresh.case and fresh.case.owner) == wanted
