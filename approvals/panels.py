"""What approvals adds to the pages of members."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.kinds import kinds
from approvals.models import Delegation
from org.models import Member


def shown(row: Delegation, reader: Member) -> dict[str, Any]:
    """One stand-in as a card."""
    stages = {
        "ahead": (_("Not begun"), "blue"),
        "now": (_("Stands in now"), "green"),
        "over": (_("Over"), "grey"),
    }
    label, colour = stages[row.stage]
    return {
        "row": row,
        "label": label,
        "colour": colour,
        "kinds": [_(kinds[name].label) for name in row.kinds if name in kinds],
        "may_end": row.stage != "over" and bool(reader.may("approvals.end_delegation", row)),
    }


def stand_ins(reader: Member, person: Member) -> dict[str, Any] | None:
    """On a person's page: who stands in for him and for whom he does, now and to come."""
    rows = (
        (Delegation.objects.filter(principal=person) | Delegation.objects.filter(stand_in=person))
        .filter(ended_at=None, ends_on__gte=timezone.localdate())
        .select_related("principal", "stand_in", "made_by")
        .order_by("starts_on", "id")
    )
    may = bool(reader.may("approvals.delegate", person))
    if reader.pk != person.pk and not may:
        return None
    return {
        "template": "approvals/_stand_ins.html",
        "stand_ins": [shown(row, reader) for row in rows],
        "person": person,
        "may_delegate": may,
    }
