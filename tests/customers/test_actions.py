"""What the verbs of customers and visits do and refuse."""

import pytest

from customers import actions
from customers.models import Customer

pytestmark = pytest.mark.django_db


def test_a_rep_adds_a_customer_at_the_own_unit(acme):
    customer = actions.create(by=acme.east_rep, name="华东精密机械有限公司")
    assert customer.org_path == acme.east_rep.scope.home.path
    assert list(Customer.objects.search("hdjm")) == [customer]
