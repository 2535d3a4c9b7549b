"""Reading the rollup: folded sums and what still waits, in one statement and one snapshot."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection

from org.access import after
from org.models import Member, Unit
from tenancy.context import required

# what a row of the answer stands for; a region is the second part of the path
GROUPS = {
    "none": "NULL::bigint",
    "region": "coalesce(nullif(split_part(u.path, '/', 2), '')::bigint, u.id)",
    "team": "s.unit_id",
    "member": "s.owner_id",
    "month": "s.month",
}


TREE = "JOIN org_unit u ON u.company_id = s.company_id AND u.id = s.unit_id "


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, for which whole months, and to what the sums are limited."""

    member: Member
    keys: Sequence[str]
    first: date
    last: date
    by: str = "none"
    within: Unit | None = None
    owner: Member | None = None


class Text:
    """A statement and its values, grown together so that they cannot part."""

    def __init__(self, text: str = "", *values: Any) -> None:
        self.text, self.values = text, list(values)

    def __add__(self, other: "Text") -> "Text":
        return Text(self.text + other.text, *self.values, *other.values)


def _covered(member: Member) -> Text:
    """The posts' part of `Scope.counts`, over the unit as it stands in the tree now."""
    if member.scope.sees_all():
        return Text("true")
    ranges = member.scope.ranges("see")
    if not ranges:
        return Text("false")
    text = " OR ".join("(u.path >= %s AND u.path < %s)" for _range in ranges)
    return Text(f"({text})", *(end for limits in ranges for end in limits))


def _part(table: str, asked: Asked, *conditions: Text) -> Text:
    """Rows of cells or deltas of the months asked for, with their unit's place in the tree."""
    # for the whole company, cut by nothing of the tree, the tree need not be read
    is_flat = asked.member.scope.sees_all() and not asked.within and asked.by != "region"
    tree = "" if is_flat else TREE
    found = Text(
        f"SELECT s.measure, {GROUPS[asked.by]} AS grouped, s.number "  # noqa: S608  our words
        f"FROM {table} s {tree}"
        "WHERE s.company_id = %s AND s.measure = ANY(%s) AND s.month >= %s AND s.month <= %s",
        required(),
        list(asked.keys),
        asked.first,
        asked.last,
    )
    if unit := asked.within:
        found += Text(" AND u.path >= %s AND u.path < %s", unit.path, after(unit.path))
    if asked.owner:
        found += Text(" AND s.owner_id = %s", asked.owner.pk)
    for condition in conditions:
        found += Text(" AND ") + condition
    return found


def parts(asked: Asked) -> list[Text]:
    """Units the posts cover, one's own rows elsewhere, and what is not folded of both."""
    covered, own = _covered(asked.member), Text("s.owner_id = %s", asked.member.pk)
    elsewhere = Text("NOT ") + covered
    by_person = asked.by == "member" or asked.owner is not None
    kind = Text("s.owner_id IS NOT NULL" if by_person else "s.owner_id IS NULL")
    found = [_part("figures_delta", asked, Text("(") + covered + Text(" OR ") + own + Text(")"))]
    if covered.text != "false":
        found.append(_part("figures_cell", asked, kind, covered))
    if covered.text != "true":
        found.append(_part("figures_cell", asked, own, elsewhere))
    return found


def summed(asked: Asked, most: int = 0) -> Iterable[tuple[str, Any, Decimal]]:
    """(measure, group, number); with `most`, only the groups with the largest numbers."""
    first, *others = parts(asked)
    rows = first
    for part in others:
        rows += Text(" UNION ALL ") + part
    statement = (
        Text("SELECT measure, grouped, sum(number) FROM (")
        + rows
        + Text(") found GROUP BY measure, grouped HAVING sum(number) <> 0")
    )
    if most:
        statement += Text(" ORDER BY 3 DESC, 2 LIMIT %s", most)
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.values)
        return cursor.fetchall()
