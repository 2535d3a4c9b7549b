"""What a freeze counts, in SQL over the rows behind the measures: every document once.

A document is counted in the month it is dated in. What is dated in a frozen month and not among
the documents counted there goes to the month being frozen, under its true month; what was counted
and is gone, or has another number, is put right there too, for whoever was credited. A hand-over
therefore moves nothing that was frozen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import F

from figures.measures import Measure, measures
from figures.totals import is_day, moments, month_at
from kit.calendar import month_of
from kpi.models import Freeze, Period
from tenancy.context import required

# folded and waiting sums of every month in question, as one number that changes with any of them
PRINTS = """
SELECT measure, month, sum(hashtextextended(unit_id || ':' || owner_id || ':' || number, 0))::text
  FROM (
    SELECT measure, month, unit_id, owner_id, sum(number) AS number FROM (
      SELECT measure, month, unit_id, owner_id, number FROM figures_cell
       WHERE company_id = %(company)s AND owner_id IS NOT NULL
         AND month BETWEEN %(first)s AND %(last)s
      UNION ALL
      SELECT measure, month, unit_id, owner_id, number FROM figures_delta
       WHERE company_id = %(company)s AND month BETWEEN %(first)s AND %(last)s
    ) found GROUP BY 1, 2, 3, 4 HAVING sum(number) <> 0
  ) summed GROUP BY 1, 2
"""
# one statement, so that all measures are those of one moment
COUNT = """
WITH found AS ({rows}), counted AS (
  SELECT v.measure, v.month, d.id, sum(d.number) AS number,
         (array_agg(v.unit_id ORDER BY v.id))[1] AS unit_id,
         (array_agg(v.owner_id ORDER BY v.id))[1] AS owner_id
    FROM kpi_value v
    JOIN kpi_period p ON p.company_id = v.company_id AND p.freeze_id = v.freeze_id
   CROSS JOIN LATERAL unnest(v.ids, v.numbers) d (id, number)
   WHERE v.company_id = %s AND v.owner_id IS NOT NULL
     AND (v.measure, v.month) IN (SELECT * FROM unnest(%s::text[], %s::date[]))
   GROUP BY 1, 2, 3
), changed AS (
  SELECT measure, month, coalesce(c.unit_id, f.unit_id) AS unit_id,
         coalesce(c.owner_id, f.owner_id) AS owner_id, id,
         coalesce(f.number, 0) - coalesce(c.number, 0) AS number
    FROM found f FULL JOIN counted c USING (measure, month, id)
   WHERE c.id IS NULL OR coalesce(f.number, 0) <> c.number
)
INSERT INTO kpi_value
  (company_id, freeze_id, measure, month, unit_id, owner_id, number, ids, numbers)
SELECT %s, %s, measure, month, unit_id, owner_id, sum(number), array_agg(id ORDER BY id),
       array_agg(number ORDER BY id)
  FROM changed GROUP BY measure, month, unit_id, owner_id
"""
ROWS = (
    "SELECT %s::text AS measure, month::date AS month, unit_id, owner_id, id, number::numeric "
    "AS number FROM ({rows}) r (month, unit_id, owner_id, id, number)"
)
# each unit with all below it, along the tree of today: pairs are found once, not for each measure
UNITS = """
WITH summed AS MATERIALIZED (
  SELECT measure, month, unit_id, sum(number) AS number FROM kpi_value
   WHERE company_id = %(company)s AND freeze_id = %(freeze)s GROUP BY 1, 2, 3
), pairs AS MATERIALIZED (
  SELECT u.id AS unit_id, a.id AS above_id
    FROM org_unit u JOIN org_unit a ON a.company_id = u.company_id AND starts_with(u.path, a.path)
   WHERE u.company_id = %(company)s AND u.id IN (SELECT unit_id FROM summed)
)
INSERT INTO kpi_value
  (company_id, freeze_id, measure, month, unit_id, owner_id, number, ids, numbers)
SELECT %(company)s, %(freeze)s, v.measure, v.month, p.above_id, NULL, sum(v.number), '{}', '{}'
  FROM summed v JOIN pairs p USING (unit_id)
 GROUP BY v.measure, v.month, p.above_id
"""
# everybody who sold in the month: the post of its last day, or the last one that was held
PEOPLE = """
INSERT INTO kpi_review
  (company_id, period_id, owner_id, unit_id, org_path, role, created_at, updated_at)
SELECT DISTINCT ON (p.member_id)
       %(company)s, %(period)s, p.member_id, p.unit_id, u.path, p.role, %(now)s, %(now)s
  FROM org_post p
  JOIN org_unit u ON u.company_id = p.company_id AND u.id = p.unit_id
  JOIN org_member m ON m.company_id = p.company_id AND m.id = p.member_id AND m.is_active
 WHERE p.company_id = %(company)s AND p.role = ANY(%(roles)s)
   AND p.starts_on <= %(day)s AND (p.ends_on IS NULL OR p.ends_on >= %(first)s)
 ORDER BY p.member_id, (p.ends_on IS NULL OR p.ends_on >= %(day)s) DESC, p.is_acting,
       CASE WHEN p.ends_on IS NULL OR p.ends_on >= %(day)s THEN p.starts_on END,
       p.starts_on DESC, p.id
ON CONFLICT (company_id, period_id, owner_id) DO UPDATE
   SET unit_id = excluded.unit_id, org_path = excluded.org_path, role = excluded.role,
       updated_at = excluded.updated_at
 WHERE (kpi_review.unit_id, kpi_review.role) IS DISTINCT FROM (excluded.unit_id, excluded.role)
"""
# whoever has numbers without such a post: another post of the month, else where the numbers stand
OTHERS = """
WITH missing AS MATERIALIZED (
  SELECT owner_id, (array_agg(unit_id ORDER BY number DESC))[1] AS unit_id FROM kpi_value
   WHERE company_id = %(company)s AND freeze_id = %(freeze)s AND owner_id NOT IN (
     SELECT owner_id FROM kpi_review WHERE company_id = %(company)s AND period_id = %(period)s)
   GROUP BY owner_id
)
INSERT INTO kpi_review
  (company_id, period_id, owner_id, unit_id, org_path, role, created_at, updated_at)
SELECT DISTINCT ON (v.owner_id)
       %(company)s, %(period)s, v.owner_id, u.id, u.path, coalesce(p.role, ''), %(now)s, %(now)s
  FROM missing v
  LEFT JOIN org_post p ON p.company_id = %(company)s AND p.member_id = v.owner_id
       AND p.starts_on <= %(day)s AND (p.ends_on IS NULL OR p.ends_on >= %(first)s)
  JOIN org_unit u ON u.company_id = %(company)s AND u.id = coalesce(p.unit_id, v.unit_id)
 ORDER BY v.owner_id, (p.ends_on IS NULL OR p.ends_on >= %(day)s) DESC NULLS LAST, p.is_acting,
       p.starts_on DESC, p.id
ON CONFLICT (company_id, period_id, owner_id) DO NOTHING
"""
STOOD = """
INSERT INTO kpi_standing (company_id, freeze_id, owner_id, unit_id, role, name, place)
SELECT %(company)s, %(freeze)s, r.owner_id, r.unit_id, r.role, m.name, u.path
  FROM kpi_review r
  JOIN org_member m ON m.company_id = r.company_id AND m.id = r.owner_id
  JOIN org_unit u ON u.company_id = r.company_id AND u.id = r.unit_id
 WHERE r.company_id = %(company)s AND r.period_id = %(period)s
UNION ALL
SELECT %(company)s, %(freeze)s, NULL, u.id, '', u.name, u.path FROM org_unit u
 WHERE u.company_id = %(company)s AND (u.is_active OR u.id IN (
   SELECT unit_id FROM kpi_value WHERE company_id = %(company)s AND freeze_id = %(freeze)s))
"""
Pair = tuple[str, date]


@contextmanager
def whole() -> Iterator[Any]:
    """A cursor for statements over a whole company: they are joined by hash, whatever is expected.

    Of people who came this minute the statistics know nothing, and 5,000 posts looked up one by one
    among 5,000 members took ten minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield cursor
        cursor.execute("SET LOCAL enable_nestloop = on")


def prints(first: date, last: date) -> dict[str, str]:
    """The rollup's fingerprint of each measure and month between, both included."""
    with connection.cursor() as cursor:
        cursor.execute(PRINTS, {"company": required(), "first": first, "last": last})
        return {f"{key}|{month:%Y-%m}": text for key, month, text in cursor.fetchall()}


def pairs_to_look_at(
    before: Mapping[str, str], now: Mapping[str, str], known: Mapping[date, Iterable[str]]
) -> list[Pair]:
    """Measures of frozen months whose rollup has changed since the last freeze saw it.

    `known` holds what each month counted: a measure that came later makes no old document late.
    """
    return [
        (key, month)
        for month, keys in known.items()
        for key in keys
        if key in measures and before.get(f"{key}|{month:%Y-%m}") != now.get(f"{key}|{month:%Y-%m}")
    ]


def rows_of(measure: Measure, month: date) -> tuple[str, Sequence[Any]]:
    """SQL of one measure's documents of a month: month, unit, owner, id, number."""
    rows = apps.get_model(measure.model).objects.filter(measure.where)
    first, last = month_of(month)
    if is_day(measure):
        rows = rows.filter(**{f"{measure.at}__gte": first, f"{measure.at}__lte": last})
    else:
        start, end = moments(first, last)
        rows = rows.filter(**{f"{measure.at}__gte": start, f"{measure.at}__lt": end})
    rows = rows.order_by().values(
        so_month=month_at(measure), so_unit=F("unit_id"), so_owner=F("owner_id"), so_id=F("pk")
    )
    return rows.annotate(so_number=measure.value).query.sql_with_params()


def union(pairs: Iterable[Pair]) -> tuple[str, list[Any]]:
    """The documents of several measures and months, one below the other."""
    texts, values = [], []
    for key, month in pairs:
        text, inner = rows_of(measures[key], month)
        texts.append(ROWS.replace("{rows}", text))
        values += [key, *inner]
    return " UNION ALL ".join(texts), values


def count(freeze: Freeze, late: Sequence[Pair]) -> None:
    """Write the numbers of a freeze: its own month whole, and what came late in others."""
    month = freeze.period.month
    text, values = union([*((key, month) for key in freeze.measures), *late])
    statement = COUNT.replace("{rows}", text)
    keys, months = [key for key, _month in late], [month for _key, month in late]
    own = [required(), freeze.pk]
    with whole() as cursor:
        cursor.execute(statement, [*values, required(), keys, months, *own])
        cursor.execute(UNITS, {"company": required(), "freeze": freeze.pk})


def enrol(period: Period, *, day: date, roles: Iterable[str], now: Any) -> None:
    """A review for everybody who sells in the month, at the post of its last day so far."""
    facts = {
        "company": required(), "period": period.pk, "first": period.month, "day": day,
        "roles": list(roles), "now": now,
    }  # fmt: skip
    with whole() as cursor:
        cursor.execute(PEOPLE, facts)


def stand(freeze: Freeze, *, now: Any) -> None:
    """Where everybody and every unit stood; whoever has numbers gets a review as well."""
    first, last = month_of(freeze.period.month)
    facts = {
        "company": required(), "period": freeze.period_id, "freeze": freeze.pk, "first": first,
        "day": last, "now": now,
    }  # fmt: skip
    with whole() as cursor:
        cursor.execute(OTHERS, facts)
        cursor.execute(STOOD, facts)
