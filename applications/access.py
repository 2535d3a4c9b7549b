"""Who asks for something with a form, changes it and submits it, and who sees it."""

from typing import Any

from django.utils.translation import gettext_noop as N_

from applications.models import Application
from approvals.models import OPEN_TO_EDIT, Status
from kit.because import Because, Line, all_of, msgid, no, yes
from org.access import everybody, owns, rule, sees
from org.models import Member

FINISHED = (Status.REJECTED, Status.APPROVED)


def in_state(application: Application, *wanted: str) -> Because:
    """Whether it stands in one of the states; the sentence names the present one."""
    text = N_("the application is now “%(state_label)s”")
    values = {"state_label": msgid(application.state.label)}
    is_ok = application.status in wanted
    line = Line("fact", ok=is_ok, text=text, values=values)
    return yes("state", line) if is_ok else no("state", line)


@rule("applications.list")
def list_(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("applications.view", clauses="ORG-1.1", label=N_("Open an application"))
def view(member: Member, application: Application) -> Because:
    return sees(member, application)


@rule("applications.create", label=N_("Fill in a form"))
def create(member: Member, obj: Any = None) -> Because:
    """Whoever holds a post: without one there is nobody above to decide."""
    if member.scope.home is None:
        text = N_("you hold no post, so nobody could decide on it")
        return no("create", Line("grant", ok=False, text=text, clause="ORG-1.3"))
    return everybody(member, obj)


@rule("applications.change", clauses="ORG-1.6", label=N_("Change one's own application"))
def change(member: Member, application: Application) -> Because:
    return all_of("change", (owns(member, application), in_state(application, *OPEN_TO_EDIT)))


@rule("applications.submit", clauses="ORG-1.6", label=N_("Submit one's own application"))
def submit(member: Member, application: Application) -> Because:
    """The state is the engine's question: it answers 409 with a sentence."""
    return owns(member, application)


@rule("applications.attach", clauses="ORG-1.6", label=N_("Attach papers to an application"))
def attach(member: Member, application: Application) -> Because:
    """Papers are part of what is approved, so they change only while the answers may."""
    return change(member, application)


@rule("applications.copy", clauses="ORG-1.6", label=N_("Begin anew with a finished application"))
def copy(member: Member, application: Application) -> Because:
    """T8: what was rejected stays as it is; its answers begin anew as a draft."""
    return all_of("copy", (owns(member, application), in_state(application, *FINISHED)))
