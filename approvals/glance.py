"""A case as the inbox opens it: what is asked, what is new, what matters, and the decision."""

from collections.abc import Mapping
from typing import Any

from django.shortcuts import get_object_or_404

from approvals.board import board, shown
from approvals.kinds import document_url, kinds
from approvals.models import Case, Document, InboxVisit
from files.holders import holders
from files.panels import attachments
from kit.registry import panels, panels_of
from org.access import sees
from org.models import Member


def glance(
    member: Member, case: Case, typed: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The context of `approvals/_case.html`: one fragment in the list, the same as a page.

    An app hands down the facts of its kind as panels of `<kind>.glance`; a kind without any shows
    the snapshot itself, which is what the approvers decide on. 404 where the document was handed
    over since: who was in the case before reads nothing of what others write now.
    """
    kind = kinds[case.kind]
    document = document_of(member, case)
    before = InboxVisit.objects.filter(member=member).values_list("before", flat=True).first()
    place = f"{case.kind}.glance"
    seen_board = board(member, document, typed, since=before)
    return {
        "case": case,
        "kind": kind.label,
        "document": document,
        "url": document_url(case),
        "board": seen_board,
        "risks": seen_board.risks,
        "panels": panels_of(place, member, document),
        "facts": [] if panels[place] else facts_of(kind.snapshot(document)),
        "papers": attachments(member, document) if kind.record in holders else None,
        "sees": sees(member, case),
    }


def document_of(member: Member, case: Case) -> Document:
    """The document with what its snapshot and its page read of it, if the member sees it."""
    model = kinds[case.kind].model
    links = [
        field.name
        for field in model._meta.concrete_fields
        if field.many_to_one and not field.null and field.name != "company"
    ]
    rows = model.objects.visible_to(member).select_related(*links)
    document = get_object_or_404(rows, pk=case.object_id)
    document.case = case
    return document


def facts_of(snapshot: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parts of a snapshot in their order: a value, a few values, or rows of values."""
    found = []
    for label, value in snapshot.items():
        if isinstance(value, list):
            rows = [pairs(row) if isinstance(row, dict) else [("", shown(row))] for row in value]
            found.append({"label": shown(label), "rows": rows})
        elif isinstance(value, dict):
            found.append({"label": shown(label), "pairs": pairs(value)})
        elif value not in {None, ""}:
            found.append({"label": shown(label), "value": shown(value)})
    return found


def pairs(row: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(shown(label), shown(value)) for label, value in row.items() if value not in (None, "")]
