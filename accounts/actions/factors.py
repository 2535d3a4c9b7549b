"""Second factors: authenticator app, passkeys and recovery codes, kept by allauth."""

import json
import struct
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, validate_totp_code
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.actions.attempts import first_use
from accounts.actions.letters import write
from accounts.actions.sessions import end_all
from accounts.models import Letter, User
from accounts.news import tell
from kit.because import Refused

Type = Authenticator.Type
MOST_PASSKEYS = 20
# what the readers of a browser's answer raise when it was made up
BROKEN = (
    ValidationError, ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError,
    struct.error, InvalidSignature,
)  # fmt: skip


def of(user: User, *kinds: str) -> Any:
    return Authenticator.objects.filter(user=user, type__in=kinds).order_by("created_at", "pk")


def has_second(user: User) -> bool:
    """Whether the password alone does not let this login in."""
    return of(user, Type.TOTP, Type.WEBAUTHN).exists()


def changed(user: User, verb: str, request: HttpRequest) -> None:
    """The last line of every act here: the person is told, and the log."""
    write(user, Letter.Kind.FACTORS, request)
    tell(user, verb)


# --- coming in ------------------------------------------------------------------------------------


def check_code(user: User, code: str) -> bool:
    """A code of the authenticator, each once, or one of the recovery codes."""
    code = "".join(code.split())
    totp = of(user, Type.TOTP).first()
    if totp and validate_totp_code(decrypt(totp.data["secret"]), code):
        if not first_use(user, code):
            return False
        totp.record_usage()
        return True
    codes = of(user, Type.RECOVERY_CODES).first()
    if codes and codes.wrap().validate_code(code):
        codes.refresh_from_db()
        codes.record_usage()
        tell(user, "use_recovery_code")
        return True
    return False


def parsed(credential: str) -> dict[str, Any] | None:
    """What the browser's script sent, if it is an object at all."""
    try:
        said = json.loads(credential)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def check_passkey(user: User, credential: str) -> bool:
    """The signed answer to the question asked in this session."""
    if (said := parsed(credential)) is None:
        return False
    try:
        passkey = webauthn.complete_authentication(user, said)
    except BROKEN:
        return False
    passkey.record_usage()
    return True


def who_came(credential: str) -> User | None:
    """The login behind a passkey that named it itself, checked with the finger or the PIN."""
    said = parsed(credential)
    try:
        handle = webauthn.websafe_decode(said["response"]["userHandle"]).decode()
        user = User.objects.filter(pk=int(handle), is_active=True).first()
    except BROKEN:
        return None
    return user if user and check_passkey(user, credential) else None


# --- one's own factors ----------------------------------------------------------------------------


def give_codes(user: User) -> None:
    """Whoever has a second factor has recovery codes too."""
    RecoveryCodes.activate(user)


@transaction.atomic
def add_totp(user: User, *, secret: str, code: str, request: HttpRequest) -> Authenticator:
    """The code proves that the app has the secret."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if of(user, Type.TOTP).exists():
        raise Refused(_("There is an authenticator app already."), code="totp")
    code = "".join(code.split())
    if not validate_totp_code(secret, code) or not first_use(user, code):
        sentence = _("This code is not right. Codes change every 30 seconds: take the present one.")
        raise Refused(sentence, code="code", errors={"code": sentence})
    made = TOTP.activate(user, secret).instance
    give_codes(user)
    changed(user, "add_totp", request)
    return made


@transaction.atomic
def remove_totp(user: User, *, request: HttpRequest) -> None:
    if of(user, Type.TOTP).delete()[0]:
        drop_lonely_codes(user)
        changed(user, "remove_totp", request)


def drop_lonely_codes(user: User) -> None:
    """Recovery codes alone are no second factor."""
    if not has_second(user):
        of(user, Type.RECOVERY_CODES).delete()


@transaction.atomic
def add_passkey(user: User, *, name: str, credential: str, request: HttpRequest) -> Authenticator:
    """A key that names its login itself and asks for the finger or the PIN."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if of(user, Type.WEBAUTHN).count() >= MOST_PASSKEYS:
        raise Refused(_("That is enough passkeys: remove one first."), code="many")
    said = parsed(credential)
    try:
        webauthn.parse_registration_response(said)
        if not webauthn.complete_registration(said).is_user_verified():
            said = None
    except BROKEN:
        said = None
    if said is None:
        raise Refused(_("The passkey could not be read. Please try again."), code="credential")
    made = webauthn.WebAuthn.add(user, name, said).instance
    give_codes(user)
    changed(user, "add_passkey", request)
    return made


def passkey_of(user: User, pk: int | None) -> Authenticator | None:
    return of(user, Type.WEBAUTHN).filter(pk=pk).first() if pk else None


def rename_passkey(user: User, passkey: Authenticator, *, name: str) -> None:
    passkey.wrap().name = name
    passkey.save(update_fields=["data"])
    tell(user, "rename_passkey")


@transaction.atomic
def remove_passkey(user: User, passkey: Authenticator, *, request: HttpRequest) -> None:
    passkey.delete()
    drop_lonely_codes(user)
    changed(user, "remove_passkey", request)


@transaction.atomic
def renew_codes(user: User, *, request: HttpRequest) -> None:
    """The old ones stop working."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if not has_second(user):
        raise Refused(_("Recovery codes come with a second factor."), code="none")
    of(user, Type.RECOVERY_CODES).delete()
    give_codes(user)
    changed(user, "renew_codes", request)


@transaction.atomic
def remove_factors(user: User) -> None:
    """For whoever lost the phone and the codes: the password alone again; whoever asks records."""
    Authenticator.objects.filter(user=user).delete()
    end_all(user)
    write(user, Letter.Kind.FACTORS)
