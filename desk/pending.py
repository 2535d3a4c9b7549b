"""What is not settled yet: contracts by state, and what a leader should look at."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from approvals.models import Status
from contracts.models import Contract
from customers.models import Customer, Visit
from kit.lists import capped_count
from org.access import after
from org.models import Member, Unit

OPEN = (Status.DRAFT, Status.RETURNED, Status.IN_REVIEW, Status.APPROVED)


@dataclass(frozen=True, slots=True)
class Stage:
    """The contracts of one state."""

    status: Status
    count: int
    amount: Decimal
    url: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One kind of thing that waits, how many of them, and where they are listed."""

    icon: str
    colour: str
    title: str
    count: str
    url: str
    note: str = ""
    amount: Decimal | None = None


def stages(member: Member, within: Unit | None, owner: Member | None) -> list[Stage]:
    """Contracts on their way, from the draft to the approved one that is not signed."""
    rows = Contract.objects.visible_to(member).filter(status__in=OPEN)
    if within:
        rows = rows.filter(org_path__gte=within.path, org_path__lt=after(within.path))
    if owner:
        rows = rows.filter(owner=owner)
    limits = ({"unit": within.pk} if within else {}) | ({"owner": owner.pk} if owner else {})
    found = {
        row["status"]: row
        for row in rows.order_by()
        .values("status")
        .annotate(count=Count("pk"), amount=Sum("gross_amount"))
    }
    return [
        Stage(
            status,
            found[status]["count"] if status in found else 0,
            found[status]["amount"] if status in found else Decimal(0),
            listed("contracts:list", status=status.value, **limits),
        )
        for status in OPEN
    ]


def notices(member: Member, day: date) -> list[Notice]:
    """What a leader looks at first; a kind with nothing in it is left out."""
    visits = Visit.objects.visible_to(member).overdue(day).by_day()
    customers = Customer.objects.visible_to(member).overdue(day)
    shown = [
        Notice(
            icon="phone",
            colour="red",
            title=_("Customers not contacted in time"),
            note=_("by the rhythm of their tier"),
            count=counted(customers),
            url=listed("customers:list", overdue="true"),
        ),
        Notice(
            icon="calendar-x",
            colour="red",
            title=_("Planned visits not made"),
            note=_("the planned day has passed"),
            count=counted(visits),
            url=listed("customers:visits", who="all", box="overdue"),
        ),
        *map(told, stages(member, None, None)[1:]),
    ]
    return [notice for notice in shown if notice.count]


def told(stage: Stage) -> Notice:
    """A stage among the notices; a draft is no news."""
    icon, colour, title = {
        Status.RETURNED: ("arrow-back-up", "amber", _("Contracts returned")),
        Status.IN_REVIEW: ("clock", "info", _("Contracts in review")),
        Status.APPROVED: ("writing-sign", "green", _("Contracts to be signed")),
    }[stage.status]
    count = str(stage.count) if stage.count else ""
    return Notice(icon, colour, title, count, stage.url, amount=stage.amount)


def counted(rows: Any) -> str:
    """Nothing for none, `1000+` for many."""
    number, text = capped_count(rows)
    return text if number else ""


def listed(name: str, **query: Any) -> str:
    return f"{reverse(name)}?{urlencode(query)}"
