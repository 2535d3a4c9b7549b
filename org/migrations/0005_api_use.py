"""Tokens have a purpose; how often they ask is counted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0004_support_access")]

    operations = [
        migrations.AddField(
            model_name="apitoken",
            name="purpose",
            field=models.CharField(default="api", max_length=8),
        ),
        migrations.CreateModel(
            name="ApiUse",
            fields=[
                (
                    "key",
                    models.CharField(max_length=60, primary_key=True, serialize=False),
                ),
                ("minute", models.BigIntegerField()),
                ("used", models.IntegerField()),
            ],
        ),
        migrations.RunSQL(
            "ALTER TABLE org_apiuse SET UNLOGGED", "ALTER TABLE org_apiuse SET LOGGED"
        ),
    ]
