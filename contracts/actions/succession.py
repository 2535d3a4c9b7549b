"""Contracts whose owner leaves: another person goes on with them."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.models import Status
from audit.actions import record
from contracts.models import Contract
from kit.because import Refused
from org.access import check, holds
from org.models import Member
from org.roles import SELLING

# there is something left to do: write, submit, sign, archive
GOING = (Status.DRAFT, Status.RETURNED, Status.WITHDRAWN, Status.APPROVED, Status.SIGNED)


def going(member: Any) -> QuerySet[Contract]:
    return Contract.objects.filter(owner=member, status__in=GOING)


def in_review(member: Any) -> QuerySet[Contract]:
    """ORG-1.3: not passed on, for the successor might be one of those who decide."""
    return Contract.objects.filter(owner=member, status=Status.IN_REVIEW)


def finished(member: Any) -> QuerySet[Contract]:
    return Contract.objects.filter(owner=member, status__in=(Status.REJECTED, Status.ARCHIVED))


def succeed(pks: Sequence[int], *, to: Member, reason: str, by: Member) -> int:
    """The owner changes; the contract stays at the unit whose figures it belongs to."""
    check(by, "org.administer")
    if not holds(to, *sorted(SELLING)):
        text = _("Only an active member with a selling post takes on contracts.")
        raise Refused(text, code="invalid", errors={"to": text})
    rows = Contract.objects.select_for_update(no_key=True, of=("self",)).select_related("owner")
    for contract in rows.filter(pk__in=pks, status__in=GOING).order_by("pk"):
        Contract.objects.filter(pk=contract.pk).update(owner=to, updated_at=timezone.now())
        before, after = {"owner": contract.owner.name}, {"owner": to.name}
        record("contracts.hand_over", contract, by=by, before=before, after=after, note=reason)
    return len(pks)
