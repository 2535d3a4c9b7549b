"""Decisions and submitted versions are added, never changed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_initial")]

    operations = [
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON approvals_decision, approvals_version FROM app",
            "GRANT UPDATE, DELETE ON approvals_decision, approvals_version TO app",
        )
    ]
