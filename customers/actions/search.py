"""T3: the search before a new file, and the last look at the moment it is made."""

from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from audit.models import AuditLine
from customers.duplicates import Hit, Sought, compare, hits_of, is_by_phone, is_same, twins_of
from customers.models import Customer
from kit import codes, masks
from kit.because import Refused
from kit.names import SHORTEST, normalise
from org.access import check
from org.models import Member
from tenancy.context import required
from tenancy.params import param

LONGEST = 60
LEAST, MOST = 5, 300


def search(q: str, *, by: Member) -> list[Hit]:
    """T3.3: masked hits of the whole company; each search is logged, so many a day and no more."""
    check(by, "customers.search")
    q = q.replace("\0", "").strip()
    if len(normalise(q)) < SHORTEST:
        message = _("Type at least two letters or characters of the name.")
        raise Refused(message, code="short", errors={"q": message})
    # one search of a person at a time, so that the limit counts them all
    Member.objects.select_for_update(no_key=True).get(pk=by.pk)
    most, day = param("customers.searches_per_day"), timezone.localdate()
    made = AuditLine.objects.filter(
        object_kind="org.member", object_id=by.pk, verb="customers.search", at__date=day
    )
    if made.count() >= most:
        message = _("You have searched %(most)s times today; tomorrow you may again.")
        raise Refused(message % {"most": most}, code="limit")
    hits = hits_of(q, by)
    record("customers.search", by, by=by, after={"q": masks.text(q[:LONGEST]), "hits": len(hits)})
    return hits


def not_known(customer: Customer, contact: dict[str, Any] | None, reason: str) -> str:
    """The reason to keep: none without a hit; Refused with its Because when there is a hit."""
    sought = Sought.of(customer.name, customer.credit_code, mobiles_of(contact))
    with connection.cursor() as cursor:
        # two people adding the same name at once: the second sees what the first has made
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [required(), sought.bare])
    verdict = compare(sought, twins_of([sought]))
    if verdict:
        return ""
    if is_same(verdict):
        message = _("Another customer has this credit code.")
        raise Refused(message, code="same", errors={"credit_code": message}, because=verdict)
    if not LEAST <= len(reason) <= MOST:
        message = _("Say in 5 to 300 characters why it is another customer all the same.")
        if is_by_phone(verdict):
            message = _(
                "The mobile is known from another customer."
                " Say in 5 to 300 characters why it is right here too."
            )
        errors = {"duplicate_reason": message}
        raise Refused(message, code="duplicate", errors=errors, because=verdict)
    return reason


def mobiles_of(contact: dict[str, Any] | None) -> list[str]:
    try:
        return [codes.mobile(str((contact or {})["mobile"]))]
    except (KeyError, ValueError):
        return []  # none typed, or wrong: its own check says so
