"""People at the customer's; one of them is the main contact."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from customers.actions.fields import assign, coded, valid
from customers.models import Contact, Customer
from customers.numbers import unveiled
from kit import codes
from kit.because import Refused
from org.access import check
from org.models import Member

FIELDS = frozenset({"name", "title", "mobile", "phone", "email", "wechat", "is_primary", "notes"})


def checked(contact: Contact) -> None:
    """T12: the numbers in their stored form, the field lengths, a name."""
    errors: dict[str, Any] = {}
    coded(contact, errors, {"mobile": codes.mobile, "phone": codes.phone})
    valid(contact, errors)


def the_only_primary(contact: Contact) -> None:
    """The main contact before steps back; the customer is locked, so there is one at a time."""
    Customer.objects.select_for_update(no_key=True).get(pk=contact.customer_id)
    others = Contact.objects.filter(customer=contact.customer_id, is_primary=True)
    others.exclude(pk=contact.pk).update(is_primary=False)


def new_contact(customer: Customer, fields: Mapping[str, Any]) -> Contact:
    contact = Contact(customer=customer)
    assign(contact, fields, FIELDS)
    checked(contact)
    if contact.is_primary:
        the_only_primary(contact)
    contact.save()
    return contact


def add_contact(customer: Customer, *, by: Member, **fields: Any) -> Contact:
    """CUS-2.1: one more person at the customer's."""
    check(by, "customers.change", customer)
    contact = new_contact(customer, fields)
    after = {name: value for name, value in fields.items() if value}
    record("customers.add_contact", customer, by=by, after=after)
    return contact


def change_contact(contact: Contact, *, by: Member, **fields: Any) -> Contact:
    check(by, "customers.change_contact", contact)
    before = assign(contact, unveiled(by, contact, fields), FIELDS)
    checked(contact)
    before = {name: old for name, old in before.items() if old != getattr(contact, name)}
    if not before:
        return contact
    if contact.is_primary:
        the_only_primary(contact)
    contact.save(update_fields=list(before))
    after = {name: getattr(contact, name) for name in before}
    note = contact.name
    record(
        "customers.change_contact", contact.customer, by=by, before=before, after=after, note=note
    )
    return contact


def archive_contact(contact: Contact, *, by: Member) -> Contact:
    """A person who has left; the line stays in the history."""
    check(by, "customers.change_contact", contact)
    now = timezone.now()
    if not Contact.objects.filter(pk=contact.pk, archived_at=None).update(archived_at=now):
        raise Refused(_("The contact was removed already."), code="moved")
    contact.archived_at = now
    after = {"contact_id": contact.pk, "archived_at": now}
    record("customers.archive_contact", contact.customer, by=by, after=after, note=contact.name)
    return contact
