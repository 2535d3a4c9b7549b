import django.db.models.deletion
from django.db import migrations

import tenancy.constraints


class Migration(migrations.Migration):
    dependencies = [("customers", "0008_keeper_kept")]

    operations = [
        migrations.AlterField(
            model_name=name,
            name="keeper",
            field=tenancy.constraints.Link(
                blank=True,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.member",
            ),
        )
        for name in ("note", "visit")
    ]
