"""What can be taken away as a table: upper floors register which rows, and what stands in them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import QueryDict

from kit.sheets.writing import Cell
from org.models import Member

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Exporter:
    """`ids(member, filters)` are the rows of the member's own list, in its order.

    `rows(member, ids, contacts, filters)` reads some of them, again through the member's sight;
    `header` fits them. `rule` says who may list, `contacts_rule` who may take telephone numbers
    along; empty where there are none. `model` is whose rows they are: the file is given out only
    while all of them are seen. Of sums it is empty: then while all units they were made of are.
    """

    kind: str
    label: str
    rule: str
    contacts_rule: str
    ids: Callable[[Member, QueryDict], Sequence[int]]
    header: Callable[[bool], list[str]]
    rows: Callable[[Member, Sequence[int], bool, QueryDict], list[Sequence[Cell]]]
    url: str
    model: str = ""

    def seen(self, member: Member, some: Sequence[int] = ()) -> list[Any]:
        """What of the file rests on the member's sight now: the rows, or where sight begins."""
        if not self.model:
            return [low for low, _high in member.scope.ranges("see")]
        rows = apps.get_model(self.model).objects.visible_to(member)
        parts = (some[n : n + CHUNK] for n in range(0, len(some), CHUNK))
        return [
            pk for part in parts for pk in rows.filter(pk__in=part).values_list("pk", flat=True)
        ]


exporters: dict[str, Exporter] = {}


def register(exporter: Exporter) -> None:
    exporters[exporter.kind] = exporter
