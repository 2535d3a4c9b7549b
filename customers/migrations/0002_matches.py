"""Search behind one narrow function, and a tier history that nobody rewrites."""

from django.db import migrations

from tenancy.operations import door_function, door_reads

# Row security keeps the planner from the array index, so the search runs as `door` within the
# company of the caller. Only bitmap scans: the primary key read backwards is slow for rare terms.
MATCHES = (
    "SELECT found.id FROM (SELECT c.id FROM customers_customer c "
    "WHERE c.company_id = app_company() AND c.grams @> wanted LIMIT most) found "
    "ORDER BY found.id DESC"
)
SIGNATURE = "customer_matches(wanted text[], most integer)"
ONLY_BITMAPS = [
    f"ALTER FUNCTION {SIGNATURE} SET enable_seqscan = off",
    f"ALTER FUNCTION {SIGNATURE} SET enable_indexscan = off",
    f"ALTER FUNCTION {SIGNATURE} SET enable_indexonlyscan = off",
]


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("tenancy", "0002_news")]

    operations = [
        door_reads("customers_customer", "id", "company_id", "grams"),
        door_function(SIGNATURE, "SETOF bigint", MATCHES),
        migrations.RunSQL(ONLY_BITMAPS, migrations.RunSQL.noop),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON customers_tierchange FROM app",
            "GRANT UPDATE, DELETE ON customers_tierchange TO app",
        ),
    ]
