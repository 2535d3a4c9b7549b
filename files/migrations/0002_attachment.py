"""Papers that hang on records."""

import django.db.models.deletion
import django.utils.timezone
import tenancy.constraints
import tenancy.context
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("files", "0001_initial"),
        ("org", "0002_memberships"),
        ("tenancy", "0002_news"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(editable=False, max_length=40)),
                ("target_id", models.BigIntegerField(editable=False)),
                (
                    "purpose",
                    models.CharField(
                        choices=[("paper", "Attachment"), ("signed_copy", "Signed copy")],
                        default="paper",
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="file")),
                ("ext", models.CharField(editable=False, max_length=5)),
                ("stored", models.CharField(editable=False, max_length=80)),
                ("preview", models.CharField(blank=True, editable=False, max_length=80)),
                ("sha256", models.CharField(editable=False, max_length=64)),
                ("size", models.PositiveIntegerField(editable=False)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("archived_at", models.DateTimeField(editable=False, null=True)),
                (
                    "added_by",
                    tenancy.constraints.Link(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.member",
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
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "indexes": [
                    models.Index(
                        fields=["company", "kind", "target_id"], name="files_attachment_of"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("archived_at", None), ("purpose", "signed_copy")),
                        fields=("company", "kind", "target_id"),
                        name="files_attachment_one_signed",
                        violation_error_message="There is a signed copy already. Remove it first.",
                    ),
                    models.UniqueConstraint(
                        fields=("company", "id"), name="files_attachment_co_id"
                    ),
                    tenancy.constraints.RowSecurity(name="files_attachment_rows"),
                    tenancy.constraints.SameCompany(
                        field="added_by", name="files_attachment_added_by_id_co"
                    ),
                ],
            },
        ),
    ]
