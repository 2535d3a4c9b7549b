"""Which companies have news waiting, asked by the sweep before a company is known."""

from django.db import migrations

from tenancy.operations import door_function, door_reads


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [
        door_reads("tenancy_outbox", "company_id", "sent_at", "due_at", "tries"),
        door_function(
            "companies_with_news()",
            "TABLE (company_id bigint)",
            "SELECT DISTINCT o.company_id FROM tenancy_outbox o "
            "WHERE o.sent_at IS NULL AND o.due_at <= now() AND o.tries < 8",
        ),
    ]
