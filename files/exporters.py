"""What can be taken away as a table: upper floors register which rows, and what stands in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from kit.sheets.writing import Cell
from org.models import Member


@dataclass(frozen=True, slots=True)
class Exporter:
    """`ids(member, filters)` are the rows of the member's own list, in its order.

    `rows(member, ids, contacts, filters)` reads some of them, again through the member's sight;
    `header` fits them. `rule` says who may list, `contacts_rule` who may take telephone numbers
    along; empty where there are none.
    """

    kind: str
    label: str
    rule: str
    contacts_rule: str
    ids: Callable[[Member, QueryDict], Sequence[int]]
    header: Callable[[bool], list[str]]
    rows: Callable[[Member, Sequence[int], bool, QueryDict], list[Sequence[Cell]]]
    url: str


exporters: dict[str, Exporter] = {}


def register(exporter: Exporter) -> None:
    exporters[exporter.kind] = exporter
