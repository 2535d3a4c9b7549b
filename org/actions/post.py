"""Posts and the grants they bring and take."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import Permission
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from audit.actions import record
from kit.because import Refused, msgid
from org.actions.company import asked
from org.models import Member, Post, Role, Unit, UnitGrant
from org.roles import PERMISSIONS
from tenancy.actions import post as tell
from tenancy.actions import tell as leave_word

# news for the floors above: somebody has left a post, so what waits there needs another
SEATS_CHANGED = "org.seats_changed"


def start_post(
    member: Member,
    *,
    unit: Unit,
    role: str,
    by: Member | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    is_acting: bool = False,
) -> Post:
    """ORG-1.5: give a role at a unit from a day, perhaps to a day, with the role's grants."""
    asked(by)
    if not member.is_active:
        raise Refused(_("A disabled member cannot take a post."), code="disabled")
    return add_post(
        member,
        unit=unit,
        role=role,
        by=by,
        starts_on=starts_on,
        ends_on=ends_on,
        is_acting=is_acting,
    )


def add_post(
    member: Member,
    *,
    unit: Unit,
    role: str,
    by: Member | None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    is_acting: bool = False,
) -> Post:
    """The post itself; somebody invited gets the first one before the first step in."""
    if not unit.is_active:
        raise Refused(_("The unit is switched off."), code="unit_off", errors={"unit": ""})
    post = Post(
        member=member,
        unit=unit,
        role=Role(role),
        starts_on=starts_on or timezone.localdate(),
        ends_on=ends_on,
        is_acting=is_acting,
    )
    post.full_clean(exclude=["company"])
    same = Post.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=post.starts_on), member=member, unit=unit, role=role
    )
    if ends_on:
        same = same.filter(starts_on__lte=ends_on)
    if by is not None and same.exists():
        raise Refused(_("The member holds this post in that time already."), code="twice")
    post.save()
    if member.is_active:
        give_grants(post, by=by)
    if ends_on:
        seats_change(post)
    if by is not None:
        leave_word(
            "org.post",
            to=[member.pk],
            text=N_("You are %(role_label)s of %(unit)s from %(day)s on"),
            kind="org.post",
            target=post.pk,
            by=by.pk,
            role_label=msgid(Role(role).label),
            unit=unit.name,
            day=f"{post.starts_on:%Y-%m-%d}",
        )
    record(
        "org.start_post",
        post,
        by=by,
        after={
            "role": role,
            "unit": unit.pk,
            "starts_on": post.starts_on,
            "ends_on": ends_on,
            "is_acting": is_acting,
        },
    )
    return post


def give_grants(post: Post, *, by: Member | None) -> None:
    """What the role brings on the unit; `Scope` counts it from the post's first day."""
    until = midnight(post.ends_on) if post.ends_on else None
    for name in PERMISSIONS[post.role]:
        grant(post.member, permission=name, unit=post.unit, post=post, by=by, until=until)


def midnight(day: date) -> datetime:
    """The last moment of a day."""
    return timezone.make_aware(datetime.combine(day, datetime.max.time()))


def end_post(post: Post, *, by: Member | None, ends_on: date) -> Post:
    """The post ends with that day; its grants go at once when the day has passed."""
    asked(by)
    if ends_on < post.starts_on:
        raise Refused(_("A post cannot end before it starts."), code="order")
    if by is not None and post.role == Role.COMPANY_ADMIN:
        keep_an_admin(Post.objects.exclude(pk=post.pk))
    before = {"ends_on": post.ends_on}
    post.ends_on = ends_on
    post.save(update_fields=["ends_on"])
    if ends_on < timezone.localdate():
        post.grants.all().delete()
    elif post.member.is_active:
        give_grants(post, by=by)
    record("org.end_post", post, by=by, before=before, after={"ends_on": ends_on})
    seats_change(post)
    return post


def seats_change(post: Post) -> None:
    """Tell the floors above when the post's last day is over."""
    due = midnight(post.ends_on) + timedelta(minutes=1)
    tell(SEATS_CHANGED, due_at=due, member=post.member_id)


def keep_an_admin(others: object) -> None:
    """A company without an administrator could not help itself any more."""
    if not others.in_force().filter(role=Role.COMPANY_ADMIN, ends_on=None).exists():
        raise Refused(
            _("This is the last administrator of the company: appoint another one first."),
            code="last_admin",
        )


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
    said = {"member": member.name, "permission": permission, "valid_until": until}
    record("org.grant", unit, by=by, after=said)
    return made
