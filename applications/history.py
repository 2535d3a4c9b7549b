"""T14: what happened to an application, from the log."""

from collections.abc import Iterator

from django.utils.translation import gettext_noop as N_

from applications.models import Application
from approvals.history import VERBS as ENGINE
from audit.history import events
from kit.registry import Event
from org.models import Member

VERBS = ENGINE | {
    "applications.create": {"label": N_("Filled in"), "icon": "file-plus", "colour": "grey"},
    "applications.change": {"label": N_("Changed"), "icon": "pencil", "colour": "grey"},
    "applications.submit": {"label": N_("Submitted for review"), "icon": "send", "colour": "blue"},
    "applications.attach": {"label": N_("File attached"), "icon": "paperclip", "colour": "grey"},
    "applications.remove_attachment": {
        "label": N_("Attachment removed"), "icon": "paperclip", "colour": "amber",
    },
    "applications.restore_attachment": {
        "label": N_("Attachment put back"), "icon": "paperclip", "colour": "grey",
    },
}  # fmt: skip


def log(member: Member, application: Application, limit: int) -> Iterator[Event]:
    """Lines of the chained log about the application."""
    return events(application, VERBS, limit)
