"""CTR-1.5: what an archived contract carries, and the days on which contracts end."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0003_append_only"),
        ("contracts", "0001_initial"),
        ("customers", "0002_matches"),
        ("org", "0002_memberships"),
        ("tenancy", "0002_news"),
    ]

    operations = [
        migrations.AddField(
            model_name="contract",
            name="archive_number",
            field=models.CharField(
                blank=True, editable=False, max_length=40, verbose_name="archive number"
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="archive_place",
            field=models.CharField(
                blank=True, editable=False, max_length=120, verbose_name="kept at"
            ),
        ),
        migrations.AddField(
            model_name="contract",
            name="archive_sha256",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="contract",
            name="archived_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="archived on"),
        ),
        migrations.AddIndex(
            model_name="contract",
            index=models.Index(
                condition=models.Q(
                    ("ends_on__isnull", False), ("status__in", ("signed", "archived"))
                ),
                fields=["company", "ends_on"],
                name="contracts_contract_ending",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("archived_at", None),
                    models.Q(
                        ("archive_sha256__regex", "^[0-9a-f]{64}$"),
                        ("status", "archived"),
                        models.Q(("archive_number", ""), _negated=True),
                        models.Q(("archive_place", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="ctr_1_5_archived_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="contract",
            constraint=models.UniqueConstraint(
                condition=models.Q(("archive_number", ""), _negated=True),
                fields=("company", "archive_number"),
                name="contracts_contract_archive_once",
            ),
        ),
    ]
