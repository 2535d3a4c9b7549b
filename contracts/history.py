"""T14, T19: what happened to a contract, from its draft to the end of its term."""

from collections.abc import Iterator
from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.history import VERBS as ENGINE
from approvals.models import Status
from audit.history import events
from audit.models import AuditLine
from contracts.models import Contract
from kit.money import show
from kit.registry import Event
from org.models import Member

# verbs of the log with their words, icons and colours
VERBS = ENGINE | {
    "contracts.hand_over": {
        "label": N_("Handed over"), "icon": "user-share", "colour": "amber",
    },
    "contracts.create": {"label": N_("Drafted"), "icon": "file-plus", "colour": "grey"},
    "contracts.change": {"label": N_("Changed"), "icon": "pencil", "colour": "grey"},
    "contracts.submit": {"label": N_("Submitted for review"), "icon": "send", "colour": "blue"},
    "contracts.sign": {"label": N_("Signed"), "icon": "signature", "colour": "green"},
    "contracts.archive": {"label": N_("Archived"), "icon": "archive", "colour": "green"},
    "contracts.attach": {"label": N_("File attached"), "icon": "paperclip", "colour": "grey"},
    "contracts.attach_signed_copy": {
        "label": N_("Signed copy attached"), "icon": "paperclip", "colour": "green",
    },
    "contracts.remove_attachment": {
        "label": N_("Attachment removed"), "icon": "paperclip", "colour": "amber",
    },
    "contracts.restore_attachment": {
        "label": N_("Attachment put back"), "icon": "paperclip", "colour": "grey",
    },
}  # fmt: skip


def log(member: Member, contract: Contract, limit: int) -> Iterator[Event]:
    """Lines of the chained log about the contract."""
    return events(contract, VERBS, limit, said)


def said(line: AuditLine) -> str:
    return changed(line) if line.verb == "contracts.change" else line.note


def changed(line: AuditLine) -> str:
    """Title and amount, old and new, where they differ."""
    told = []
    before, after = line.before, line.after
    if before.get("title") != after.get("title"):
        told.append(f"{before.get('title')} → {after.get('title')}")
    if before.get("amount") != after.get("amount"):
        told.append(f"{show(before.get('amount'))} → {show(after.get('amount'))}")
    return "\n".join(told)


def term(member: Member, contract: Contract, limit: int) -> Iterator[Event]:
    """The first and the last day of the term, once they have come."""
    if contract.status not in (Status.SIGNED, Status.ARCHIVED):
        return
    today = timezone.localdate()
    if contract.starts_on and contract.starts_on <= today:
        text = _("In force from %(day)s") % {"day": contract.starts_on}
        yield Event(at=start_of(contract.starts_on), icon="calendar", text=text, colour="info")
    if contract.ends_on and contract.ends_on < today:
        text = _("Ended on %(day)s") % {"day": contract.ends_on}
        yield Event(at=end_of(contract.ends_on), icon="calendar-due", text=text, colour="grey")


def start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.max))
