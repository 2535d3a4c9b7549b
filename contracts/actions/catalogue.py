"""The keeping of the catalogue: products and the table of tax rates."""

from datetime import date
from decimal import Decimal

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from audit.actions import record
from contracts.models import Product, VatCategory, VatRate
from org.access import check
from org.models import Member
from tenancy.context import memo

RATES = (
    (VatCategory.STANDARD, N_("VAT 13%"), "0.13", None),
    (VatCategory.LOWER, N_("VAT 9%"), "0.09", None),
    (VatCategory.SERVICES, N_("VAT 6%"), "0.06", None),
    (VatCategory.ZERO, N_("VAT 0%"), "0", None),
    (VatCategory.EXEMPT, N_("VAT exempt"), "0", None),
    (VatCategory.LEVY, N_("Levy 3%"), "0.03", None),
    (VatCategory.LEVY_REDUCED, N_("Levy 1% (until 2027-12-31)"), "0.01", date(2028, 1, 1)),
)
SINCE = date(2019, 4, 1)


def save_product(product: Product, *, by: Member) -> Product:
    """CTR-5.1: add a product or change one; contracts keep what they were written with."""
    check(by, "contracts.keep_products", product)
    is_new = product.pk is None
    product.updated_at = timezone.now()
    product.full_clean(exclude=["company"])
    product.save()
    after = {"name": product.name, "code": product.code, "list_price": product.list_price}
    verb = "contracts.create_product" if is_new else "contracts.change_product"
    record(verb, product, by=by, after=after | {"is_active": product.is_active})
    return product


def seed_vat_rates() -> int:
    """T13: the table a new company starts with; returns how many rates were added."""
    have = set(VatRate.objects.values_list("category", flat=True))
    with translation.override("zh-hans"):
        rows = [
            VatRate(category=category, name=_(name), rate=Decimal(rate), during=(SINCE, until))
            for category, name, rate, until in RATES
            if category not in have
        ]
    memo().clear()
    return len(VatRate.objects.bulk_create(rows))
