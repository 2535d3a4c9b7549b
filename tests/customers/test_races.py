"""Two phones of one person, and two people, at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from audit.verify import verify
from customers import actions
from customers.models import Customer, Note, Visit
from org.access import sees
from org.models import Member
from tenancy.context import company
from tests.conftest import cast_of

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


def at_once(firm, act):
    """`act(member, customer)` in several transactions at the same time; what each gave."""

    def one(_number):
        try:
            with company(firm):
                member = Member.objects.get(employee_no="east_rep")
                return act(member, Customer.objects.get())
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as people:
        return list(people.map(one, range(AT_ONCE)))


@pytest.fixture
def firm(transactional_db):
    cast = cast_of("acme")
    with company(cast.company.pk):
        actions.create(by=cast.east_rep, name="华东精密机械有限公司")
    return cast.company.pk


def test_check_ins_at_once_leave_one_visit_open(firm):
    done = at_once(firm, lambda member, customer: actions.check_in(customer, by=member).pk)
    with company(firm):
        assert len(set(done)) == Visit.objects.count() == AT_ONCE
        assert Visit.objects.filter(status="open").count() == 1
        assert Visit.objects.filter(is_unclosed=True).count() == AT_ONCE - 1
        assert verify(firm).ok


def test_one_check_in_sent_many_times_is_one_visit(firm):
    key = uuid4()

    def send(member, customer):
        return actions.check_in(customer, by=member, client_uuid=key).pk

    done = at_once(firm, send)
    with company(firm):
        assert set(done) == {Visit.objects.get().pk}


ACTS = {
    "check in": lambda member, customer: actions.check_in(customer, by=member),
    "note": lambda member, customer: actions.add_note(customer, by=member, text="电话确认交期"),
    "plan": lambda member, customer: actions.plan_visit(
        customer, by=member, planned_on=timezone.localdate()
    ),
    "next": lambda member, customer: actions.finish_visit(
        customer.visits.get(owner=member), by=member, summary="见了采购经理",
        next_on=timezone.localdate(), next_step="送样",
    ),
}  # fmt: skip


@pytest.mark.parametrize("act", ACTS)
def test_what_is_written_while_a_customer_is_handed_over_goes_along(firm, act):
    """CUS-1.10: list and page agree for all: the new owner and his people, not the old ones."""
    with company(firm):
        cast = cast_of("acme")
        if act == "next":
            actions.check_in(Customer.objects.get(), by=cast.east_supervisor)
    passed, written = Event(), Event()

    def write():
        try:
            with company(firm):
                member, customer = cast.anew("east_supervisor"), Customer.objects.get()
                written.set()
                passed.wait(10)
                ACTS[act](member, customer)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as people:
        waits = people.submit(write)
        with company(firm):
            written.wait(10)
            actions.hand_over([Customer.objects.get()], to=cast.west_rep, reason="区域调整交接",
                              by=cast.director)  # fmt: skip
            passed.set()
            sleep(0.4)
        waits.result(20)
    with company(firm):
        customer = Customer.objects.get()
        for model in (Visit, Note):
            for row in model.objects.all():
                place = (row.unit_id, row.org_path, row.keeper_id)
                assert place == (customer.unit_id, customer.org_path, customer.owner_id)
                for name in ("east_rep", "east_manager", "west_rep", "west_manager", "director"):
                    who = cast.anew(name)
                    found = model.objects.visible_to(who).filter(pk=row.pk).exists()
                    assert (found, bool(sees(who, row))) == ((wanted := "east" not in name), wanted)
