"""Keys for other systems: made and shown once, revoked, and gone with the password."""

import secrets

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from kit.because import Refused
from org.actions.company import asked
from org.membership import digest, memberships
from org.models import ApiToken, Member
from tenancy.context import Origin, company, origin

MOST_TOKENS = 20


def make_token(member: Member, *, name: str, by: Member | None, purpose: str = "api") -> str:
    """A key for the API or for the calendar; it is shown once and only its hash is kept."""
    if by != member:
        asked(by)
    if tokens_of(member).count() >= MOST_TOKENS:
        raise Refused(_("That is enough API tokens: revoke one first."), code="many")
    raw = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        company_id=member.company_id,
        member_id=member.pk,
        user_id=member.user_id,
        name=name,
        purpose=purpose,
        hash=digest(raw),
    )
    record("org.make_token", member, by=by, after={"name": name, "purpose": purpose})
    return raw


def tokens_of(member: Member) -> QuerySet[ApiToken]:
    """The keys that still open."""
    mine = ApiToken.objects.filter(company_id=member.company_id, member_id=member.pk)
    return mine.filter(revoked_at=None).order_by("-pk")


def revoke_token(token: ApiToken, *, by: Member) -> None:
    """One's own key stops opening with the next request."""
    if (token.company_id, token.member_id) != (by.company_id, by.pk):
        raise Refused(_("This is not your token."), code="foreign")
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    record("org.revoke_token", by, by=by, after={"name": token.name})


def revoke_tokens(user: User) -> int:
    """All of a login, in every company."""
    alive = ApiToken.objects.filter(user=user, revoked_at=None)
    return alive.update(revoked_at=timezone.now())


def follow_login(user: User, verb: str) -> None:
    """What a person does with the own login stands in the log of each of their companies."""
    if verb in {"change_password", "reset_password"}:
        revoke_tokens(user)
    # a letter's link and the second step are answered before a company is open
    came = Origin(channel="web") if origin().channel == "command" else None
    for seat in memberships(user.pk):
        with company(seat.company_id, came=came):
            member = Member.objects.get(pk=seat.member_id)
            record(f"accounts.{verb}", member, by=member, after={"login": verb})
