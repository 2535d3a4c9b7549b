"""A new password: by whoever knows the old one, or by a letter to the login's e-mail address."""

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode

from accounts.actions.letters import write
from accounts.actions.sessions import end_all, keep_one
from accounts.backends import normalise
from accounts.models import Letter, User
from accounts.news import tell

MOST_DIGITS = 18


def change_password(user: User, *, password: str, request: HttpRequest) -> None:
    """Every other session ends, and every API token."""
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        keep_one(request, user)
        write(user, Letter.Kind.PASSWORD, request)
        tell(user, "change_password")


def ask_reset(login: str, request: HttpRequest) -> None:
    """A letter, if the login has an address; the answer is the same either way."""
    key = normalise(login)
    user = User.objects.filter(Q(login=key) | Q(email=key) | Q(mobile=key)).first()
    if user and user.is_active and user.email and user.has_usable_password():
        write(user, Letter.Kind.RESET, request)


def user_of(uid: str, token: str) -> User | None:
    """Whose link this is, as long as it was not used and its time is not over."""
    try:
        pk = force_str(urlsafe_base64_decode(uid))
    except (ValueError, UnicodeDecodeError):
        return None
    if not (pk.isascii() and pk.isdecimal() and len(pk) <= MOST_DIGITS):
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user and default_token_generator.check_token(user, token) else None


def reset_password(uid: str, token: str, *, password: str, request: HttpRequest) -> User | None:
    """The link works once: a second use finds another password behind it."""
    with transaction.atomic():
        found = user_of(uid, token)
        if found is None:
            return None
        user = User.objects.select_for_update(no_key=True).get(pk=found.pk)
        if not default_token_generator.check_token(user, token):
            return None
        user.set_password(password)
        user.save(update_fields=["password"])
        end_all(user)
        write(user, Letter.Kind.PASSWORD, request)
        tell(user, "reset_password")
    return user
