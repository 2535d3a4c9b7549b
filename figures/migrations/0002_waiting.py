"""Which companies have changes that are not folded yet, asked before a company is open."""

from django.db import migrations

from tenancy.operations import door_function, door_reads


class Migration(migrations.Migration):
    dependencies = [("figures", "0001_initial")]

    operations = [
        door_reads("figures_delta", "company_id"),
        door_function(
            "companies_with_deltas()",
            "TABLE (company_id bigint)",
            "SELECT DISTINCT company_id FROM figures_delta",
        ),
    ]
