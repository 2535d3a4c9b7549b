"""What waits, summed over all companies, for the figures of the operation."""

from django.db import migrations

from tenancy.operations import door_function, door_reads

FIGURES = """
    SELECT 'outbox_waiting', count(*)::float8 FROM tenancy_outbox
        WHERE sent_at IS NULL AND due_at <= now() AND tries < 8
    UNION ALL
    SELECT 'outbox_oldest_seconds', coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8
        FROM tenancy_outbox WHERE sent_at IS NULL AND due_at <= now() AND tries < 8
    UNION ALL
    SELECT 'outbox_given_up', count(*)::float8 FROM tenancy_outbox
        WHERE sent_at IS NULL AND tries >= 8
    UNION ALL
    SELECT 'approvals_running', count(DISTINCT case_id)::float8 FROM approvals_task
        WHERE state = 'open'
    UNION ALL
    SELECT 'approvals_overdue', count(*)::float8 FROM approvals_task
        WHERE state = 'open' AND due_at < now()
    UNION ALL
    SELECT 'figures_waiting', count(*)::float8 FROM figures_delta
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("tenancy", "0002_news"),
        ("figures", "0002_waiting"),
        ("approvals", "0004_delegation"),
    ]

    operations = [
        door_reads("approvals_task", "case_id", "state", "due_at"),
        door_function("operating_figures()", "TABLE (name text, value float8)", FIGURES),
    ]
