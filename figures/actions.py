"""The rollup's verbs: fold what waits, compare with the rows, put right."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import F
from django.utils import timezone

from audit.actions import record
from figures.measures import Measure, measures
from figures.models import Delta
from figures.totals import month_at
from tenancy.actions import claim, post
from tenancy.context import required
from tenancy.models import JobRun
from tenancy.params import today

log = logging.getLogger(__name__)
MOST = 50_000
TOLD = 20
# one at a time in a company: a repair rewrites sums that a fold adds to
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('figures.fold', %s))"
# whoever deletes a waiting row adds it: one statement, so it is folded once or not at all
FOLD = """
WITH taken AS (
  DELETE FROM figures_delta WHERE id IN (
    SELECT id FROM figures_delta WHERE company_id = %s ORDER BY id LIMIT %s)
  RETURNING company_id, measure, month, unit_id, owner_id, number
), summed AS (
  SELECT company_id, measure, month, unit_id, owner_id, sum(number) AS number FROM taken
  GROUP BY GROUPING SETS ((company_id, measure, month, unit_id, owner_id),
                          (company_id, measure, month, unit_id))
), folded AS (
  INSERT INTO figures_cell (company_id, measure, month, unit_id, owner_id, number)
  SELECT * FROM summed ORDER BY 1, 2, 3, 4, 5
  ON CONFLICT (company_id, measure, month, unit_id, owner_id)
  DO UPDATE SET number = figures_cell.number + excluded.number
)
SELECT count(*) FROM taken
"""
# folded and waiting sums beside the rows' own, in one snapshot
COMPARE = """
WITH kept AS (
  SELECT month, unit_id, owner_id, sum(number) AS number FROM (
    SELECT month, unit_id, owner_id, number FROM figures_cell
     WHERE company_id = %s AND measure = %s AND owner_id IS {kind}
    UNION ALL
    SELECT month, unit_id, {owner}, number FROM figures_delta
     WHERE company_id = %s AND measure = %s
  ) found GROUP BY 1, 2, 3
), counted AS (
  SELECT month::date AS month, unit_id, {owner} AS owner_id, sum(number) AS number
    FROM ({rows}) r (month, unit_id, owner_id, number) GROUP BY 1, 2, 3
)
SELECT coalesce(k.month, c.month), coalesce(k.unit_id, c.unit_id),
       coalesce(k.owner_id, c.owner_id), coalesce(k.number, 0), coalesce(c.number, 0)
  FROM kept k FULL JOIN counted c
    ON k.month = c.month AND k.unit_id = c.unit_id
   AND coalesce(k.owner_id, 0) = coalesce(c.owner_id, 0)
 WHERE coalesce(k.number, 0) <> coalesce(c.number, 0)
 ORDER BY 1, 2, 3
"""
UNITS_ANEW = """
MERGE INTO figures_cell c USING (
  SELECT company_id, measure, month, unit_id, sum(number) AS number FROM figures_cell
   WHERE company_id = %(company)s AND owner_id IS NOT NULL GROUP BY 1, 2, 3, 4
) t ON c.company_id = t.company_id AND c.measure = t.measure AND c.month = t.month
   AND c.unit_id = t.unit_id AND c.owner_id IS NULL
WHEN MATCHED AND c.number <> t.number THEN UPDATE SET number = t.number
WHEN NOT MATCHED THEN INSERT (company_id, measure, month, unit_id, owner_id, number)
  VALUES (t.company_id, t.measure, t.month, t.unit_id, NULL, t.number)
WHEN NOT MATCHED BY SOURCE AND c.company_id = %(company)s AND c.owner_id IS NULL
  THEN DELETE
"""


@dataclass(frozen=True, slots=True)
class Difference:
    """One sum that is not that of its rows; without an owner it is the unit's."""

    measure: str
    month: date
    unit: int
    owner: int | None
    kept: Decimal
    true: Decimal

    def as_json(self) -> dict[str, Any]:
        return {
            "measure": self.measure,
            "month": f"{self.month:%Y-%m}",
            "unit": self.unit,
            "owner": self.owner,
            "kept": str(self.kept),
            "true": str(self.true),
        }


def fold(limit: int = MOST) -> int:
    """Put waiting changes of the current company into the sums; how many they were.

    One that dies leaves everything as it was.
    """
    with connection.cursor() as cursor:
        cursor.execute(ALONE, [required()])
        cursor.execute(FOLD, [required(), limit])
        return cursor.fetchone()[0]


def differences() -> list[Difference]:
    """Every sum of the current company that its rows do not add up to."""
    return [
        difference
        for measure in measures.values()
        for is_of_unit in (True, False)
        for difference in _compared(measure, is_of_unit=is_of_unit)
    ]


def _compared(measure: Measure, *, is_of_unit: bool) -> Iterable[Difference]:
    rows = apps.get_model(measure.model).objects.filter(measure.where)
    rows = rows.exclude(**{measure.at: None}).order_by()
    rows = rows.values(
        so_month=month_at(measure), so_unit=F("unit_id"), so_owner=F("owner_id")
    ).annotate(so_number=measure.value)
    counted, values = rows.query.sql_with_params()
    kind, owner = ("NULL", "NULL::bigint") if is_of_unit else ("NOT NULL", "owner_id")
    mine = [required(), measure.key]
    with connection.cursor() as cursor:
        text = COMPARE.format(kind=kind, owner=owner, rows=counted)
        cursor.execute(text, [*mine, *mine, *values])
        return [Difference(measure.key, *row) for row in cursor.fetchall()]


def reconcile(*, is_repair: bool = True) -> list[Difference]:
    """Compare every sum with its rows; what differs is reported and, if wanted, put right.

    A repair is the difference itself as one more change, so it is right whatever is written
    meanwhile. Sums of a unit that disagree with those of its people are written anew.
    """
    found = differences()
    if not found:
        return []
    shown = [difference.as_json() for difference in found[:TOLD]]
    log.error("figures differ from their rows: %s in company %s", len(found), required())
    if is_repair:
        _put_right(found)
        after = {"number": len(found), "differences": shown}
        record("figures.reconcile", None, by=None, after=after)
        post("figures.differ", number=len(found), differences=shown)
    return found


def _put_right(found: list[Difference]) -> None:
    Delta.objects.bulk_create(
        Delta(
            measure=one.measure, month=one.month, unit_id=one.unit, owner_id=one.owner,
            number=one.true - one.kept,
        )
        for one in found
        if one.owner is not None
    )  # fmt: skip
    while fold():
        pass
    with connection.cursor() as cursor:
        cursor.execute(UNITS_ANEW, {"company": required()})


def reconcile_nightly() -> JobRun | None:
    """Once a day and company, whichever beat comes first; what it found stands in its run."""
    run = claim("figures.reconcile", f"{today():%Y-%m-%d}")
    if run is not None:
        found = reconcile()
        shown = [difference.as_json() for difference in found[:TOLD]]
        run.did = {"differences": len(found), "first": shown}
        run.finished_at = timezone.now()
        run.save(update_fields=["did", "finished_at"])
    return run
