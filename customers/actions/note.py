"""T4.5: what was said by telephone or in writing, without a visit."""

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from customers.actions.fields import tidy, valid
from customers.actions.visit import touched
from customers.models import Customer, Note
from org.access import check
from org.models import Member


def add_note(customer: Customer, *, text: str, by: Member, kind: str = Note.Kind.CALL) -> Note:
    """One line at least; it counts as the last contact."""
    check(by, "customers.add_note", customer)
    note = Note(
        customer=customer, owner=by, unit_id=customer.unit_id, org_path=customer.org_path,
        kind=kind, text=tidy(text),
    )  # fmt: skip
    errors = {} if note.text else {"text": _("Say in a line at least what was said.")}
    valid(note, errors)
    note.save()
    touched(customer, contact_at=timezone.now())
    record("customers.add_note", note, by=by, after={"kind": kind, "text": note.text})
    return note
