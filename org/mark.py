"""T16.1: who reads, and when: the mark on pages, papers and tables of one reader."""

import re

from django.utils import timezone

from org.models import Member
from tenancy.params import param

TAIL = 4


def mark_of(member: Member) -> str:
    """Name, the last digits of the telephone (or the login), time; empty when switched off."""
    if not param("org.watermark"):
        return ""
    login = member.user.mobile or member.user.login
    digits = re.sub(r"\D", "", login) if "@" not in login else ""
    tail = digits[-TAIL:] or login.partition("@")[0][:12]
    return f"{member.name} {tail} {timezone.localtime():%Y-%m-%d %H:%M}"
