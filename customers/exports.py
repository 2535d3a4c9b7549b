"""T16: the customer list as a table, through the same sight and filters as on the page."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from customers.filters import CustomerFilter
from customers.models import Contact, Customer
from files.exporters import Exporter, register
from kit.sheets.writing import Cell
from org.models import Member

HEADINGS = (
    N_("Customer name"),
    N_("Tier"),
    N_("Industry"),
    N_("Province"),
    N_("City"),
    N_("Owner"),
    N_("Unit"),
    N_("Source"),
    N_("Credit code"),
    N_("Last contact"),
    N_("Next contact"),
    N_("Added on"),
)
PRIVATE = (N_("Address"), N_("Telephone"), N_("Contact"), N_("Position"), N_("Mobile"))


def ids(member: Member, filters: QueryDict) -> list[int]:
    """Exactly the rows that the list shows to the member with these filters."""
    rows = CustomerFilter(filters, Customer.objects.visible_to(member)).qs
    return list(rows.order_by("-updated_at", "-id").values_list("pk", flat=True))


def header(contacts: bool) -> list[str]:
    return [_(text) for text in (*HEADINGS, *(PRIVATE if contacts else ()))]


def rows(
    member: Member, some: Sequence[int], contacts: bool, filters: QueryDict
) -> list[Sequence[Cell]]:
    found = Customer.objects.visible_to(member).filter(pk__in=some).select_related("owner", "unit")
    if contacts:
        people = Contact.objects.filter(archived_at=None).order_by("-is_primary", "pk")
        found = found.prefetch_related(Prefetch("contacts", people, to_attr="people"))
    by_pk = {customer.pk: customer for customer in found}
    return [row(member, by_pk[pk], contacts) for pk in some if pk in by_pk]


def row(member: Member, customer: Customer, contacts: bool) -> list[Any]:
    last = customer.last_contact_at
    cells: list[Any] = [
        customer.name,
        customer.tier,
        customer.industry,
        str(customer.get_province_display()),
        customer.city,
        customer.owner.name,
        customer.unit.name,
        str(customer.get_source_display()),
        customer.credit_code,
        timezone.localdate(last) if last else None,
        customer.due_on,
        timezone.localdate(customer.created_at),
    ]
    return cells + private(member, customer) if contacts else cells


def private(member: Member, customer: Customer) -> list[Any]:
    """Numbers of one's own and where one leads or assists; elsewhere the cells stay empty."""
    scope, path = member.scope, customer.org_path
    is_own = customer.owner_id == member.pk
    if not (is_own or scope.covering("lead", path) or scope.covering("assist", path)):
        return [""] * len(PRIVATE)
    first = customer.people[0] if customer.people else Contact()
    return [customer.address, customer.phone, first.name, first.title, first.mobile]


def ready() -> None:
    register(
        Exporter(
            kind="customers.customer",
            label=N_("Customers"),
            rule="customers.list",
            contacts_rule="customers.export_contacts",
            ids=ids,
            header=header,
            rows=rows,
            url="customers:list",
            model="customers.Customer",
        )
    )
