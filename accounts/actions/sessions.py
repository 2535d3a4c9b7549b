"""Sessions of a login: begun, seen, ended one by one or all at once."""

import ipaddress
import time

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth import login as open_session
from django.contrib.sessions.models import Session
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from accounts.news import tell
from accounts.places import place

BACKEND = "accounts.backends.LoginBackend"
SEEN = "seen"


def begin(request: HttpRequest, user: User) -> None:
    """Logged in, under a new session id, and noted among the devices of the login."""
    open_session(request, user, backend=BACKEND)
    if not request.session.session_key:
        request.session.create()
    request.session[SEEN] = int(time.time())
    UserSession.objects.update_or_create(
        session_key=request.session.session_key,
        defaults={"user": user, "last_seen_at": timezone.now(), **client_of(request)},
    )


def client_of(request: HttpRequest) -> dict[str, str]:
    agent = request.headers.get("User-Agent", "").replace("\0", "")
    try:
        ip = str(ipaddress.ip_address(place(request)))
    except ValueError:
        ip = "0.0.0.0"  # noqa: S104  nothing is bound: the place is unknown
    return {"ip": ip, "user_agent": agent[: UserSession._meta.get_field("user_agent").max_length]}


def touch(request: HttpRequest) -> None:
    """The session is in use: when and from where."""
    request.session[SEEN] = int(time.time())
    UserSession.objects.filter(session_key=request.session.session_key).update(
        last_seen_at=timezone.now(), **client_of(request)
    )


def set_language(user: User, code: str) -> None:
    """For letters, and for browsers that have not chosen yet."""
    User.objects.filter(pk=user.pk).update(language=code)


def end(user: User, pk: int) -> bool:
    """One session of one's own; False when there is none of this number."""
    row = UserSession.objects.filter(user=user, pk=pk).first()
    if row is None:
        return False
    row.end()
    tell(user, "end_session")
    return True


def end_all(user: User, *, but: str = "") -> None:
    """Every session of the login: the raised number is part of what each of them must know."""
    User.objects.filter(pk=user.pk).update(epoch=F("epoch") + 1)
    user.refresh_from_db(fields=["epoch", "password"])
    rows = UserSession.objects.filter(user=user).exclude(session_key=but)
    Session.objects.filter(
        session_key__in=list(rows.values_list("session_key", flat=True))
    ).delete()
    rows.delete()


def end_others(request: HttpRequest, user: User) -> None:
    """All but this one."""
    keep_one(request, user)
    tell(user, "end_sessions")


def keep_one(request: HttpRequest, user: User) -> None:
    """Only the session of this request goes on; whoever asks for it says in the log why."""
    end_all(user, but=request.session.session_key or "")
    request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
