"""Migration operations for the narrow role `door`: what it may read, and the functions it owns."""

from django.db import migrations


def door_reads(table: str, *columns: str) -> migrations.RunSQL:
    """Let `door` read these columns of all companies: only its own functions run as it."""
    names = ", ".join(f'"{column}"' for column in columns)
    return migrations.RunSQL(
        [
            f'CREATE POLICY "{table}_door" ON "{table}" FOR SELECT TO door USING (true)',
            f'GRANT SELECT ({names}) ON "{table}" TO door',
        ],
        [f'REVOKE ALL ON "{table}" FROM door', f'DROP POLICY "{table}_door" ON "{table}"'],
    )


def door_function(signature: str, returns: str, body: str) -> migrations.RunSQL:
    """A SECURITY DEFINER function owned by `door` that only `app` may call."""
    return migrations.RunSQL(
        [
            f"CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE sql STABLE SECURITY DEFINER "
            f"SET search_path = public, pg_temp AS $body$ {body} $body$",
            f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION {signature} TO app",
            "GRANT CREATE ON SCHEMA public TO door",
            f"ALTER FUNCTION {signature} OWNER TO door",
            "REVOKE CREATE ON SCHEMA public FROM door",
        ],
        [f"DROP FUNCTION {signature}"],
    )
