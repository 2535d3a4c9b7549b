"""Walking a chain: names the first bad line, also when the tail was cut together with the head."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from audit.actions import seal
from audit.models import AuditLine, Head


@dataclass(frozen=True, slots=True)
class Verdict:
    """Outcome for one company: ok, how many lines, and the first bad sequence number if any."""

    company: int
    ok: bool
    lines: int
    bad: int | None = None
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def ledger() -> Path:
    return Path(settings.DATA) / "audit-heads.jsonl"


def published(company: int) -> dict[int, str]:
    """Heads once published outside the database: sequence number to hash."""
    if not ledger().exists():
        return {}
    rows = (json.loads(row) for row in ledger().read_text().splitlines() if row.strip())
    return {row["seq"]: row["hash"] for row in rows if row["company"] == company}


def publish(company: int) -> bool:
    """Append the present head to the ledger file; False when nothing is new."""
    head = Head.objects.filter(company_id=company).first()
    if head is None or head.seq in published(company):
        return False
    ledger().parent.mkdir(parents=True, exist_ok=True)
    with ledger().open("a") as file:
        file.write(json.dumps({"company": company, "seq": head.seq, "hash": head.hash}) + "\n")
    return True


def verify(company: int) -> Verdict:
    """GOV-1.2: recompute every hash in order and compare head, links and published heads."""
    known = published(company)
    previous, expected = "", 1
    for line in AuditLine.objects.order_by("seq", "id").iterator(chunk_size=2000):
        why = ""
        if line.seq != expected:
            why = "gap or double"
        elif line.previous != previous:
            why = "does not follow the line before"
        elif not line.hash or seal(line) != line.hash:
            why = "changed"
        elif known.get(line.seq, line.hash) != line.hash:
            why = "differs from the published head"
        if why:
            return Verdict(company, ok=False, lines=expected - 1, bad=expected, why=why)
        previous, expected = line.hash, expected + 1
    count = expected - 1
    head = Head.objects.filter(company_id=company).first()
    if (head.seq if head else 0) != count or (head.hash if head else "") != previous:
        return Verdict(company, ok=False, lines=count, bad=expected, why="the end is missing")
    if known and max(known) > count:
        return Verdict(company, ok=False, lines=count, bad=expected, why="the end was cut")
    return Verdict(company, ok=True, lines=count)
