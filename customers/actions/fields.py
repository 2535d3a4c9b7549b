"""What people type, brought into the stored form or refused beside its field."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from customers.models import NAME_LENGTH, Customer
from kit import codes
from kit.because import Refused
from kit.names import company_key, grams, normalise, search_text


def tidy(value: Any) -> Any:
    """Text without blanks around it and without characters the database refuses."""
    return value.replace("\0", "").strip() if isinstance(value, str) else value


def assign(obj: models.Model, fields: Mapping[str, Any], allowed: frozenset[str]) -> dict[str, Any]:
    """Put the fields on the object; returns the values before of those that really change."""
    if unknown := fields.keys() - allowed:
        raise TypeError(f"not fields of {obj._meta.label}: {sorted(unknown)}")
    before = {}
    for name, value in fields.items():
        new = tidy(value)
        if getattr(obj, name) != new:
            before[name] = getattr(obj, name)
            setattr(obj, name, new)
    return before


def named(customer: Customer) -> None:
    """Everything that follows from the name: what it is found and compared by."""
    customer.search = search_text(customer.name)
    customer.grams = grams(customer.search)
    keys = company_key(customer.name)
    customer.name_key = keys.key[:NAME_LENGTH]
    customer.bare_key = keys.without_region[:NAME_LENGTH]


def coded(obj: models.Model, errors: dict[str, Any], checks: Mapping[str, Callable]) -> None:
    """T12: normalise the numbers on the object, collecting a sentence for each wrong one."""
    for name, check in checks.items():
        if value := getattr(obj, name):
            try:
                setattr(obj, name, check(value))
            except ValueError as wrong:
                errors[name] = wrong.args[0]


def credit_code(text: str) -> str:
    """T12: typed by hand also the check characters must fit; an import lets old data pass."""
    code, problems = codes.credit_code(text)
    if problems:
        raise ValueError(problems[0].message)
    return code


def valid(obj: models.Model, errors: dict[str, Any] | None = None) -> None:
    """Lengths and choices by the model itself; Refused names every wrong field at once."""
    found = dict(errors or {})
    try:
        obj.clean_fields(exclude={"company", *found})
    except ValidationError as wrong:
        found |= {name: " ".join(texts) for name, texts in wrong.message_dict.items()}
    if found:
        raise Refused(_("Please check the fields."), code="invalid", errors=found)


def checked_customer(customer: Customer) -> None:
    """T12 and T3: the customer's own fields, the credit code free in the company."""
    errors: dict[str, Any] = {}
    coded(customer, errors, {"phone": codes.phone, "credit_code": credit_code})
    if len(normalise(customer.name)) < 2:
        errors["name"] = _("A name has at least two letters or characters.")
    elif len(customer.name) <= NAME_LENGTH:
        named(customer)
    taken = Customer.objects.filter(credit_code=customer.credit_code).exclude(pk=customer.pk)
    if customer.credit_code and "credit_code" not in errors and taken.exists():
        errors["credit_code"] = _("Another customer has this credit code.")
    valid(customer, errors)


def stored(obj: models.Model, message: str, field: str, **how: Any) -> None:
    """Save; a unique key taken meanwhile by another transaction is a refusal, no error page."""
    try:
        with transaction.atomic():
            obj.save(**how)
    except IntegrityError as taken:
        raise Refused(message, code="taken", errors={field: message}) from taken
