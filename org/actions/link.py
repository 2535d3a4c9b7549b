"""One-use links handed over by the admin: to join the company, to choose a new password."""

import secrets
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import end_all
from accounts.models import User
from audit.actions import record
from kit.because import Refused
from org.actions.company import asked
from org.actions.post import give_grants
from org.actions.token import revoke_tokens
from org.membership import digest, memberships
from org.models import Member, OneTimeLink, Post

LIFE = timedelta(hours=24)


def issue_link(member: Member, *, purpose: str, by: Member) -> str:
    """The text behind the link, told once; earlier links of the same purpose end."""
    asked(by)
    invites = purpose == OneTimeLink.Purpose.INVITE
    if invites and (member.is_active or not has_to_join(member)):
        raise Refused(_("The person has joined already."), code="joined")
    if not invites and (reason := may_reset(member)):
        raise Refused(reason, code="no_reset")
    token = make_link(member, purpose=purpose, by=by)
    record("org.issue_link", member, by=by, after={"purpose": purpose})
    return token


def make_link(member: Member, *, purpose: str, by: Member) -> str:
    """The row and its secret: bound to the company, the login and the purpose."""
    now = timezone.now()
    member.links.filter(purpose=purpose, used_at=None, expires_at__gt=now).update(expires_at=now)
    raw = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(
        member=member,
        user_id=member.user_id,
        purpose=purpose,
        hash=digest(raw),
        made_by=by,
        expires_at=now + LIFE,
    )
    return f"{member.company_id}.{raw}"


def has_to_join(member: Member) -> bool:
    """Invited, and no invitation was ever used."""
    used = member.links.filter(purpose=OneTimeLink.Purpose.INVITE).values_list("used_at", flat=True)
    return bool(used) and not any(used)


def may_reset(member: Member) -> str:
    """Why the company's admin may not give a new password, in words; empty when he may.

    A login that opens another company or the operator's pages is not one company's to reset.
    """
    user = member.user
    if not member.is_active or not user.is_active:
        return _("The member is disabled.")
    others = {seat.company_id for seat in memberships(user.pk)} - {member.company_id}
    if others or user.is_staff or user.is_superuser:
        return _("This login is used elsewhere too: only its own person can change the password.")
    return ""


def link_of(raw: str) -> OneTimeLink | None:
    """The open link of the current company behind a text, or None: used, over, or never made."""
    found = (
        OneTimeLink.objects.select_related("member__company", "user")
        .filter(hash=digest(raw), used_at=None, expires_at__gt=timezone.now())
        .first()
    )
    if found is None or not found.user.is_active or not found.member.company.is_active:
        return None
    return found


def use(link: OneTimeLink) -> None:
    """Exactly one request gets past this line."""
    now = timezone.now()
    waiting = OneTimeLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now)
    if not waiting.update(used_at=now):
        raise Refused(_("This link was used already or its time is over."), code="used")


def join(link: OneTimeLink, *, password: str = "", user: User | None = None) -> Member:
    """A new login gets its first password; an existing one has to be logged in as itself."""
    member, login = link.member, link.user
    if link.purpose != OneTimeLink.Purpose.INVITE:
        raise Refused(_("This link is for something else."), code="purpose")
    if login.has_usable_password():
        if user is None or user.pk != login.pk:
            raise Refused(_("Please log in with your own password first."), code="log_in")
    elif not password:
        raise Refused(_("Please choose a password."), code="password")
    use(link)
    if not login.has_usable_password():
        login.set_password(password)
        login.save(update_fields=["password"])
    activate(member, by=link.made_by)
    record("org.join", member, by=member)
    return member


def reset_password(link: OneTimeLink, *, password: str) -> Member:
    """A new password; every session and every API token of the login ends."""
    member, login = link.member, link.user
    if link.purpose != OneTimeLink.Purpose.RESET:
        raise Refused(_("This link is for something else."), code="purpose")
    # asked again: the login may have joined another company since the link was made
    if reason := may_reset(member):
        raise Refused(reason, code="no_reset")
    use(link)
    login.set_password(password)
    login.save(update_fields=["password"])
    end_all(login)
    revoke_tokens(login)
    record("org.reset_password", member, by=member)
    return member


def activate(member: Member, *, by: Member | None) -> None:
    """In again, with the grants of every post that has not ended."""
    Member.objects.filter(pk=member.pk).update(is_active=True)
    member.is_active = True
    open_ended = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    for post in Post.objects.filter(open_ended, member=member).select_related("unit", "member"):
        give_grants(post, by=by)
