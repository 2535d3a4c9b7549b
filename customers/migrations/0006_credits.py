"""CUS-1.1, CUS-1.9: what customers and visits credit to the figures."""

from django.db import migrations

from figures.operations import Credit, credits_of

VISITED = "(r.checked_in_at AT TIME ZONE co.zone)::date"


class Migration(migrations.Migration):
    dependencies = [("customers", "0005_contact_names"), ("figures", "0001_initial")]

    operations = [
        credits_of(
            "customers_customer",
            ("archived_at", "created_at"),
            [
                Credit(
                    "new_customers",
                    "(r.created_at AT TIME ZONE co.zone)::date",
                    "1",
                    "r.archived_at IS NULL",
                )
            ],
        ),
        credits_of(
            "customers_visit",
            ("status", "checked_in_at", "summary"),
            [
                Credit("visits", VISITED, "1", "r.status = 'done'"),
                Credit("effective_visits", VISITED, "1", "r.status = 'done' AND r.summary <> ''"),
            ],
        ),
    ]
