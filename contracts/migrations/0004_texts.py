"""Contracts found by any part of their number or title, through an index."""

from django.db import migrations

from tenancy.operations import door_function, door_reads

INDEX = (
    "CREATE INDEX contracts_contract_grams ON contracts_contract "
    "USING gin (company_id, text_grams(number || ' ' || title || ' ' || archive_number))"
)
# row security keeps the planner from the index, so it is asked as `door` (customers.0002)
SIGNATURE = "contract_matches(words text[], most integer)"
MATCHES = """
SELECT found.id FROM (
  SELECT c.id FROM contracts_contract c
   WHERE c.company_id = app_company()
     AND text_grams(c.number || ' ' || c.title || ' ' || c.archive_number)
         @> ARRAY(SELECT unnest(text_grams(word)) FROM unnest(words) AS word)
     AND NOT EXISTS (
       SELECT 1 FROM unnest(words) AS word
        WHERE strpos(text_plain(c.number), text_plain(word)) = 0
          AND strpos(text_plain(c.title), text_plain(word)) = 0
          AND strpos(text_plain(c.archive_number), text_plain(word)) = 0
     )
   LIMIT most
) found ORDER BY found.id DESC
"""
ONLY_BITMAPS = [
    f"ALTER FUNCTION {SIGNATURE} SET enable_seqscan = off",
    f"ALTER FUNCTION {SIGNATURE} SET enable_indexscan = off",
    f"ALTER FUNCTION {SIGNATURE} SET enable_indexonlyscan = off",
]


class Migration(migrations.Migration):
    dependencies = [("contracts", "0003_immutable"), ("customers", "0005_contact_names")]

    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX contracts_contract_grams"),
        door_reads("contracts_contract", "id", "company_id", "number", "title", "archive_number"),
        door_function(SIGNATURE, "SETOF bigint", MATCHES),
        migrations.RunSQL(ONLY_BITMAPS, migrations.RunSQL.noop),
    ]
