"""The choices of notices as a block of one's own settings; what became of mail for its keeper."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q
from django.utils import timezone

from notices.forms import ChoicesForm
from notices.models import Mail
from org.models import Member

WEEK = timedelta(days=7)


def choices(member: Member, _obj: Any = None) -> dict[str, Any]:
    return {"template": "notices/_choices.html", "form": ChoicesForm(member=member)}


def mail(_member: Member, _company: Any) -> dict[str, Any]:
    """Numbers of the last days, and the latest fault of the mail server, for the administrator."""
    of = Mail.State
    rows = Mail.objects.filter(created_at__gt=timezone.now() - WEEK)
    numbers = rows.aggregate(
        sent=Count("pk", filter=Q(state=of.SENT)),
        waiting=Count("pk", filter=Q(state=of.WAITING)),
        failed=Count("pk", filter=Q(state=of.FAILED)),
        last=Max("ended_at", filter=Q(state=of.SENT)),
    )
    fault = rows.exclude(error="").order_by("-pk").values_list("error", flat=True).first()
    return {
        "template": "notices/_mail.html",
        "has_mail": settings.HAS_MAIL,
        "fault": fault,
    } | numbers
