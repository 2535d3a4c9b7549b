"""What was frozen is added, never changed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kpi", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "REVOKE UPDATE, DELETE, TRUNCATE ON kpi_freeze, kpi_standing, kpi_value FROM app",
            "GRANT UPDATE, DELETE ON kpi_freeze, kpi_standing, kpi_value TO app",
        )
    ]
