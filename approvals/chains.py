"""What the pages of chains show: stages with their steps in words, differences, the preview."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from approvals import actions
from approvals.kinds import CATEGORY, Kind, kinds
from approvals.models import Chain, ChainChange, Step
from approvals.preview import Preview, preview
from approvals.proposal import LABELS, Row, difference, rows_of, said, spoken, step_from
from org.models import Member, Role

WORDS = {"added": "green", "removed": "red", "changed": "amber"}


def shown(kind: Kind, rows: Iterable[Row], *, sees: bool) -> list[list[dict[str, Any]]]:
    """The steps in words; those of one stage run side by side."""
    stages: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        step = {
            **row,
            "role_label": Role(row["role"]).label,
            "mode_label": Step.Mode(row["mode"]).label,
            "when": spoken(kind, row, shows_bands=sees),
            "points": [_(kind.points.get(key, key)) for key in row["checklist"]],
        }
        stages.setdefault(row["position"], []).append(step)
    return [stages[place] for place in sorted(stages)]


def change_page(change: ChainChange, reader: Member) -> dict[str, Any]:
    """Differences to the version it changes and, while it is undecided, what it would mean."""
    kind = kinds[change.kind]
    base = base_rows(change)
    found: Preview | None = None
    if change.is_undecided:
        found = preview(
            kind, *(list(map(step_from, rows)) for rows in (base, change.steps)), reader
        )
    return {
        "kind": kind,
        "stages": shown(kind, change.steps, sees=True),
        "differences": [in_words(kind, one) for one in difference(base, change.steps)],
        "preview": found,
        "is_stale_base": change.is_undecided and actions.is_stale_base(change),
    }


def base_rows(change: ChainChange) -> list[Row]:
    return rows_of(Chain.objects.get(kind=change.kind, version=change.base_version))


def in_words(kind: Kind, one: dict[str, Any]) -> dict[str, Any]:
    """One difference with its fields before and now, for people."""
    labels = {"added": _("Added"), "removed": _("Removed"), "changed": _("Altered")}
    row = one["row"]
    fields = [
        {"label": _(LABELS[name]), "old": value_of(kind, one["old"], name),
         "new": value_of(kind, row, name)}
        for name in one["fields"]
    ]  # fmt: skip
    facts = [str(Role(row["role"]).label), str(Step.Mode(row["mode"]).label)]
    return {
        "name": row["name"],
        "label": labels[one["what"]],
        "colour": WORDS[one["what"]],
        "fields": fields,
        "facts": [*facts, *spoken(kind, row)],
    }


def value_of(kind: Kind, row: Row, name: str) -> str:
    value = row[name]
    if name in {"role", "mode"}:
        return str({"role": Role, "mode": Step.Mode}[name](value).label)
    if name == "conditions":
        return "；".join(said(kind, one) for one in value)
    if name in {"categories", "checklist"}:
        term = kind.term(CATEGORY)
        labels = kind.points if name == "checklist" else term.choices if term else {}
        return "、".join(_(labels.get(one, one)) for one in value)
    if name == "name":
        return _(value)
    return str(value or "")
