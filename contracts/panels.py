"""What other pages show of contracts: a customer's purchases and events, an approver's glance."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.models import Status
from contracts.models import Contract
from customers.models import Customer
from kit.registry import Event
from org.access import sees
from org.models import Member

SHOWN = 5


def purchases(member: Member, customer: Customer) -> dict[str, Any]:
    """CUS-2.1: signed contracts of the customer that the member sees, newest first."""
    mine = Contract.objects.visible_to(member).filter(customer=customer)
    signed = mine.signed()
    sums = signed.aggregate(number=Count("pk"), amount=Sum("gross_amount"))
    return {
        "template": "contracts/_purchases.html",
        "customer": customer,
        "signed": list(signed.order_by("-signed_on", "-id")[:SHOWN]),
        "open_contracts": list(
            mine.exclude(status__in=(Status.SIGNED, Status.ARCHIVED, Status.REJECTED)).order_by(
                "-updated_at", "-id"
            )[:SHOWN]
        ),
        "number": sums["number"],
        "amount": sums["amount"],
    }


def glance(member: Member, contract: Contract) -> dict[str, Any]:
    """What an approver weighs, in the inbox: goods, prices, delivery, payment, the other party."""
    return {
        "template": "contracts/_glance.html",
        "contract": contract,
        "lines": list(contract.lines.all()),
        "instalments": list(contract.instalments.all()),
        "sees_customer": bool(sees(member, contract.customer)),
    }


def acts(member: Member, customer: Customer) -> dict[str, Any] | None:
    """CTR-1.1: the button that starts a draft for the customer."""
    if not member.may("contracts.create", customer):
        return None
    url = f"{reverse('contracts:create')}?customer={customer.pk}"
    return {"url": url, "icon": "file-plus", "label": _("Draft a contract")}


def events(member: Member, customer: Customer, limit: int) -> Iterator[Event]:
    """Submissions and signatures on the customer's timeline."""
    mine = Contract.objects.visible_to(member).filter(customer=customer, case__isnull=False)
    for contract in mine.select_related("owner", "case").order_by("-updated_at", "-id")[:limit]:
        is_signed = contract.is_binding
        text = _("Contract %(number)s signed") if is_signed else _("Contract %(number)s submitted")
        yield Event(
            at=contract.updated_at if is_signed else contract.case.submitted_at,
            icon="file-text",
            text=text % {"number": contract.number},
            who=contract.owner.name,
            url=reverse("contracts:detail", args=[contract.pk]),
            note=contract.title,
            colour="green" if is_signed else "blue",
        )
