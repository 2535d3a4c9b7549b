"""T16.3: an export that a superior agrees to, or not."""

import django.db.models.deletion
import tenancy.constraints
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0004_company_pictures"),
        ("org", "0003_links_and_moves"),
        ("tenancy", "0003_company_head"),
    ]

    operations = [
        migrations.AddField(
            model_name="exportjob",
            name="decided_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name="exportjob",
            name="decided_by",
            field=tenancy.constraints.Link(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.member",
            ),
        ),
        migrations.AddField(
            model_name="exportjob",
            name="reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="what for"),
        ),
        migrations.AlterField(
            model_name="exportjob",
            name="status",
            field=models.CharField(
                choices=[
                    ("asked", "Waiting for consent"),
                    ("refused", "Not agreed to"),
                    ("waiting", "Waiting"),
                    ("running", "Being written"),
                    ("done", "Ready"),
                    ("failed", "Failed"),
                    ("gone", "Gone"),
                ],
                default="waiting",
                max_length=8,
                verbose_name="status",
            ),
        ),
        migrations.AddConstraint(
            model_name="exportjob",
            constraint=tenancy.constraints.SameCompany(
                field="decided_by", name="files_exportjob_decided_by_id_co"
            ),
        ),
    ]
