"""Counting login attempts before a password is looked at."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import LoginAttempt, User

WINDOW = timedelta(minutes=15)
PER_LOGIN = 10
PER_PLACE = 100
PER_LETTER = 3
MOST_PEOPLE = 8


def bucket(kind: str, value: str) -> str:
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Device:
    """A browser, and the latest logins (ids) that succeeded on it."""

    id: str
    people: tuple[int, ...] = ()

    def known_to(self, user_id: int) -> "Device":
        people = (user_id, *(pk for pk in self.people if pk != user_id))
        return Device(self.id, people[:MOST_PEOPLE])


def may_try(login: str, ip: str, device: Device | None = None) -> bool:
    """Count this attempt; False when the login or the place has used up its share.

    A device on which this very person logged in before has a share of its own, so that a stranger's
    attempts do not shut out the owner. One's own login gives no share for the login of another.
    """
    own = bucket("login", login)
    if device and device.people:
        person = User.objects.filter(Q(login=login) | Q(email=login) | Q(mobile=login)).first()
        if person and person.pk in device.people:
            own = bucket("device", f"{login} {device.id}")
    return _count(own, PER_LOGIN) and _count(bucket("ip", ip), PER_PLACE)


def may_confirm(user: User) -> bool:
    """Count one try at the password of a login that is in already."""
    return _count(bucket("again", str(user.pk)), PER_LOGIN)


def may_show(user: User) -> bool:
    """Count one try at the second factor of a login whose password was right."""
    return _count(bucket("factor", str(user.pk)), PER_LOGIN)


def may_ask(login: str, ip: str) -> bool:
    """Count one request for a letter to this address."""
    return _count(bucket("letter", login), PER_LETTER) and _count(bucket("ip", ip), PER_PLACE)


def may_come(ip: str) -> bool:
    """Count one try from a place when nobody has said who he is."""
    return _count(bucket("ip", ip), PER_PLACE)


def first_use(user: User, code: str) -> bool:
    """A code of the authenticator counts once, whichever process it reaches."""
    return _count(bucket("code", f"{user.pk} {code}"), 1)


def _count(name: str, limit: int) -> bool:
    since = timezone.now() - WINDOW
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if LoginAttempt.objects.filter(bucket=name, at__gt=since)[:limit].count() >= limit:
            return False
        LoginAttempt.objects.create(bucket=name)
        return True


def forget(login: str, device: Device) -> None:
    """After a success the login's share is whole again."""
    names = [bucket("login", login), bucket("device", f"{login} {device.id}")]
    LoginAttempt.objects.filter(bucket__in=names).delete()
