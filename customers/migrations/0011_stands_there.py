"""What is written to a customer stands where the customer stands at that moment.

The row of the customer is held until the writer is done: a hand-over under way is waited for, and
one that comes afterwards takes the new row along.
"""

from django.db import migrations

STANDS = """
CREATE OR REPLACE FUNCTION customers_keeper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT c.owner_id, c.unit_id, c.org_path
      INTO NEW.keeper_id, NEW.unit_id, NEW.org_path
      FROM customers_customer c WHERE c.id = NEW.customer_id
       FOR NO KEY UPDATE;
    RETURN NEW;
END $$
"""
NAMED = """
CREATE OR REPLACE FUNCTION customers_keeper() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    SELECT c.owner_id INTO NEW.keeper_id FROM customers_customer c WHERE c.id = NEW.customer_id;
    RETURN NEW;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("customers", "0010_visits_by_day")]

    operations = [migrations.RunSQL(STANDS, NAMED)]
