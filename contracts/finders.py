"""Contracts and products, for the search everywhere."""

from collections.abc import Iterator

from django.urls import reverse

from contracts.models import Contract, Product
from customers.finders import LOOKED_AT
from kit.names import normalise
from kit.search import Found, Sought, best
from org.models import Member

MOST_PRODUCTS = 5000


def contracts(member: Member, sought: Sought, limit: int) -> Iterator[Found]:
    """By any part of number or title, or by the customer; what was touched last first."""
    rows = Contract.objects.visible_to(member).order_by("-updated_at", "-id")
    if not sought.is_empty:
        rows = rows.search(sought.text)
    rows = rows.select_related("customer")
    rows = rows.only("number", "title", "status", "archive_number", "customer__name")
    found = list(rows[: limit if sought.is_empty else LOOKED_AT])
    for row in best(found, sought, name=lambda one: one.number):
        numbers = {normalise(row.number), normalise(row.archive_number)} - {""}
        yield Found(
            label=str(row),
            url=reverse("contracts:detail", args=[row.pk]),
            note=f"{row.customer.name} · {row.state.label}",
            is_exact=sought.key in numbers,
        )


def products(member: Member, sought: Sought, limit: int) -> Iterator[Found]:
    """By name, in letters or pinyin, or by code; the catalogue is short enough to be read."""
    if sought.is_empty:
        return
    rows = Product.objects.visible_to(member).order_by("-updated_at", "-id")
    rows = rows.only("name", "code", "specification")[:MOST_PRODUCTS]
    found = [row for row in rows if sought.fits(row.name, row.code)]
    for row in best(found, sought):
        yield Found(
            label=row.name,
            url=reverse("contracts:change_product", args=[row.pk]),
            note=" · ".join(filter(None, (row.code, row.specification))),
            is_exact=normalise(row.code) == sought.key,
        )
