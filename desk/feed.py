"""The calendar feed: a member's own visits, what waits for a decision, contracts that end."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.models import Case, Task
from contracts.models import Contract
from customers.models import Visit
from kit import masks
from kit.ical import Entry, calendar
from org.models import Member
from tenancy.calendar import zone

BEHIND, AHEAD = timedelta(days=14), timedelta(days=90)
MOST = 500
LENGTH = 60  # minutes of a visit; nobody says how long it will be


def feed_of(member: Member, base: str) -> str:
    """Names of customers and numbers of contracts only: the text lies in other people's clouds."""
    entries = [*visits(member, base), *decisions(member, base), *endings(member, base)]
    return calendar(_("Salesops · %(name)s") % {"name": member.name}, entries)


def uid(kind: str, pk: int, member: Member) -> str:
    return f"{kind}-{pk}-{member.company_id}@salesops"


def visits(member: Member, base: str) -> Iterator[Entry]:
    """One's own plans; what was to be done a while ago stays for a look back."""
    today = timezone.localdate()
    rows = (
        Visit.objects.visible_to(member)
        .filter(owner=member, planned_on__range=(today - BEHIND, today + AHEAD))
        .exclude(status=Visit.Status.CANCELLED)
        .select_related("customer")
        .order_by("planned_on", "pk")
    )
    for visit in rows[:MOST]:
        start, minutes = visit.planned_on, 0
        if visit.planned_time:
            start = datetime.combine(start, visit.planned_time, tzinfo=zone())
            minutes = LENGTH
        words = {"name": masks.text(visit.customer.name), "kind": visit.get_kind_display()}
        yield Entry(
            uid("visit", visit.pk, member),
            visit.updated_at,
            start,
            _("Visit: %(name)s (%(kind)s)") % words,
            base + reverse("customers:visit", args=[visit.pk]),
            minutes,
        )


def decisions(member: Member, base: str) -> Iterator[Entry]:
    """What waits for this person's decision, at its deadline."""
    tasks = Task.objects.waiting_for(member).exclude(due_at=None).select_related("case")
    seen = set(
        Case.objects.visible_to(member)
        .filter(pk__in=tasks.values("case"))
        .values_list("pk", flat=True)
    )
    for task in tasks.order_by("due_at", "pk")[:MOST]:
        if task.case_id in seen:
            yield Entry(
                uid("task", task.pk, member),
                task.case.updated_at,
                task.due_at,
                _("Decision due: %(number)s") % {"number": task.case.number},
                base + reverse("approvals:inbox"),
            )


def endings(member: Member, base: str) -> Iterator[Entry]:
    """The last day of one's own contracts."""
    today = timezone.localdate()
    rows = Contract.objects.visible_to(member).ending(today, today + AHEAD).filter(owner=member)
    for contract in rows.order_by("ends_on", "pk")[:MOST]:
        yield Entry(
            uid("contract", contract.pk, member),
            contract.updated_at,
            contract.ends_on,
            _("Contract ends: %(number)s") % {"number": contract.number},
            base + reverse("contracts:detail", args=[contract.pk]),
        )
