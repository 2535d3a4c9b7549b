"""Hand-overs, which nobody rewrites, and talks without a visit."""

import django.db.models.deletion
import django.utils.timezone
import tenancy.constraints
import tenancy.context
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0003_twins"),
        ("org", "0002_memberships"),
        ("tenancy", "0002_news"),
    ]

    operations = [
        migrations.CreateModel(
            name="Note",
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
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("call", "Telephone call"),
                            ("wechat", "WeChat message"),
                            ("mail", "E-mail"),
                            ("other", "Other"),
                        ],
                        default="call",
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("text", models.TextField(max_length=2000, verbose_name="what was said")),
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
                    "customer",
                    tenancy.constraints.Link(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="talks",
                        to="customers.customer",
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
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["company", "-updated_at", "-id"], name="customers_note_all"
                    ),
                    models.Index(fields=["owner", "-updated_at", "-id"], name="customers_note_own"),
                    models.Index(fields=["unit", "-updated_at", "-id"], name="customers_note_unit"),
                    models.Index(fields=["company", "org_path"], name="customers_note_path"),
                    models.Index(
                        fields=["customer", "-created_at", "-id"], name="customers_note_of"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("company", "id"), name="customers_note_co_id"),
                    tenancy.constraints.RowSecurity(name="customers_note_rows"),
                    tenancy.constraints.SameCompany(
                        field="owner", name="customers_note_owner_id_co"
                    ),
                    tenancy.constraints.SameCompany(field="unit", name="customers_note_unit_id_co"),
                    tenancy.constraints.SameCompany(
                        field="customer", name="customers_note_customer_id_co"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OwnerHistory",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
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
                (
                    "customer",
                    tenancy.constraints.Link(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="owner_history",
                        to="customers.customer",
                    ),
                ),
                (
                    "new",
                    tenancy.constraints.Link(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.member",
                    ),
                ),
                (
                    "new_unit",
                    tenancy.constraints.Link(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"
                    ),
                ),
                (
                    "old",
                    tenancy.constraints.Link(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.member",
                    ),
                ),
                (
                    "old_unit",
                    tenancy.constraints.Link(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="org.unit"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["customer", "-at"], name="customers_ownerhistory_of"),
                    models.Index(fields=["old", "-at"], name="customers_ownerhistory_old"),
                    models.Index(fields=["new", "-at"], name="customers_ownerhistory_new"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("company", "id"), name="customers_ownerhistory_co_id"
                    ),
                    tenancy.constraints.RowSecurity(name="customers_ownerhistory_rows"),
                    tenancy.constraints.SameCompany(
                        field="customer", name="customers_ownerhistory_customer_id_co"
                    ),
                    tenancy.constraints.SameCompany(
                        field="old", name="customers_ownerhistory_old_id_co"
                    ),
                    tenancy.constraints.SameCompany(
                        field="new", name="customers_ownerhistory_new_id_co"
                    ),
                    tenancy.constraints.SameCompany(
                        field="old_unit", name="customers_ownerhistory_old_unit_id_co"
                    ),
                    tenancy.constraints.SameCompany(
                        field="new_unit", name="customers_ownerhistory_new_unit_id_co"
                    ),
                    tenancy.constraints.SameCompany(
                        field="by", name="customers_ownerhistory_by_id_co"
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON customers_ownerhistory FROM app",
            "GRANT UPDATE, DELETE ON customers_ownerhistory TO app",
        ),
    ]
