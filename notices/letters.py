"""What a mail of notices says: counts, kinds and links; nothing of the records themselves."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext

from kit.registry import topics
from notices.models import Mail, Notice
from tenancy.calendar import zone

SALT = "notices.stop"
MOST_LINKS = 5


def compose(mail: Mail, news: list[Notice]) -> EmailMultiAlternatives:
    """Text and HTML in the member's language, with a way to stop it that needs no login.

    The links ask again, by login and rule: whoever lost sight of a record finds nothing there.
    """
    user, link = mail.member.user, address("notices:stop", token_of(mail))
    with (
        translation.override(user.language or settings.LANGUAGE_CODE),
        timezone.override(zone()),
    ):
        context = {
            "kind": mail.kind,
            "company": mail.company,
            "groups": list(groups(news)),
            "count": len(news),
            "language": translation.get_language(),
            "all": address("notices:list"),
            "settings": address("notices:choices"),
            "stop": link,
        }
        text = render_to_string("notices/mail/news.txt", context)
        html = render_to_string("notices/mail/news.html", context)
        subject = ngettext("%(n)s notice for you", "%(n)s notices for you", len(news))
    host = urlsplit(settings.SITE_URL).hostname
    headers = {
        "List-Unsubscribe": f"<{link}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Auto-Submitted": "auto-generated",
        # the same for every try: whatever arrives twice can be told to be one
        "Message-ID": f"<notices.{mail.company_id}.{mail.pk}@{host}>",
    }
    said = f"{subject % {'n': len(news)}} · {mail.company}"
    body = text.strip() + "\n"
    message = EmailMultiAlternatives(said, body, to=[user.email], headers=headers)
    message.attach_alternative(html, "text/html")
    return message


def groups(news: Iterable[Notice]) -> Iterator[dict[str, Any]]:
    """By topic, the newest first: its words, how many, and links to the first few."""
    found: dict[str, list[Notice]] = defaultdict(list)
    for one in news:
        if one.topic in topics:
            found[one.topic].append(one)
    for key in sorted(found, key=lambda name: topics[name].order):
        rows = found[key]
        yield {
            "label": topics[key].label,
            "count": len(rows),
            "links": [
                {"url": address("notices:open", one.pk), "at": one.created_at}
                for one in rows[:MOST_LINKS]
            ],
            "is_cut": len(rows) > MOST_LINKS,
        }


def address(name: str, *args: Any) -> str:
    return settings.SITE_URL + reverse(name, args=args)


def token_of(mail: Mail) -> str:
    """Who stops what: signed, so that nobody can stop another's."""
    return signing.dumps([mail.company_id, mail.member_id, mail.kind], salt=SALT)


def read_token(token: str) -> tuple[int, int, str] | None:
    try:
        company, member, kind = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return company, member, kind
