"""T18: the owner learns at each of the three limits that a contract's validity ends."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from contracts.models import Contract
from contracts.terms import farthest, marks
from notices.actions import remind_of


def tell_ending() -> int:
    """How many were told. Looks for what is due, so that a day without a run is made up for.

    Only the nearest limit that was reached is told, each once for an end date.
    """
    today = timezone.localdate()
    limits = sorted(days for days, _colour in marks())
    rows = Contract.objects.ending(today, today + timedelta(farthest())).order_by("ends_on", "id")
    told = (
        (owner, pk, end, f"{pk}.{end:%Y%m%d}.{nearest(limits, (end - today).days)}")
        for pk, owner, end in rows.values_list("pk", "owner_id", "ends_on")
    )
    return remind_of("contracts.ending", N_("%(name)s ends on %(day)s"), "contracts.contract", told)


def nearest(limits: list[int], left: int) -> int:
    return next(days for days in limits if left <= days)
