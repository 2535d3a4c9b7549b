"""A person of the operator inside a company: sees everything, owns nothing, holds no post."""

from org.access import Grant, Scope
from org.models import Member, SupportAccess, Unit


def guest_of(access: SupportAccess) -> Member:
    """An actor without a row: no link can point at it, so nothing can be written in its name."""
    root = Unit.objects.get(parent=None)
    user = access.user
    guest = Member(pk=-user.pk, company=access.company, user=user, name=str(user)[:60])
    guest.scope = Scope(guest, [Grant("see", root.path, root.name, "", access.expires_at)], [])
    return guest
