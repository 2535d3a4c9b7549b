"""The application adds audit lines and nothing else."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON audit_auditline, audit_refusal FROM app",
            "GRANT UPDATE, DELETE ON audit_auditline, audit_refusal TO app",
        ),
        migrations.RunSQL(
            "REVOKE DELETE, TRUNCATE ON audit_head FROM app", "GRANT DELETE ON audit_head TO app"
        ),
    ]
