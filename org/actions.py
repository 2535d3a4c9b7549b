"""The organisation's verbs: found a company, add units and members, start and end posts."""

import secrets
from datetime import date, datetime, timedelta

from django.contrib.auth.models import Permission
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.actions import record
from kit.because import Refused
from org.access import check
from org.membership import digest
from org.models import ApiToken, Member, Post, Role, Unit, UnitGrant
from org.roles import PERMISSIONS
from tenancy.actions import post as tell
from tenancy.models import Company

WIDTH = 6
# news for the floors above: somebody has left a post, so what waits there needs another
SEATS_CHANGED = "org.seats_changed"


def found(name: str, *, slug: str) -> Company:
    """A new tenant; its rows come inside `tenancy.context.company(company.pk)`."""
    return Company.objects.create(name=name, slug=slug)


def asked(by: Member | None) -> None:
    """ORG-1.3: the company's administrator, or nobody: the operator's commands."""
    if by is not None:
        check(by, "org.administer")


def add_unit(
    name: str, *, parent: Unit | None, kind: str, by: Member | None = None, code: str = ""
) -> Unit:
    """ORG-1.1: a node below `parent`, or the root when there is none."""
    asked(by)
    unit = Unit(name=name, parent=parent, kind=kind, code=code, path="")
    unit.validate_constraints()
    unit.save()
    unit.path = f"{parent.path if parent else ''}{unit.pk:0{WIDTH}d}/"
    unit.save(update_fields=["path"])
    record("org.add_unit", unit, by=by, after={"name": name, "kind": kind, "path": unit.path})
    return unit


def add_member(user: User, *, name: str, by: Member | None = None, employee_no: str = "") -> Member:
    asked(by)
    member = Member(user=user, name=name, employee_no=employee_no)
    member.validate_constraints()
    member.save()
    record("org.add_member", member, by=by, after={"name": name})
    return member


def start_post(
    member: Member,
    *,
    unit: Unit,
    role: str,
    by: Member | None = None,
    starts_on: date | None = None,
) -> Post:
    """ORG-1.5: give a role at a unit, with the grants the role carries."""
    asked(by)
    if not member.is_active:
        raise Refused(_("A disabled member cannot take a post."), code="disabled")
    post = Post(
        member=member, unit=unit, role=Role(role), starts_on=starts_on or timezone.localdate()
    )
    post.full_clean(exclude=["company"])
    post.save()
    for name in PERMISSIONS[role]:
        grant(member, permission=name, unit=unit, post=post, by=by)
    record("org.start_post", post, by=by, after={"role": role, "unit": unit.pk})
    return post


def end_post(post: Post, *, by: Member | None, ends_on: date) -> Post:
    """The post ends with that day; its grants go at once when the day has passed."""
    asked(by)
    if ends_on < post.starts_on:
        raise Refused(_("A post cannot end before it starts."), code="order")
    post.ends_on = ends_on
    post.save(update_fields=["ends_on"])
    midnight = timezone.make_aware(datetime.combine(ends_on, datetime.max.time()))
    if ends_on < timezone.localdate():
        post.grants.all().delete()
    else:
        post.grants.update(valid_until=midnight)
    record("org.end_post", post, by=by, after={"ends_on": ends_on})
    tell(SEATS_CHANGED, due_at=midnight + timedelta(minutes=1), member=post.member_id)
    return post


def grant(
    member: Member,
    *,
    permission: str,
    unit: Unit,
    post: Post | None = None,
    by: Member | None = None,
    until: datetime | None = None,
) -> UnitGrant:
    """One permission on a unit's subtree. guardian's assign_perm knows neither date nor giver."""
    codename = Permission.objects.get(
        content_type__app_label="org", content_type__model="unit", codename=permission
    )
    made, _created = UnitGrant.objects.update_or_create(
        user_id=member.user_id,
        permission=codename,
        content_object=unit,
        post=post,
        defaults={"valid_until": until, "granted_by": by},
    )
    return made


def disable(member: Member, *, by: Member | None) -> Member:
    """The person is out with the next request: no seat, no grants, no tokens."""
    asked(by)
    Member.objects.filter(pk=member.pk).update(is_active=False)
    UnitGrant.objects.filter(user_id=member.user_id).delete()
    ApiToken.objects.filter(member_id=member.pk, revoked_at=None).update(revoked_at=timezone.now())
    member.is_active = False
    record("org.disable", member, by=by)
    tell(SEATS_CHANGED, member=member.pk)
    return member


def make_token(member: Member, *, name: str, by: Member | None) -> str:
    """A key for the API; it is shown once and only its hash is kept."""
    if by != member:
        asked(by)
    raw = secrets.token_urlsafe(32)
    ApiToken.objects.create(
        company_id=member.company_id,
        member_id=member.pk,
        user_id=member.user_id,
        name=name,
        hash=digest(raw),
    )
    record("org.make_token", member, by=by, after={"name": name})
    return raw
