"""How allauth keeps and names what belongs to a second factor."""

import base64
import hashlib
from functools import cache

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User


@cache
def safe() -> MultiFernet:
    """Opens with the present secret key and with those it replaced."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet(
        Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"factors:{key}".encode()).digest()))
        for key in keys
    )


class Factors(DefaultMFAAdapter):
    """A copy of the database alone opens no second factor."""

    def encrypt(self, text: str) -> str:
        return safe().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return safe().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        return _("Sales management")

    def get_totp_label(self, user: User) -> str:
        return user.login

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """A passkey belongs to the host it was made on, whatever its port."""
        host = context.request.get_host().rpartition(":")[0] or context.request.get_host()
        return {"id": host.strip("[]"), "name": _("Sales management")}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, object]:
        return {"id": str(user.pk).encode(), "name": user.login, "display_name": str(user)}
