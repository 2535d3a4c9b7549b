"""T14: what happened to an application, from the log."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from applications.models import Application
from audit.models import AuditLine
from kit.registry import Event
from org.models import Member

VERBS = {
    "applications.create": {"label": N_("Filled in"), "icon": "file-plus", "colour": "grey"},
    "applications.change": {"label": N_("Changed"), "icon": "pencil", "colour": "grey"},
    "applications.submit": {"label": N_("Submitted for review"), "icon": "send", "colour": "blue"},
    "approvals.approve": {"label": N_("Approved a step"), "icon": "check", "colour": "green"},
    "approvals.return": {"label": N_("Sent back"), "icon": "arrow-back-up", "colour": "amber"},
    "approvals.reject": {"label": N_("Rejected"), "icon": "x", "colour": "red"},
    "approvals.withdraw": {"label": N_("Withdrawn"), "icon": "arrow-back-up", "colour": "grey"},
    "approvals.ask_again": {"label": N_("Somebody else was asked"), "icon": "user-share",
                            "colour": "amber"},
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
    lines = AuditLine.objects.filter(
        object_kind=application._meta.label_lower, object_id=application.pk, verb__in=VERBS
    )
    for line in lines.order_by("-seq")[:limit]:
        known = VERBS[line.verb]
        words = known["label"]
        yield Event(
            at=line.at,
            icon=known["icon"],
            text=_(words),
            who=line.actor_name,
            note=line.note,
            colour=known["colour"],
        )
