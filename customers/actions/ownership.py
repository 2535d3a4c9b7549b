"""CUS-1.10: customers passed on to another owner, with everything that goes along."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from customers.access import Passing
from customers.models import Customer, Note, OwnerHistory, Visit
from kit.because import Refused
from org.access import check, holds
from org.models import Member, Unit
from org.roles import SELLING

MOST_AT_ONCE = 200
LEAST, MOST = 5, 300


def hand_over(customers: Sequence[Customer], *, to: Member, reason: str, by: Member) -> int:
    """Owner, unit and path of each customer move, its visits and notes with them.

    Plans go along to the new owner; a visit under way stays with whoever is there. All or none.
    """
    check(by, "customers.hand_over")
    reason, unit = reason.strip(), unit_of(to)
    if not LEAST <= len(reason) <= MOST:
        raise invalid("reason", _("Give the reason in 5 to 300 characters."))
    if not 0 < len(customers) <= MOST_AT_ONCE:
        message = _("Choose between 1 and %(most)s customers.")
        raise Refused(message % {"most": MOST_AT_ONCE}, code="number")
    now, pks = timezone.now(), sorted(customer.pk for customer in customers)
    rows = Customer.objects.select_for_update(of=("self",)).select_related("owner", "unit")
    locked = list(rows.filter(pk__in=pks).order_by("pk"))
    for customer in locked:
        # asked of the row as it is now: somebody else may have moved it meanwhile
        check(by, "customers.hand_over", Passing(customer, unit))
        if customer.owner_id == to.pk and customer.unit_id == unit.pk:
            message = _("%(customer)s belongs to %(name)s already.")
            raise invalid("to", message % {"customer": customer.name, "name": to.name})
    history = [
        OwnerHistory(
            customer=c, old=c.owner, new=to, old_unit=c.unit, new_unit=unit,
            reason=reason, by=by, at=now,
        )
        for c in locked
    ]  # fmt: skip
    place = {"unit": unit, "org_path": unit.path}
    Customer.objects.filter(pk__in=pks).update(owner=to, updated_at=now, **place)
    Visit.objects.filter(customer__in=pks).update(**place)
    Visit.objects.filter(customer__in=pks, status=Visit.Status.PLANNED).update(owner=to)
    Note.objects.filter(customer__in=pks).update(**place)
    OwnerHistory.objects.bulk_create(history)
    for line in history:
        before = {"owner": line.old.name, "unit": line.old_unit.name}
        after = {"owner": to.name, "unit": unit.name}
        record("customers.hand_over", line.customer, by=by, before=before, after=after, note=reason)
    return len(history)


def unit_of(to: Member) -> Unit:
    """Where the new owner's customers stand; only somebody who sells takes them on."""
    if not to.is_active or to.scope.home is None or not holds(to, *sorted(SELLING)):
        raise invalid("to", _("Only an active member with a selling post takes on customers."))
    return Unit.objects.get(pk=to.scope.home.unit_id)


def invalid(field: str, sentence: str) -> Refused:
    return Refused(sentence, code="invalid", errors={field: sentence})
