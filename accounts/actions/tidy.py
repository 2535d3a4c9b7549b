"""What is let go: old attempts, letters that went out, devices whose session is over."""

from datetime import timedelta

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.actions.attempts import WINDOW
from accounts.models import Letter, LoginAttempt

KEPT = timedelta(days=30)


def tidy() -> int:
    """Attempts older than the window count no more."""
    now = timezone.now()
    Letter.objects.filter(at__lt=now - KEPT).delete()
    alive = Session.objects.filter(expire_date__gt=now).values("session_key")
    UserSession.objects.exclude(session_key__in=alive).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    return LoginAttempt.objects.filter(at__lt=now - 2 * WINDOW).delete()[0]
