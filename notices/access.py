"""A notice belongs to its reader; everybody chooses what to be told."""

from typing import Any

from django.utils.translation import gettext_noop as N_

from kit.because import Because, Line, no, yes
from notices.models import Notice
from org.access import everybody, rule
from org.models import Member


@rule("notices.list")
def list_(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("notices.open", clauses="RPT-3.4", label=N_("Open a notice"))
def open_(member: Member, notice: Notice) -> Because:
    if notice.member_id == member.pk:
        return yes("open", Line("rule", ok=True, text=N_("it was told to you")))
    return no("open", Line("rule", ok=False, text=N_("it was told to somebody else")))


@rule("notices.read")
def read(member: Member, notice: Notice | None = None) -> Because:
    """One's own, one or all of them; also the way back."""
    return everybody(member) if notice is None else open_(member, notice)


@rule("notices.choose")
def choose(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)
