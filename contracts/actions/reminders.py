"""CTR-1.1, CTR-1.4: owners are reminded of drafts that lie still and of what is to be signed."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db.models import DateField, F, QuerySet
from django.db.models.functions import TruncDate
from django.utils.translation import gettext_noop as N_

from approvals.models import Status
from contracts.models import Contract
from notices.actions import remind_of
from tenancy.params import param

OPEN = (Status.DRAFT, Status.RETURNED, Status.WITHDRAWN)


def remind(after: date, day: date) -> Mapping[str, int]:
    """What reached its number of days in the span; each spell is told once."""
    drafts = since(
        Contract.objects.filter(status__in=OPEN), "updated_at", "contracts.draft_days", after, day
    )
    passed = since(
        Contract.objects.filter(status=Status.APPROVED),
        "case__decided_at",
        "contracts.sign_days",
        after,
        day,
    )
    lies = N_("%(name)s has lain still since %(day)s")
    waits = N_("%(name)s has been approved since %(day)s and is not signed yet")
    return {
        "drafts": tell("contracts.lying", lies, drafts),
        "unsigned": tell("contracts.unsigned", waits, passed),
    }


def since(rows: QuerySet, moment: str, key: str, after: date, day: date) -> QuerySet:
    """Rows whose moment lies as many days back as the parameter says, from a day of the span."""
    # a limit that has changed meanwhile: the last span ended by the old one
    old, new = (timedelta(days=int(param(key, on=on))) for on in (after, day))
    found = rows.annotate(_day=TruncDate(F(moment), output_field=DateField()))
    return found.filter(_day__gt=after - old, _day__lte=day - new)


def tell(topic: str, text: str, rows: QuerySet) -> int:
    found = rows.order_by("_day", "pk").values_list("pk", "owner_id", "_day")
    told = ((owner, pk, on, f"{pk}.{on:%Y%m%d}") for pk, owner, on in found)
    return remind_of(topic, text, "contracts.contract", told)
