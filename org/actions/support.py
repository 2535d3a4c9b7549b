"""ORG-1.6: the company opens its books to one person of the operator, and shuts them again."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from kit.because import Refused
from org.actions.company import asked
from org.models import MOST_SUPPORT, Member, SupportAccess
from tenancy.models import Company

LEAST_REASON = 5


def grant_support(*, user: User, hours: int, reason: str, by: Member) -> SupportAccess:
    """Reading only, for a while; every page opened stands in the company's log.

    Errors: Forbidden, Refused("operator" | "hours" | "reason" | "twice").
    """
    asked(by)
    if not (user.is_staff and user.is_active):
        raise Refused(_("Only people of the operator can be let in."), code="operator")
    if not 0 < hours <= MOST_SUPPORT.total_seconds() // 3600:
        text = _("Support access lasts 72 hours at most.")
        raise Refused(text, code="hours", errors={"hours": text})
    reason = reason.strip()
    if len(reason) < LEAST_REASON:
        text = _("Please give the reason in 5 characters or more.")
        raise Refused(text, code="reason", errors={"reason": text})
    # one at a time for a person, also when two administrators act at once
    Company.objects.select_for_update(no_key=True).get(pk=by.company_id)
    if SupportAccess.objects.in_force().filter(user=user).exists():
        raise Refused(_("This person has access already: end it first."), code="twice")
    now = timezone.now()
    made = SupportAccess.objects.create(
        user=user, reason=reason[:300], granted_by=by, created_at=now,
        expires_at=now + timedelta(hours=hours),
    )  # fmt: skip
    said = {"operator": str(user), "hours": hours, "expires_at": made.expires_at}
    record("org.grant_support", made, by=by, after=said, note=reason)
    return made


def end_support(access: SupportAccess, *, by: Member) -> SupportAccess:
    """Out with the next request."""
    asked(by)
    now = timezone.now()
    there = SupportAccess.objects.in_force().filter(pk=access.pk)
    if not there.update(ended_at=now, ended_by=by):
        raise Refused(_("This access is over already."), code="over")
    access.refresh_from_db()
    record("org.end_support", access, by=by, after={"ended_at": now})
    return access
