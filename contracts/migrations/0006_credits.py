"""CTR-1.4: what contracts credit to the figures."""

from django.db import migrations

from figures.operations import Credit, credits_of

BINDING = "r.status IN ('signed', 'archived')"


class Migration(migrations.Migration):
    dependencies = [("contracts", "0005_frozen"), ("figures", "0001_initial")]

    operations = [
        credits_of(
            "contracts_contract",
            ("status", "signed_on", "gross_amount"),
            [
                Credit("signed_amount", "r.signed_on", "r.gross_amount", BINDING),
                Credit("contracts", "r.signed_on", "1", BINDING),
            ],
        )
    ]
