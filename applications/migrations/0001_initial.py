"""Applications: one table for all forms."""

import django.db.models.deletion
import django.utils.timezone
import tenancy.constraints
import tenancy.context
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("approvals", "0006_signers_and_copies"),
        ("org", "0004_support_access"),
        ("tenancy", "0004_company_terms"),
    ]

    operations = [
        migrations.CreateModel(
            name="Application",
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
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("in_review", "In review"),
                            ("returned", "Returned"),
                            ("withdrawn", "Withdrawn"),
                            ("rejected", "Rejected"),
                            ("approved", "Approved"),
                            ("signed", "Signed"),
                            ("archived", "Archived"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=12,
                        verbose_name="status",
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        blank=True, editable=False, max_length=40, verbose_name="number"
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="form")),
                ("answers", models.JSONField(default=dict, verbose_name="answers")),
                ("title", models.CharField(editable=False, max_length=160, verbose_name="title")),
                (
                    "begins_on",
                    models.DateField(editable=False, null=True, verbose_name="first day"),
                ),
                ("ends_on", models.DateField(editable=False, null=True, verbose_name="last day")),
                (
                    "days",
                    models.DecimalField(
                        decimal_places=1,
                        editable=False,
                        max_digits=5,
                        null=True,
                        verbose_name="working days",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal(0),
                        editable=False,
                        max_digits=17,
                        verbose_name="amount",
                    ),
                ),
                ("frozen", models.JSONField(default=dict, editable=False)),
                (
                    "case",
                    tenancy.constraints.Link(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.case",
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
                    "copied_from",
                    tenancy.constraints.Link(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="copies",
                        to="applications.application",
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
                "verbose_name": "application",
                "verbose_name_plural": "applications",
                "abstract": False,
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        fields=["company", "-updated_at", "-id"],
                        name="applications_application_all",
                    ),
                    models.Index(
                        fields=["owner", "-updated_at", "-id"], name="applications_application_own"
                    ),
                    models.Index(
                        fields=["unit", "-updated_at", "-id"], name="applications_application_unit"
                    ),
                    models.Index(
                        fields=["company", "org_path"], name="applications_application_path"
                    ),
                    models.Index(
                        fields=["owner", "kind", "ends_on"], name="applications_of_person"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("number", ""), _negated=True),
                        fields=("company", "number"),
                        name="applications_number_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_on", None),
                            ("ends_on__gte", models.F("begins_on")),
                            _connector="OR",
                        ),
                        name="applications_days_in_order",
                        violation_error_message="The end cannot be before the beginning.",
                    ),
                    models.UniqueConstraint(
                        fields=("company", "id"), name="applications_application_co_id"
                    ),
                    tenancy.constraints.RowSecurity(name="applications_application_rows"),
                    tenancy.constraints.SameCompany(
                        field="owner", name="applications_application_owner_id_co"
                    ),
                    tenancy.constraints.SameCompany(
                        field="unit", name="applications_application_unit_id_co"
                    ),
                    tenancy.constraints.SameCompany(
                        field="case", name="applications_application_case_id_co"
                    ),
                    tenancy.constraints.SameCompany(
                        field="copied_from", name="applications_application_copied_from_id_co"
                    ),
                ],
            },
        ),
    ]
