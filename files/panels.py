"""The papers of a record as its page shows them."""

from typing import Any

from django.db.models import Model
from django.urls import reverse

from files.holders import holders
from files.models import Attachment, CompanyPicture, PictureKind, Purpose
from org.models import Member


def attachments(member: Member, obj: Model) -> dict[str, Any] | None:
    """None when there is nothing to see and nothing to add."""
    holder = holders[obj._meta.label_lower]
    may = {purpose: bool(member.may(name, obj)) for purpose, name in holder.rules.items()}
    found = Attachment.objects.of(obj).select_related("added_by").order_by("created_at", "pk")
    rows = list(found)
    kept = [row for row in rows if row.archived_at is None]
    has_signed = any(row.purpose == Purpose.SIGNED_COPY for row in kept)
    # the address bears the name of the rule: customers.attach is customers:attach
    adds = [
        {"url": reverse(holder.rules[purpose].replace(".", ":"), args=[obj.pk]), "purpose": purpose}
        for purpose, allowed in may.items()
        if allowed and not (purpose == Purpose.SIGNED_COPY and has_signed)
    ]
    gone = [row for row in rows if row.archived_at is not None and may[row.purpose]]
    if not kept and not adds and not gone:
        return None
    return {
        "template": "files/_attachments.html",
        "rows": [{"paper": row, "may_remove": may[row.purpose]} for row in kept],
        "removed": gone,
        "adds": adds,
    }


def pictures(member: Member, company: Model) -> dict[str, Any]:
    """Logo and seal on the company's own page, each with its picture or the place for one."""
    there = {row.kind: row for row in CompanyPicture.objects.in_force().select_related("added_by")}
    rows = [
        {"kind": kind, "picture": there.get(kind.value), "url": reverse(f"files:set_{kind.value}")}
        for kind in PictureKind
    ]
    return {"template": "files/_pictures.html", "rows": rows}
