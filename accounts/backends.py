"""Login by e-mail address or mobile number and password."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db.models import Q
from django.http import HttpRequest

from accounts.models import User
from kit.codes import mobile


def normalise(login: str) -> str:
    """A mobile number in eleven digits, anything else trimmed and in lower case."""
    text = login.strip()
    try:
        return mobile(text)
    except ValueError:
        return text.lower()


class LoginBackend(BaseBackend):
    """Answers in the same time whether or not the login exists."""

    def authenticate(
        self, request: HttpRequest | None, login: str = "", password: str = "", **_: Any
    ) -> User | None:
        key = normalise(login)
        user = User.objects.filter(Q(login=key) | Q(email=key) | Q(mobile=key)).first()
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        return User.objects.filter(pk=user_id, is_active=True).first()
