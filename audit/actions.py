"""Adding to the chain: `record` is called inside the transaction of the act, as its last step."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from django.db import models
from django.utils import timezone

from audit.models import AuditLine, Head, Refusal
from kit import masks
from kit.texthash import digest
from tenancy.context import origin, required


class Actor(Protocol):
    """Whoever acts: a member of the company."""

    pk: int
    name: str


SEALED = (
    "company_id",
    "seq",
    "at",
    "verb",
    "actor_id",
    "actor_name",
    "behalf_id",
    "behalf_name",
    "object_kind",
    "object_id",
    "object_name",
    "before",
    "after",
    "note",
    "ip",
    "channel",
    "previous",
)


# long numbers that belong to no person
NOBODYS = frozenset({"credit_code", "hash", "sha256"})


def seal(line: AuditLine) -> str:
    """The hash of everything a line says, the previous hash included."""
    facts = {name: getattr(line, name) for name in SEALED}
    return digest(facts)


def plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """Values as JSON keeps them, so that the hash of a line read back is the hash written.

    What is added here is never taken away again: numbers of people go in masked.
    """
    kept = {
        str(name): value if isinstance(value, bool | int | str | type(None)) else str(value)
        for name, value in (values or {}).items()
    }
    return {name: v if name in NOBODYS else masks.masked(name, v) for name, v in kept.items()}


def record(
    verb: str,
    obj: models.Model | None,
    *,
    by: Actor | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    behalf: Actor | None = None,
    note: str = "",
    at: datetime | None = None,
) -> AuditLine:
    """GOV-1.2: append one line to the company's chain; locks the head until the commit."""
    pk = required()
    head = Head.objects.select_for_update(no_key=True).filter(company_id=pk).first()
    if head is None:
        Head.objects.bulk_create([Head(company_id=pk)], ignore_conflicts=True)
        head = Head.objects.select_for_update(no_key=True).get(company_id=pk)
    came = origin()
    line = AuditLine(
        company_id=pk,
        seq=head.seq + 1,
        at=at or timezone.now(),
        verb=verb,
        actor_id=by.pk if by else None,
        actor_name=by.name if by else "",
        behalf_id=behalf.pk if behalf else None,
        behalf_name=behalf.name if behalf else "",
        object_kind=obj._meta.label_lower if obj is not None else "",
        object_id=obj.pk if obj is not None else None,
        object_name=str(obj)[:120] if obj is not None else "",
        before=plain(before),
        after=plain(after),
        note=masks.text(note),
        ip=came.ip,
        channel=came.channel,
        previous=head.hash,
    )
    line.hash = seal(line)
    line.save(force_insert=True)
    head.seq, head.hash = line.seq, line.hash
    head.save(update_fields=["seq", "hash"])
    return line


def refuse(
    *, member_id: int | None, status: int, method: str, path: str, rule: str, code: str
) -> None:
    """Write one refusal to the security log of the current company."""
    Refusal.objects.create(
        member_id=member_id,
        status=status,
        method=method,
        path=path[:300].replace("\0", "\ufffd"),
        rule=rule,
        code=code[:40],
        ip=origin().ip,
    )
