"""Letters to a login: a row in the request, sent by the worker, so that no answer takes longer."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.core.mail import EmailMessage
from django.db.models import F
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.models import Letter, User

MOST_TRIES = 6
MANY = 50
log = logging.getLogger(__name__)


def write(user: User, kind: str, request: HttpRequest | None = None) -> None:
    """In the language of the person; without an address or a mail server there is no letter."""
    if user.email and settings.HAS_MAIL:
        language = user.language or translation.get_language() or settings.LANGUAGE_CODE
        base = request.build_absolute_uri("/") if request else ""
        Letter.objects.create(user=user, kind=kind, language=language, base=base[:200])


def send_letters() -> int:
    """Those that are due; each is claimed first, so that two workers do not send it twice."""
    now, sent = timezone.now(), 0
    due = Letter.objects.filter(sent_at=None, next_at__lte=now, tries__lt=MOST_TRIES)
    for letter in due.select_related("user").order_by("pk")[:MANY]:
        wait = timedelta(seconds=30 * 2**letter.tries)
        mine = due.filter(pk=letter.pk).update(tries=F("tries") + 1, next_at=now + wait)
        if mine and send(letter):
            Letter.objects.filter(pk=letter.pk).update(sent_at=timezone.now())
            sent += 1
    return sent


def send(letter: Letter) -> bool:
    user = letter.user
    if not user.is_active or not user.email:
        return True
    with translation.override(letter.language):
        context = {"user": user, "at": letter.at, "link": link_of(letter), "base": letter.base}
        text = render_to_string(f"accounts/mail/{letter.kind}.txt", context)
    subject, _line, body = text.strip().partition("\n")
    try:
        EmailMessage(subject, body.strip() + "\n", to=[user.email]).send()
    except (SMTPException, OSError) as error:
        log.warning("letter %s was not sent: %s", letter.pk, type(error).__name__)
        return False
    return True


def link_of(letter: Letter) -> str:
    """Made when the letter goes out, and nowhere kept."""
    if letter.kind != Letter.Kind.RESET:
        return ""
    uid = urlsafe_base64_encode(force_bytes(letter.user.pk))
    token = default_token_generator.make_token(letter.user)
    return letter.base.rstrip("/") + reverse("accounts:reset", args=[uid, token])
