"""The chain of a re-opening: who has to agree, and what is shown."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.kinds import Facts, Kind, StepPlan
from kpi import actions
from kpi.access import is_last_frozen
from kpi.models import RUNNING, Reopening
from org.models import Role
from tenancy.actions import take_number

NUMBER = "KF-{yyyyMM}-{n:03}"
SHORTEST = 5
PLAN = (
    StepPlan(
        position=1,
        key="director",
        name=N_("Director's approval of the re-opening"),
        role=Role.DIRECTOR,
        clause="KPI-2.1",
    ),
)


def snapshot(asked: Reopening) -> dict[str, Any]:
    """Labels are msgids, so that the hash knows no language."""
    return {
        N_("Month"): str(asked.period),
        N_("Frozen"): asked.period.versions,
        N_("Reason"): asked.reason,
        N_("Asked by"): asked.owner.name,
    }


def facts(asked: Reopening) -> Facts:
    title = _("Re-open %(month)s") % {"month": asked.period}
    return Facts(title=title, party=asked.reason[:60], amount=Decimal(0))


def check(asked: Reopening) -> dict[str, str]:
    missing = {}
    if len(asked.reason.strip()) < SHORTEST:
        missing["reason"] = _("Please give a reason of at least five characters.")
    if not is_last_frozen(asked.period):
        missing["period"] = _("Only the month frozen last can be opened again.")
    others = Reopening.objects.filter(period=asked.period_id, status__in=RUNNING)
    if others.exclude(pk=asked.pk).exists():
        missing["period"] = _("There is a request for this month already.")
    return missing


def number_of(_asked: Reopening) -> str:
    return take_number("kpi.reopening", NUMBER, on=timezone.localdate())


KIND = Kind(
    name="kpi.reopening",
    label=N_("Re-opening of a month"),
    model=Reopening,
    url="kpi:reopening",
    plan=PLAN,
    snapshot=snapshot,
    facts=facts,
    take_number=number_of,
    check=check,
    on_done=actions.reopened,
)
