"""A customer of the east representative, products, and a contract that is ready to go."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from contracts import actions
from contracts.models import Product
from customers.models import Customer


def make_customer(owner, name="华东精密机械有限公司", tier="A"):
    home = owner.scope.home
    return Customer.objects.create(
        name=name, tier=tier, owner=owner, unit_id=home.unit_id, org_path=home.path
    )


def make_contract(
    owner, customer, *, title="年度设备采购合同", discount=95, days=30, price="100000", quantity=2
):
    """30 % on signing, the rest some days after delivery; no rule is broken by default."""
    return actions.create_draft(
        customer,
        by=owner,
        header={
            "title": title,
            "delivery_on": timezone.localdate() + timedelta(40),
            "delivery_place": "苏州工业园区",
            "payment_terms": "30% 预付，70% 货到付款",
        },
        lines=[
            {
                "name": "五轴加工中心",
                "specification": "VMC-850",
                "quantity": Decimal(quantity),
                "unit": "台",
                "list_price": Decimal(price),
                "discount": Decimal(discount),
            },
        ],
        instalments=[
            {"basis": "signing", "percent": Decimal(30), "days_after": 0},
            {"basis": "delivery", "percent": Decimal(70), "days_after": days},
        ],
    )


@pytest.fixture
def rates(acme):
    actions.seed_vat_rates()


@pytest.fixture
def customer(acme, rates):
    return make_customer(acme.east_rep)


@pytest.fixture
def contract(acme, customer):
    return make_contract(acme.east_rep, customer)


@pytest.fixture
def product(acme):
    product = Product(name="五轴加工中心", code="VMC-850", list_price=Decimal(580000))
    return actions.save_product(product, by=acme.secretary)
