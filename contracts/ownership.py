"""CUS-1.10: which contracts go along when their customer gets a new owner, and which stay."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.models import OPEN_TO_EDIT, Status
from audit.actions import record
from contracts.models import Contract
from customers.followers import Item
from org.models import Member, Unit

GOING = (*OPEN_TO_EDIT, Status.APPROVED)


def open_ones(customers: Collection[int], by: Member) -> QuerySet:
    """Seen by who hands over, and not signed: a signature keeps its credit (T9)."""
    rows = Contract.objects.visible_to(by).filter(customer__in=list(customers))
    return rows.filter(status__in=(*GOING, Status.IN_REVIEW)).order_by("pk")


def items(customers: Collection[int], by: Member) -> list[Item]:
    """The preview: every open contract, and of one in review why it stays."""
    stays = _("In review: it stays with its submitter until it is decided.")
    return [
        Item(
            title=str(contract),
            note=f"{contract.owner.name} · {contract.state.label}",
            url=reverse("contracts:detail", args=[contract.pk]),
            stays=stays if contract.status == Status.IN_REVIEW else "",
        )
        for contract in open_ones(customers, by).select_related("owner")
    ]


def move(customers: Collection[int], *, to: Member, reason: str, by: Member) -> int:
    """Owner, unit and path of what is going; called under the lock of the customers."""
    unit = Unit.objects.get(pk=to.scope.home.unit_id)
    rows = open_ones(customers, by).filter(status__in=GOING).exclude(owner=to)
    going = list(rows.select_for_update(no_key=True, of=("self",)).select_related("owner", "unit"))
    place = {"owner": to, "unit": unit, "org_path": unit.path, "updated_at": timezone.now()}
    for contract in going:
        Contract.objects.filter(pk=contract.pk).update(**place)
        before = {"owner": contract.owner.name, "unit": contract.unit.name}
        after = {"owner": to.name, "unit": unit.name}
        record("contracts.hand_over", contract, by=by, before=before, after=after, note=reason)
    return len(going)
