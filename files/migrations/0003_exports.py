"""Exports, and what an import has made so that it can be taken back."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import tenancy.constraints
import tenancy.context
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0002_attachment"),
        ("org", "0002_memberships"),
        ("tenancy", "0002_news"),
    ]

    operations = [
        migrations.AlterField(
            model_name="importjob",
            name="status",
            field=models.CharField(
                choices=[
                    ("uploaded", "Uploaded"),
                    ("checking", "Being checked"),
                    ("checked", "Checked"),
                    ("committing", "Being imported"),
                    ("done", "Imported"),
                    ("failed", "Failed"),
                    ("cancelled", "Cancelled"),
                    ("undone", "Taken back"),
                ],
                default="uploaded",
                max_length=12,
                verbose_name="status",
            ),
        ),
        migrations.CreateModel(
            name="ExportJob",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("org_path", models.TextField(db_collation="C", editable=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="kind")),
                (
                    "form",
                    models.CharField(
                        choices=[("xlsx", "xlsx"), ("csv", "csv")],
                        default="xlsx",
                        max_length=4,
                        verbose_name="format",
                    ),
                ),
                ("filters", models.CharField(blank=True, max_length=1000)),
                ("with_contacts", models.BooleanField(default=False)),
                ("language", models.CharField(default="zh-hans", max_length=10)),
                (
                    "status",
                    models.CharField(
                        choices=[
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
                ("total", models.PositiveIntegerField(default=0)),
                ("done_rows", models.PositiveIntegerField(default=0)),
                ("stored", models.CharField(blank=True, editable=False, max_length=80)),
                ("sha256", models.CharField(blank=True, editable=False, max_length=64)),
                ("size", models.PositiveBigIntegerField(default=0, editable=False)),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "company",
                    models.ForeignKey(
                        default=tenancy.context.current,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "owner",
                    tenancy.constraints.Link(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.member",
                        verbose_name="owner",
                    ),
                ),
                (
                    "unit",
                    tenancy.constraints.Link(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                        verbose_name="unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "export",
                "verbose_name_plural": "exports",
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["company", "-updated_at", "-id"], name="files_exportjob_all"
                    ),
                    models.Index(
                        fields=["owner", "-updated_at", "-id"], name="files_exportjob_own"
                    ),
                    models.Index(
                        fields=["unit", "-updated_at", "-id"], name="files_exportjob_unit"
                    ),
                    models.Index(fields=["company", "org_path"], name="files_exportjob_path"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="files_exportjob_co_id"),
                    tenancy.constraints.RowSecurity(name="files_exportjob_rows"),
                    tenancy.constraints.SameCompany(
                        field="owner", name="files_exportjob_owner_id_co"
                    ),
                    tenancy.constraints.SameCompany(
                        field="unit", name="files_exportjob_unit_id_co"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportOutcome",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        default=tenancy.context.current,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tenancy.company",
                    ),
                ),
                (
                    "job",
                    tenancy.constraints.Link(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outcomes",
                        to="files.importjob",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "job"), name="files_importoutcome_once"
                    ),
                    models.UniqueConstraint(
                        fields=("company", "id"), name="files_importoutcome_co_id"
                    ),
                    tenancy.constraints.RowSecurity(name="files_importoutcome_rows"),
                    tenancy.constraints.SameCompany(
                        field="job", name="files_importoutcome_job_id_co"
                    ),
                ],
            },
        ),
    ]
