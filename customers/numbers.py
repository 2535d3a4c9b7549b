"""T16.2: what one reader is shown of the numbers of a customer and of its people."""

from copy import copy
from typing import Any

from django.db import models

from customers.models import Contact, Customer
from kit.masks import masked, restored
from org.models import Member

# what people write about a customer may hold a number as well
CUSTOMER = ("phone", "address", "needs", "preferences", "notes", "duplicate_reason")
CONTACT = ("mobile", "phone", "email", "wechat", "notes")
VISIT = ("purpose", "met", "summary", "rival_news", "next_step", "cancel_reason")


def is_open(member: Member, customer: Customer) -> bool:
    """Whether the reader has the whole numbers without asking."""
    return bool(member.may("customers.see_numbers", customer))


def is_said_to(member: Member, note: Any) -> bool:
    """A visit or a note: whoever wrote it reads his own words."""
    return note.owner_id == member.pk or is_open(member, note.customer)


def veiled(member: Member, obj: Customer | Contact) -> Any:
    """A copy to be put into a form: masked for those who have not the whole numbers."""
    twin = copy(obj)
    if is_open(member, obj.customer if isinstance(obj, Contact) else obj):
        return twin
    for name in CONTACT if isinstance(obj, Contact) else CUSTOMER:
        setattr(twin, name, masked(name, getattr(obj, name)))
    return twin


def unveiled(member: Member, obj: models.Model, fields: dict[str, Any]) -> dict[str, Any]:
    """What came back from such a form: a mask that was left alone is the number below it."""
    if is_open(member, obj.customer if isinstance(obj, Contact) else obj):
        return fields
    return {name: restored(name, value, getattr(obj, name, None)) for name, value in fields.items()}


def veil(member: Member, customer: Customer, facts: dict[str, Any], names: Any) -> dict[str, Any]:
    """Facts for a program, those of `names` masked unless the reader has the whole numbers."""
    if is_open(member, customer):
        return facts
    return {n: masked(n, value) if n in names else value for n, value in facts.items()}
