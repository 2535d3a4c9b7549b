"""Everybody reads the manual, and asks why a rule decided; the administrator asks for others."""

from typing import Any

from django.utils.translation import gettext_noop as N_

from kit.because import Because
from org.access import everybody, rule
from org.models import Member


@rule("handbook.view", clauses="GOV-3.1", label=N_("Read the manual"), strength="shows")
def view(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule(
    "handbook.why",
    clauses="GOV-3.6",
    label=N_("Ask why a rule decides as it does"),
    strength="shows",
)
def why(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)
