"""T18: the owner learns at each of the three limits that a contract's validity ends."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from contracts.models import Contract
from contracts.terms import farthest, marks
from notices.actions import write_many
from notices.models import Notice


def tell_ending() -> int:
    """How many were told. Looks for what is due, so that a day without a run is made up for.

    Only the nearest limit that was reached is told, each once for an end date.
    """
    today = timezone.localdate()
    limits = sorted(days for days, _colour in marks())
    rows = Contract.objects.ending(today, today + timedelta(farthest())).order_by("ends_on", "id")
    news = []
    for pk, owner, end in rows.values_list("pk", "owner_id", "ends_on"):
        limit = next(days for days in limits if (end - today).days <= days)
        news.append(
            Notice(
                member_id=owner,
                topic="contracts.ending",
                text=N_("%(name)s ends on %(day)s"),
                event=f"contracts.ending:{pk}.{end:%Y%m%d}.{limit}",
                kind="contracts.contract",
                target_id=pk,
                values={"day": f"{end:%Y-%m-%d}"},
            )
        )
    return write_many("contracts.ending", news)
