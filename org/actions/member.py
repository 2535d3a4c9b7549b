"""Members: bring them in, switch them off and on again, give them a key."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions import end_all
from accounts.actions import remove_factors as let_go_of_factors
from accounts.actions.factors import has_second
from accounts.backends import normalise
from accounts.models import User
from audit.actions import record
from kit.because import Refused
from org.actions.company import asked
from org.actions.link import activate, has_to_join, make_link, may_reset
from org.actions.post import SEATS_CHANGED, add_post, keep_an_admin
from org.membership import memberships
from org.models import ApiToken, Member, OneTimeLink, Post, Role, Unit, UnitGrant
from tenancy.actions import post as tell


def add_member(user: User, *, name: str, by: Member | None = None, employee_no: str = "") -> Member:
    asked(by)
    member = Member(user=user, name=name, employee_no=employee_no)
    member.validate_constraints()
    member.save()
    record("org.add_member", member, by=by, after={"name": name})
    return member


def invite(
    *, name: str, login: str, unit: Unit, role: str, by: Member, employee_no: str = ""
) -> tuple[Member, str]:
    """The member with a first post, outside until the link is used; the link is shown once.

    A login that exists already is not touched: it joins when its own person opens the link.
    """
    asked(by)
    member = bring_in(name=name, login=login, unit=unit, role=role, by=by, employee_no=employee_no)
    token = make_link(member, purpose=OneTimeLink.Purpose.INVITE, by=by)
    record("org.invite", member, by=by, after={"name": name, "role": role, "unit": unit.pk})
    return member, token


def appoint(*, name: str, login: str) -> tuple[Member, str]:
    """ORG-1.3: the first administrator of a new company, by the operator who founded it."""
    if Member.objects.exists():
        raise Refused(_("The company has members already."), code="not_new")
    root = Unit.objects.get(parent=None)
    role = Role.COMPANY_ADMIN
    member = bring_in(name=name, login=login, unit=root, role=role, by=None)
    # nobody stands above the first: the link is made in this person's own name
    token = make_link(member, purpose=OneTimeLink.Purpose.INVITE, by=member)
    record("org.appoint", member, by=None, after={"name": name, "login": login})
    return member, token


def bring_in(
    *, name: str, login: str, unit: Unit, role: str, by: Member | None, employee_no: str = ""
) -> Member:
    """Login and member with the first post, outside until a link is used."""
    key = normalise(login)
    user = User.objects.filter(Q(login=key) | Q(email=key) | Q(mobile=key)).first()
    if user is None:
        way = {"email": key} if "@" in key else {"mobile": key}
        user = User.objects.create_user(key, None, name=name, **way)
    if Member.objects.filter(user=user).exists():
        raise Refused(_("This login is a member already."), code="member", errors={"login": ""})
    member = Member(user=user, name=name, employee_no=employee_no, is_active=False)
    member.validate_constraints()
    member.save()
    add_post(member, unit=unit, role=role, by=by)
    return member


def change_member(member: Member, *, name: str, employee_no: str, by: Member) -> Member:
    asked(by)
    before = {"name": member.name, "employee_no": member.employee_no}
    member.name, member.employee_no = name, employee_no
    member.validate_constraints()
    member.save(update_fields=["name", "employee_no"])
    after = {"name": name, "employee_no": employee_no}
    record("org.change_member", member, by=by, before=before, after=after)
    return member


def disable(member: Member, *, by: Member | None) -> Member:
    """The person is out with the next request: no seat, no grants, no tokens, no open link."""
    asked(by)
    if by is not None and by.pk == member.pk:
        raise Refused(_("You cannot switch yourself off."), code="yourself")
    if by is not None and member.is_active:
        keep_an_admin(Post.objects.exclude(member=member))
    Member.objects.filter(pk=member.pk).update(is_active=False)
    UnitGrant.objects.filter(user_id=member.user_id).delete()
    now = timezone.now()
    ApiToken.objects.filter(member_id=member.pk, revoked_at=None).update(revoked_at=now)
    member.links.filter(used_at=None, expires_at__gt=now).update(expires_at=now)
    member.is_active = False
    if not memberships(member.user_id):
        end_all(member.user)
    record("org.disable", member, by=by, before={"is_active": True}, after={"is_active": False})
    tell(SEATS_CHANGED, member=member.pk)
    return member


def enable(member: Member, *, by: Member) -> Member:
    """Back with the posts that are still in force; tokens stay revoked."""
    asked(by)
    if member.is_active:
        raise Refused(_("The member is active already."), code="active")
    if has_to_join(member):
        raise Refused(_("The person has not joined yet: give a new link."), code="not_joined")
    activate(member, by=by)
    record("org.enable", member, by=by, before={"is_active": False}, after={"is_active": True})
    return member


def remove_factors(member: Member, *, by: Member) -> None:
    """For whoever lost the phone and the recovery codes; every session of the login ends."""
    asked(by)
    if by.pk == member.pk:
        raise Refused(_("Your own second factor is on your account page."), code="yourself")
    if reason := may_reset(member):
        raise Refused(reason, code="no_reset")
    if not has_second(member.user):
        raise Refused(_("This login has no second factor."), code="none")
    let_go_of_factors(member.user)
    record("org.remove_factors", member, by=by, before={"factors": True}, after={"factors": False})
