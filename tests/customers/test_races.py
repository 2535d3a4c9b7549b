"""Two phones of one person at the same moment."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from audit.verify import verify
from customers import actions
from customers.models import Customer, Visit
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
