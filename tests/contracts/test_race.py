"""ORG-1.3: a paper that is handed over while its owner acts on it is his no more."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest
from django.db import connection
from django.utils import timezone

from contracts import actions as contracts
from contracts.models import Contract
from customers import actions as customers
from customers.models import Customer
from kit.because import Forbidden
from tenancy.context import company
from tests.conftest import cast_of
from tests.contracts.conftest import make_contract
from tests.contracts.steps import through

pytestmark = pytest.mark.django_db(transaction=True)


NAMES = {"signatory_ours": "我", "signatory_theirs": "他"}
ACTS = {
    "submit": ("draft", "in_review", lambda paper, by: contracts.submit(paper, by=by)),
    "sign": ("approved", "signed", lambda paper, by: contracts.sign(
        paper, by=by, signed_on=timezone.localdate(), **NAMES)),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("take", [True, False])
def test_a_hand_over_and_an_act_of_the_owner_at_once(take, act):
    before, after, do = ACTS[act]
    firm = cast_of("acme").company.pk
    with company(firm):
        cast = cast_of("acme")
        contracts.seed_vat_rates()
        one = customers.create(by=cast.east_rep, name="华东精密机械有限公司")
        made = make_contract(cast.east_rep, one)
        if act == "sign":
            through(cast, made)
    loaded, handed = Event(), Event()

    def write():
        try:
            with company(firm):
                paper = Contract.objects.get(pk=made.pk)
                loaded.set()
                handed.wait(10)
                return do(paper, cast.anew("east_rep")).status
        except Forbidden:
            return "forbidden"
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as people:
        waits = people.submit(write)
        with company(firm):
            loaded.wait(10)
            customers.hand_over([Customer.objects.get()], to=cast.east_supervisor, take=take,
                                reason="区域调整交接", by=cast.east_manager)  # fmt: skip
            handed.set()
            sleep(0.4)
        said = waits.result(20)
    with company(firm):
        fresh = Contract.objects.get(pk=made.pk)
        wanted = ("forbidden", before) if take else (after, after)
        assert (said, fresh.status) == wanted
