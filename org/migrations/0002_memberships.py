"""Which companies a login belongs to, asked by the door before a company is known."""

from django.db import migrations

from tenancy.operations import door_function, door_reads


class Migration(migrations.Migration):
    dependencies = [("org", "0001_initial")]

    operations = [
        door_reads("org_member", "id", "company_id", "user_id", "is_active"),
        migrations.RunSQL(
            "GRANT SELECT (id, is_active) ON tenancy_company TO door",
            "REVOKE ALL ON tenancy_company FROM door",
        ),
        door_function(
            "memberships_of(login bigint)",
            "TABLE (company_id bigint, member_id bigint)",
            "SELECT m.company_id, m.id FROM org_member m "
            "JOIN tenancy_company c ON c.id = m.company_id "
            "WHERE m.user_id = login AND m.is_active AND c.is_active ORDER BY m.company_id",
        ),
    ]
