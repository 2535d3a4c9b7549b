"""CTR-1.6: what decided cases credit to the figures."""

from django.db import migrations

from figures.operations import Credit, credits_of

DAY = "(r.decided_at AT TIME ZONE co.zone)::date"
DECIDED = "r.state IN ('approved', 'rejected')"
HOURS = "round(extract(epoch FROM r.decided_at - r.submitted_at) / 3600, 2)"


class Migration(migrations.Migration):
    dependencies = [("approvals", "0004_delegation"), ("figures", "0001_initial")]

    operations = [
        credits_of(
            "approvals_case",
            ("state", "submitted_at", "decided_at"),
            [
                Credit("decided_cases", DAY, "1", DECIDED),
                Credit("approval_hours", DAY, HOURS, DECIDED),
            ],
        )
    ]
