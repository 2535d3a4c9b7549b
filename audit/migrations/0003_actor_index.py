"""What one person has done, newest first: a day's share is counted by it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0002_append_only"),
        ("tenancy", "0003_company_head"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditline",
            index=models.Index(fields=["company", "actor_id", "-at"], name="audit_line_of_actor"),
        ),
    ]
