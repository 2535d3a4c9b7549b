"""CUS-1.10: customers passed on to another owner, with everything that goes along."""

from collections import Counter
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from audit.actions import record
from customers.access import Passing
from customers.followers import followers
from customers.models import Customer, CustomerShare, Note, OwnerHistory, Visit
from kit.because import Refused
from org.access import check, holds
from org.models import Member, Unit
from org.roles import SELLING
from tenancy.actions import tell

MOST_AT_ONCE = 200
LEAST, MOST = 5, 300


def hand_over(
    customers: Sequence[Customer], *, to: Member, reason: str, by: Member, take: bool = False
) -> int:
    """Owner, unit and path of each customer move, its visits and notes with them.

    Plans go along to the new owner; a visit under way stays with whoever is there. `take` takes
    along what upper floors let follow: open contracts. All or none.
    """
    check(by, "customers.hand_over")
    reason, unit = reason.strip(), unit_of(to)
    if not LEAST <= len(reason) <= MOST:
        raise invalid("reason", _("Give the reason in 5 to 300 characters."))
    if not 0 < len(customers) <= MOST_AT_ONCE:
        message = _("Choose between 1 and %(most)s customers.")
        raise Refused(message % {"most": MOST_AT_ONCE}, code="number")
    locked = held([customer.pk for customer in customers])
    for customer in locked:
        # asked of the row as it is now: somebody else may have moved it meanwhile
        check(by, "customers.hand_over", Passing(customer, unit))
        if customer.owner_id == to.pk and customer.unit_id == unit.pk:
            message = _("%(customer)s belongs to %(name)s already.")
            raise invalid("to", message % {"customer": customer.name, "name": to.name})
    count = carry(locked, to=to, unit=unit, reason=reason, by=by)
    if take:
        for follower in followers:
            follower.move([c.pk for c in locked], to=to, reason=reason, by=by)
    return count


def held(pks: Sequence[int]) -> list[Customer]:
    """The rows as they are now, locked in one order."""
    rows = Customer.objects.select_for_update(no_key=True, of=("self",))
    rows = rows.select_related("owner", "unit")
    return list(rows.filter(pk__in=pks).order_by("pk"))


def carry(locked: Sequence[Customer], *, to: Member, unit: Unit, reason: str, by: Member) -> int:
    """Rows, what goes along, history and log; the caller has asked the rule."""
    now, pks = timezone.now(), [customer.pk for customer in locked]
    history = [
        OwnerHistory(
            customer=c, old=c.owner, new=to, old_unit=c.unit, new_unit=unit,
            reason=reason, by=by, at=now,
        )
        for c in locked
    ]  # fmt: skip
    place = {"unit": unit, "org_path": unit.path}
    Customer.objects.filter(pk__in=pks).update(owner=to, updated_at=now, **place)
    Visit.objects.filter(customer__in=pks).update(keeper=to, **place)
    Visit.objects.filter(customer__in=pks, status=Visit.Status.PLANNED).update(owner=to)
    Note.objects.filter(customer__in=pks).update(keeper=to, **place)
    OwnerHistory.objects.bulk_create(history)
    for line in history:
        before = {"owner": line.old.name, "unit": line.old_unit.name}
        after = {"owner": to.name, "unit": unit.name}
        record("customers.hand_over", line.customer, by=by, before=before, after=after, note=reason)
    tell_of(history, to=to, by=by)
    return len(history)


def tell_of(history: Sequence[OwnerHistory], *, to: Member, by: Member) -> None:
    """The new owner, and each of the old ones without a name they may lose sight of."""
    single = len(history) == 1
    tell(
        "customers.received",
        to=[to.pk],
        text=N_("%(who)s handed %(name)s over to you")
        if single
        else N_("%(who)s handed customers over to you: %(number)s"),
        kind="customers.customer" if single else "",
        target=history[0].customer_id if single else None,
        by=by.pk,
        who=by.name,
        number=len(history),
    )
    for old, number in Counter(line.old_id for line in history).items():
        if old != to.pk:
            tell(
                "customers.passed_on",
                to=[old],
                text=N_("%(who)s handed customers of yours over to %(new)s: %(number)s"),
                by=by.pk,
                who=by.name,
                new=to.name,
                number=number,
            )


def succeed(pks: Sequence[int], *, to: Member, reason: str, by: Member) -> int:
    """The end of a service: the administrator passes customers on without reading them."""
    check(by, "org.administer")
    carry(held(pks), to=to, unit=unit_of(to), reason=reason, by=by)
    return len(pks)


def succeed_visits(pks: Sequence[int], *, to: Member, reason: str, by: Member) -> int:
    """Plans at customers of others; plans at one's own went along with the customer."""
    check(by, "org.administer")
    unit_of(to)
    visits = Visit.objects.select_for_update(no_key=True, of=("self",))
    visits = visits.select_related("owner", "customer")
    for visit in visits.filter(pk__in=pks, status=Visit.Status.PLANNED).order_by("pk"):
        Visit.objects.filter(pk=visit.pk).update(owner=to, updated_at=timezone.now())
        before, after = {"owner": visit.owner.name}, {"owner": to.name}
        record("customers.hand_over_visit", visit, by=by, before=before, after=after, note=reason)
    return len(pks)


def end_shares(pks: Sequence[int], *, to: Member, reason: str, by: Member) -> int:
    """What was lent to the person who leaves is lent to nobody afterwards."""
    check(by, "org.administer")
    for lent in CustomerShare.objects.filter(pk__in=pks).select_related("content_object"):
        lent.delete()
        record("customers.end_share", lent.content_object, by=by, note=reason)
    return len(pks)


def unit_of(to: Member) -> Unit:
    """Where the new owner's customers stand; only somebody who sells takes them on."""
    if not to.is_active or to.scope.home is None or not holds(to, *sorted(SELLING)):
        raise invalid("to", _("Only an active member with a selling post takes on customers."))
    return Unit.objects.get(pk=to.scope.home.unit_id)


def invalid(field: str, sentence: str) -> Refused:
    return Refused(sentence, code="invalid", errors={field: sentence})
