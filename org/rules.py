"""Who may look at the organisation and who may change it."""

from typing import Any

from django.utils.translation import gettext_noop as N_

from kit.because import Because
from org.access import everybody, holds, rule
from org.models import Member, Role


@rule("org.tree", clauses="ORG-1.1", label=N_("See the organisation"), strength="shows")
def tree(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule(
    "org.members", clauses="ORG-1.5", label=N_("See the members of the company"), strength="shows"
)
def members(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("org.roles", clauses="ORG-1.3", label=N_("See what each role may do"), strength="shows")
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


@rule(
    "org.administer",
    clauses="ORG-1.3",
    label=N_("Manage units, members, posts, parameters and calendar"),
)
def administer(member: Member, obj: Any = None) -> Because:
    return holds(member, Role.COMPANY_ADMIN)


@rule("org.run_job", clauses="ORG-1.3", label=N_("Run a job of the clock now"))
def run_job(member: Member, obj: Any = None) -> Because:
    return holds(member, Role.COMPANY_ADMIN)
