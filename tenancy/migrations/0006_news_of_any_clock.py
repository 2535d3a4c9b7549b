"""Which companies have news is asked with room for clocks that differ or were set back.

When a row is due is said and judged by the clock of the product alone; this question only spares
the others a look.
"""

from django.db import migrations

from tenancy.operations import door_function


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0005_job_runs")]

    operations = [
        migrations.RunSQL(
            'GRANT SELECT (created_at) ON "tenancy_outbox" TO door', migrations.RunSQL.noop
        ),
        migrations.RunSQL("DROP FUNCTION companies_with_news()", migrations.RunSQL.noop),
        door_function(
            "companies_with_news()",
            "TABLE (company_id bigint)",
            "SELECT DISTINCT o.company_id FROM tenancy_outbox o WHERE o.sent_at IS NULL "
            "AND o.tries < 8 AND (o.due_at <= now() + interval '10 minutes' "
            "OR o.tries = 0 AND o.due_at <= o.created_at)",
        ),
    ]
