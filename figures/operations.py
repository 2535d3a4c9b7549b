"""The migration operation by which a table of an upper floor credits its changes to the rollup."""

from collections.abc import Sequence
from typing import NamedTuple

from django.db import migrations


class Credit(NamedTuple):
    """One measure in SQL over a row `r`: its day (`co` is the company), number and condition."""

    measure: str
    day: str
    number: str
    where: str


def _queued(source: str, credits_: Sequence[Credit]) -> str:
    """Sums of the signed rows of `source`, put into the queue; what cancels out is left away."""
    values = ", ".join(
        f"('{c.measure}', {c.day}, ({c.number})::numeric, {c.where})" for c in credits_
    )
    return (
        "INSERT INTO figures_delta "  # noqa: S608  written in a migration alone
        "(company_id, measure, month, unit_id, owner_id, number) "
        "SELECT r.company_id, c.measure, date_trunc('month', c.day)::date, r.unit_id, r.owner_id, "
        f"sum(r.sign * c.number) FROM ({source}) r "
        "JOIN tenancy_company co ON co.id = r.company_id "
        f"CROSS JOIN LATERAL (VALUES {values}) c (measure, day, number, counts) "
        "WHERE c.counts AND c.day IS NOT NULL GROUP BY 1, 2, 3, 4, 5 "
        "HAVING sum(r.sign * c.number) <> 0"
    )


def credits_of(table: str, columns: Sequence[str], credits_: Sequence[Credit]) -> migrations.RunSQL:
    """Triggers that queue every change of a table's measures in its own transaction.

    Whatever writes the table is counted: actions, imports, bulk updates, a hand-over, a repair by
    hand. The rows that are there already are queued at once. Needs figures 0001.
    """
    names = ", ".join(("company_id", "unit_id", "owner_id", *columns))
    new, old = (f"SELECT {sign} AS sign, {names} FROM " for sign in (1, -1))  # noqa: S608  as above
    function = f"{table}_credits"
    body = (
        "BEGIN "
        f"IF TG_OP = 'INSERT' THEN {_queued(new + 'new_rows', credits_)}; "
        f"ELSIF TG_OP = 'DELETE' THEN {_queued(old + 'old_rows', credits_)}; "
        f"ELSE {_queued(new + 'new_rows UNION ALL ' + old + 'old_rows', credits_)}; "
        "END IF; RETURN NULL; END"
    )
    events = (
        ("INSERT", "NEW TABLE AS new_rows"),
        ("UPDATE", "NEW TABLE AS new_rows OLD TABLE AS old_rows"),
        ("DELETE", "OLD TABLE AS old_rows"),
    )
    return migrations.RunSQL(
        [
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql "
            f"SET search_path = public, pg_temp AS $body$ {body} $body$",
            *(
                f"CREATE TRIGGER {function}_{event.lower()} AFTER {event} ON {table} "
                f"REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
                for event, tables in events
            ),
            _queued(new + table, credits_),
        ],
        [
            *(f"DROP TRIGGER {function}_{event.lower()} ON {table}" for event, _tables in events),
            f"DROP FUNCTION {function}()",
        ],
    )
