"""Counting login attempts before a password is looked at."""

import hashlib
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import LoginAttempt

WINDOW = timedelta(minutes=15)
PER_LOGIN = 10
PER_PLACE = 100


def bucket(kind: str, value: str) -> str:
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()}"


def may_try(login: str, ip: str, device: str = "") -> bool:
    """Count this attempt; False when the login or the place has used up its share.

    A device that logged in before has a share of its own, so that a stranger's attempts do not
    shut out the owner.
    """
    own = bucket("device", f"{login} {device}") if device else bucket("login", login)
    return _count(own, PER_LOGIN) and _count(bucket("ip", ip), PER_PLACE)


def _count(name: str, limit: int) -> bool:
    since = timezone.now() - WINDOW
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        if LoginAttempt.objects.filter(bucket=name, at__gt=since)[:limit].count() >= limit:
            return False
        LoginAttempt.objects.create(bucket=name)
        return True


def tidy() -> int:
    """Attempts older than the window count no more."""
    return LoginAttempt.objects.filter(at__lt=timezone.now() - 2 * WINDOW).delete()[0]


def forget(login: str, device: str = "") -> None:
    """After a success the login's share is whole again."""
    names = [bucket("login", login), bucket("device", f"{login} {device}")]
    LoginAttempt.objects.filter(bucket__in=names).delete()
