"""T3: what a new customer is compared by, company-wide behind one narrow function."""

from django.db import migrations, models

from kit.names import company_key
from tenancy.operations import door_function, door_reads

# Equality only, each way over its own index; of codes and mobiles it says only what was asked for.
TWINS = """
WITH hit AS (
  SELECT c.id FROM customers_customer c
   WHERE c.company_id = app_company() AND c.archived_at IS NULL AND c.name_key = ANY(keys)
  UNION
  SELECT c.id FROM customers_customer c
   WHERE c.company_id = app_company() AND c.archived_at IS NULL AND c.bare_key = ANY(bares)
  UNION
  SELECT c.id FROM customers_customer c
   WHERE c.company_id = app_company() AND c.credit_code = ANY(codes) AND c.credit_code <> ''
  UNION
  SELECT p.customer_id FROM customers_contact p
   WHERE p.company_id = app_company() AND p.archived_at IS NULL AND p.mobile = ANY(phones)
     AND p.mobile <> ''
)
SELECT c.id, c.name::text, c.tier::text, m.name::text, c.last_contact_at,
       CASE WHEN c.credit_code = ANY(codes) THEN c.credit_code::text ELSE '' END,
       ARRAY(SELECT DISTINCT p.mobile::text FROM customers_contact p
              WHERE p.customer_id = c.id AND p.company_id = app_company()
                AND p.archived_at IS NULL AND p.mobile = ANY(phones))
  FROM hit JOIN customers_customer c USING (id)
  JOIN org_member m ON m.id = c.owner_id AND m.company_id = app_company()
 WHERE c.company_id = app_company()
   AND (c.archived_at IS NULL OR c.credit_code = ANY(codes))
 ORDER BY c.id LIMIT most
"""
SIGNATURE = "customer_twins(keys text[], bares text[], codes text[], phones text[], most integer)"
GIVES = (
    "TABLE (id bigint, name text, tier text, owner text, contact_at timestamptz, code text, "
    "mobiles text[])"
)
BATCH = 2000


def fill(apps, schema_editor):
    """The second key of the customers that are there."""
    rows = apps.get_model("customers", "Customer").objects.using(schema_editor.connection.alias)
    some = []
    for customer in rows.filter(bare_key="").only("pk", "name").iterator():
        customer.bare_key = company_key(customer.name).without_region[:120]
        some.append(customer)
    rows.bulk_update(some, ["bare_key"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_matches"),
        ("org", "0002_memberships"),
        ("tenancy", "0002_news"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="bare_key",
            field=models.CharField(default="", editable=False, max_length=120),
        ),
        migrations.AddField(
            model_name="customer",
            name="duplicate_reason",
            field=models.CharField(
                blank=True, max_length=300, verbose_name="reason in spite of a similar customer"
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("mobile", ""), _negated=True),
                fields=["company", "mobile"],
                name="customers_contact_mobile",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(fields=["company", "bare_key"], name="customers_customer_bare"),
        ),
        migrations.RunSQL(
            "GRANT SELECT (name, tier, owner_id, last_contact_at, archived_at, credit_code, "
            "name_key, bare_key) ON customers_customer TO door",
            "REVOKE SELECT (name, tier, owner_id, last_contact_at, archived_at, credit_code, "
            "name_key, bare_key) ON customers_customer FROM door",
        ),
        migrations.RunSQL(
            "GRANT SELECT (name) ON org_member TO door",
            "REVOKE SELECT (name) ON org_member FROM door",
        ),
        door_reads("customers_contact", "customer_id", "company_id", "mobile", "archived_at"),
        door_function(SIGNATURE, GIVES, TWINS),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
