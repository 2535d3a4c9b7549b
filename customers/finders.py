"""Customers and the people there, for the search everywhere."""

from collections.abc import Iterator

from django.urls import reverse

from customers.models import Contact, Customer
from kit.codes import CREDIT
from kit.search import Found, Sought, best
from org.models import Member

# the newest of these are put in order by how well they fit
LOOKED_AT = 60


def customers(member: Member, sought: Sought, limit: int) -> Iterator[Found]:
    """By name, pinyin and initials, or by the whole credit code; what was touched last first."""
    rows = Customer.objects.visible_to(member).active().order_by("-updated_at", "-id")
    if not sought.is_empty:
        is_code = CREDIT.fullmatch(sought.key)
        rows = rows.filter(credit_code=sought.key) if is_code else rows.search(sought.text)
    rows = rows.only("name", "tier", "city", "province", "industry", "credit_code")
    found = list(rows[: limit if sought.is_empty else LOOKED_AT])
    for row in best(found, sought):
        yield Found(
            label=row.name,
            url=reverse("customers:detail", args=[row.pk]),
            note=" · ".join(filter(None, (row.industry, row.place))),
            tier=row.tier,
            is_exact=bool(sought.key) and row.credit_code == sought.key,
        )


def contacts(member: Member, sought: Sought, limit: int) -> Iterator[Found]:
    """By name, or by a whole telephone number; the number itself is never shown here."""
    if sought.is_empty:
        return
    rows = Contact.objects.visible_to(member).active().search(sought.text)
    rows = rows.select_related("customer").order_by("-id")
    rows = rows.only("name", "title", "customer__name")
    for row in best(list(rows[:LOOKED_AT]), sought):
        yield Found(
            label=row.name,
            url=reverse("customers:detail", args=[row.customer_id]),
            note=" · ".join(filter(None, (row.title, row.customer.name))),
            is_exact=bool(sought.digits),
        )
