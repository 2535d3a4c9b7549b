"""Pages of long lists by position, not number: never OFFSET, no count nobody asked for."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet, ValidationError
from django.core.signing import BadSignature, Signer
from django.db import connections
from django.db.models import Field, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP

CAP = 1000
PARAMETER = "cursor"
NEXT, PREVIOUS = "n", "p"


@dataclass(frozen=True)
class Page:
    """Its rows in order and the cursors (values of `?cursor=`) of its neighbours, or None."""

    rows: list[Any]
    next: str | None
    previous: str | None
    queryset: QuerySet

    @cached_property
    def total_text(self) -> str:
        """`37` or `1000+`: one query, and only when somebody asks."""
        return capped_count(self.queryset)[1]

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def capped_count(queryset: QuerySet, cap: int = CAP) -> tuple[int, str]:
    """(number of rows, its text); counting stops after `cap`, the text is then `1000+`.

    An order of the queryset's own is kept: it names the index to walk until the cap is reached.
    """
    return capped(_walked(queryset)[: cap + 1].count(), cap)


def capped(number: int, cap: int) -> tuple[int, str]:
    return (cap, f"{cap}+") if number > cap else (number, str(number))


def _walked(queryset: QuerySet) -> QuerySet:
    return queryset if queryset.query.order_by else queryset.order_by()


def capped_counts(*querysets: QuerySet, cap: int = CAP) -> list[tuple[int, str]]:
    """The same for several lists in one statement: the chips above a list."""
    texts, values = [], []
    for queryset in querysets:
        rows = _walked(queryset).values("pk")[: cap + 1]
        try:
            text, params = rows.query.sql_with_params()
        except EmptyResultSet:
            texts.append("0")
            continue
        texts.append(f"(SELECT count(*) FROM ({text}) counted)")  # noqa: S608  from the ORM
        values += params
    with connections[querysets[0].db].cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(texts)}", values)
        numbers = cursor.fetchone()
    return [capped(n, cap) for n in numbers]


def capped_groups(
    queryset: QuerySet, field: str, groups: Sequence[Any], cap: int = CAP
) -> tuple[str, dict[Any, str]]:
    """(text of all, text of each group) by one walk over as many rows as five groups may have.

    A longer list is `5000+`; of its groups only those that reach the cap are known, as `1000+`, and
    the others have no text.
    """
    most = 5 * cap
    try:
        text, params = _walked(queryset).values(field)[: most + 1].query.sql_with_params()
    except EmptyResultSet:
        return "0", dict.fromkeys(groups, "0")
    with connections[queryset.db].cursor() as cursor:
        cursor.execute(f"SELECT found.*, count(*) FROM ({text}) found GROUP BY 1", params)  # noqa: S608  from the ORM
        numbers = dict(cursor.fetchall())
    total = sum(numbers.values())
    if total <= most:
        return str(total), {group: str(numbers.get(group, 0)) for group in groups}
    texts = {group: f"{cap}+" if numbers.get(group, 0) >= cap else "" for group in groups}
    return f"{most}+", texts


def page_of(
    queryset: QuerySet,
    request_get: Mapping[str, str],
    *,
    size: int = 25,
    order: Sequence[str] = ("-updated_at", "-id"),
) -> Page:
    """The page that `?cursor=` asks for, the first without one or with one that is not ours.

    `order` names columns that are never null, the last one unique; `a__b` and annotations
    are allowed.
    One query (plus one for the first page when the way back has become shorter than a page).
    """
    # signed for this list and this order: a cursor can neither be forged nor taken elsewhere
    signer = Signer(sep=".", salt=":".join(("kit.lists", queryset.model._meta.label, *order)))
    way, position = _read(signer, queryset, order, request_get.get(PARAMETER))
    if way == PREVIOUS:
        turned = [_turn(name) for name in order]
        rows = list(queryset.filter(_beyond(turned, position)).order_by(*turned)[: size + 1])
        if len(rows) >= size:
            has_more, rows = len(rows) > size, rows[:size][::-1]
            back = _write(signer, PREVIOUS, rows[0], order) if has_more else None
            return Page(rows, _write(signer, NEXT, rows[-1], order), back, queryset)
        position = None
    found = queryset.filter(_beyond(order, position)) if position else queryset
    rows = list(found.order_by(*order)[: size + 1])
    has_more, rows = len(rows) > size, rows[:size]
    onward = _write(signer, NEXT, rows[-1], order) if has_more else None
    back = _write(signer, PREVIOUS, rows[0], order) if position and rows else None
    return Page(rows, onward, back, queryset)


def _turn(name: str) -> str:
    return name.removeprefix("-") if name.startswith("-") else f"-{name}"


def _beyond(order: Sequence[str], position: Sequence[Any]) -> Q:
    """Rows after the position: a range over the first column for the index, then the ties."""
    names = [name.removeprefix("-") for name in order]
    signs = ["lt" if name.startswith("-") else "gt" for name in order]
    after, ties = Q(), Q()
    for name, sign, value in zip(names, signs, position, strict=True):
        after |= ties & Q(**{f"{name}__{sign}": value})
        ties &= Q(**{name: value})
    return Q(**{f"{names[0]}__{signs[0]}e": position[0]}) & after


def _write(signer: Signer, way: str, row: Any, order: Sequence[str]) -> str:
    values = []
    for name in order:
        value = row
        for step in name.removeprefix("-").split(LOOKUP_SEP):
            value = getattr(value, step)
        if value is None:
            raise ValueError(f"a list cannot be ordered by {name}: it may be null")
        values.append(value if isinstance(value, int | str) else _text(value))
    return signer.sign_object([way, *values])


def _text(value: Any) -> str:
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"a list cannot be ordered by {type(value).__name__}")


def _read(
    signer: Signer, queryset: QuerySet, order: Sequence[str], cursor: str | None
) -> tuple[str, list[Any] | None]:
    if not cursor:
        return NEXT, None
    try:
        way, *values = signer.unsign_object(cursor)
        fields = [_field(queryset, name.removeprefix("-")) for name in order]
        return way, [f.to_python(v) for f, v in zip(fields, values, strict=True)]
    except (BadSignature, ValidationError, ValueError):
        return NEXT, None


def _field(queryset: QuerySet, name: str) -> Field:
    if name in queryset.query.annotations:
        return queryset.query.annotations[name].output_field
    *path, last = name.split(LOOKUP_SEP)
    options = queryset.model._meta
    for step in path:
        options = options.get_field(step).related_model._meta
    return options.pk if last == "pk" else options.get_field(last)
