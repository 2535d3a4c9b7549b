"""The owner of its customer stands in every visit and note, written by the database alone."""

from django.db import migrations

TABLES = ("customers_visit", "customers_note")
MAKE = """
CREATE FUNCTION customers_keeper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT c.owner_id INTO NEW.keeper_id FROM customers_customer c WHERE c.id = NEW.customer_id;
    RETURN NEW;
END $$
"""
FILL = """
UPDATE {table} r SET keeper_id = c.owner_id
  FROM customers_customer c
 WHERE c.company_id = r.company_id AND c.id = r.customer_id
"""
KEEP = """
CREATE TRIGGER {table}_keeper BEFORE INSERT OR UPDATE OF customer_id, keeper_id ON {table}
FOR EACH ROW EXECUTE FUNCTION customers_keeper()
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0007_keeper")]

    operations = [
        migrations.RunSQL(MAKE, "DROP FUNCTION customers_keeper()"),
        *(migrations.RunSQL(FILL.format(table=name), "") for name in TABLES),
        *(
            migrations.RunSQL(KEEP.format(table=name), f"DROP TRIGGER {name}_keeper ON {name}")
            for name in TABLES
        ),
    ]
