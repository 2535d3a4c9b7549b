"""What can be imported: upper floors register how rows are checked and how they are written."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kit.names import normalise
from org.models import Member, Unit

Data = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `label` (msgid) is its heading in the template, `aliases` other headings."""

    key: str
    label: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    example: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence about one cell; a duplicate is set apart from a fault."""

    column: str
    text: str
    is_duplicate: bool = False


@dataclass(slots=True)
class Context:
    """What a check may need; `seen` lasts for the whole file, for duplicates inside it."""

    by: Member
    unit: Unit
    owner: Member
    seen: dict[str, Any] = field(default_factory=dict)


Check = Callable[[Sequence[tuple[int, Data]], Context], Sequence[Sequence[Said]]]
Commit = Callable[..., Sequence[int]]
Undo = Callable[..., tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Importer:
    """`check(rows, context)` gets (row number, cells) and answers with what is wrong, row by row.

    `commit(rows, unit=, owner=, by=)` writes the accepted rows, all or none, and gives their ids.
    `rule` says who may import; `url` names the list where the new rows stand. `undo(ids, by=)`
    archives those that nobody has touched: how many, and the names of the others.
    """

    kind: str
    label: str
    columns: tuple[Column, ...]
    check: Check
    commit: Commit
    rule: str
    url: str = ""
    undo: Undo | None = None


importers: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    importers[importer.kind] = importer


def match(importer: Importer, header: Sequence[str], labels: Mapping[str, str]) -> dict[int, str]:
    """{position: column key} of the headings that are known, by key, label or alias.

    `labels` maps column keys to every shown heading, one language a line.
    """
    known: dict[str, str] = {}
    for column in importer.columns:
        names = (column.key, column.label, *column.aliases, *labels[column.key].splitlines())
        for name in names:
            known.setdefault(normalise(name), column.key)
    found: dict[int, str] = {}
    for place, heading in enumerate(header):
        key = known.get(normalise(heading))
        if key and key not in found.values():
            found[place] = key
    return found
