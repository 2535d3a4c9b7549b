"""Who may look at the organisation and who may change it."""

from typing import Any

from kit.because import Because
from org.access import everybody, holds, rule
from org.models import Member, Role


@rule("org.tree", clauses="ORG-1.1")
def tree(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("org.members", clauses="ORG-1.5")
def members(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("org.roles", clauses="ORG-1.3")
def roles(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("org.profile")
def profile(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("accounts.own")
def own(member: Member, obj: Any = None) -> Because:
    """One's own login; asked before a company is chosen, so the page looks only for a login."""
    return everybody(member, obj)


@rule("org.keep_tokens")
def keep_tokens(member: Member, obj: Any = None) -> Because:
    """One's own: a token opens what its owner may."""
    return everybody(member, obj)


@rule("org.administer", clauses="ORG-1.3")
def administer(member: Member, obj: Any = None) -> Because:
    return holds(member, Role.COMPANY_ADMIN)
