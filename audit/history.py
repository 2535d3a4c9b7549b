"""The lines of the record about one thing, as events of its timeline."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from audit.models import AuditLine
from kit.registry import Event

Words = Mapping[str, Mapping[str, str]]


def note_of(line: AuditLine) -> str:
    return line.note


def events(
    record: Model, verbs: Words, limit: int, note: Callable[[AuditLine], Any] = note_of
) -> Iterator[Event]:
    """The newest first; `verbs` has label (a msgid), icon and colour of each verb that is told."""
    lines = AuditLine.objects.filter(
        object_kind=record._meta.label_lower, object_id=record.pk, verb__in=verbs
    )
    for line in lines.order_by("-seq")[:limit]:
        known = verbs[line.verb]
        words = known["label"]
        yield Event(
            at=line.at,
            icon=known["icon"],
            text=_(words),
            who=line.actor_name,
            note=note(line),
            colour=known.get("colour", "grey"),
        )
