"""CUS-1.8, CUS-1.9: owners are reminded of visits that are due and of customers left too long."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext_noop as N_

from customers.models import Customer, Tier, Visit
from customers.models.customer import cadence
from notices.actions import remind_of
from tenancy.params import param


def remind(after: date, day: date) -> Mapping[str, int]:
    """Visits planned in the span, and customers whose cadence ran out in it; each told once."""
    return {"visits": _visits(after, day), "contacts": _contacts(after, day)}


def days(key: str, on: date) -> timedelta:
    """A limit as it was that day: a span ends with today's and begins where the last one ended."""
    return timedelta(days=int(param(key, on=on)))


def _visits(after: date, day: date) -> int:
    low, high = (on + days("customers.visit_ahead_days", on) for on in (after, day))
    rows = Visit.objects.planned().order_by("planned_on", "pk")
    rows = rows.filter(planned_on__gt=low, planned_on__lte=high)
    return remind_of(
        "customers.visit_due",
        N_("A visit to %(name)s is planned for %(day)s"),
        "customers.customer",
        (
            (owner, customer, on, f"{pk}.{on:%Y%m%d}")
            for pk, owner, customer, on in rows.values_list(
                "pk", "owner_id", "customer_id", "planned_on"
            )
        ),
    )


def overdue_since(after: date, day: date) -> QuerySet[Customer]:
    """Customers that became overdue in the span (`Customer.objects.overdue`, T2), and stayed it."""
    grace = {on: days("customers.overdue_days", on) + timedelta(days=1) for on in (after, day)}
    low, high = after - grace[after], day - grace[day]
    late = Q(next_visit_on__gt=low, next_visit_on__lte=high)
    for tier in Tier:
        since = low - timedelta(days=cadence(tier, on=after))
        until = high - timedelta(days=cadence(tier, on=day))
        late |= Q(next_visit_on=None, tier=tier, _contact__gt=since, _contact__lte=until)
    contact = TruncDate(Coalesce("last_contact_at", "created_at"))
    return Customer.objects.annotate(_contact=contact).filter(late, archived_at=None)


def _contacts(after: date, day: date) -> int:
    rows = overdue_since(after, day).order_by("_contact", "pk")
    names = ("pk", "owner_id", "_contact", "next_visit_on")
    return remind_of(
        "customers.contact_due",
        N_("%(name)s has waited too long for a contact, since %(day)s"),
        "customers.customer",
        (
            (owner, pk, planned or contact, f"{pk}.{planned or contact:%Y%m%d}")
            for pk, owner, contact, planned in rows.values_list(*names)
        ),
    )
