"""Everybody has a desk; what lies on it is limited by the rules of what it shows."""

from typing import Any

from kit.because import Because
from org.access import everybody, rule
from org.models import Member


@rule("desk.home")
def home(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("desk.search")
def search(member: Member, obj: Any = None) -> Because:
    """Everybody may look; each finder reads only what the member sees."""
    return everybody(member, obj)


@rule("desk.terms")
def terms(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)
