"""A8, G3: what the database itself refuses, whatever the code above it does."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from tenancy.constraints import Link
from tenancy.models import CompanyModel
from tests.conftest import inside

# tables without row security, each with its reason
OPEN = {
    "accounts.User": "a login may belong to several companies",
    "accounts.Letter": "a letter to a login, perhaps of several companies",
    "accounts.LoginAttempt": "counted before a company is known",
    "org.ApiUse": "counted before a company is known",
    "org.ApiToken": "read before a company is known; only its hash is kept",
    "tenancy.Company": "the tenants themselves",
}
OURS = {
    "accounts", "applications", "approvals", "audit", "contracts", "customers", "desk", "figures",
    "files", "kpi", "notices", "org", "tenancy",
}  # fmt: skip


def business_models():
    return [m for m in apps.get_models() if issubclass(m, CompanyModel)]


def rows(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_every_model_has_a_company_or_a_reason():
    without = {
        model._meta.label
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in OURS and not issubclass(model, CompanyModel)
    }
    assert without - {"accounts.User_groups", "accounts.User_user_permissions"} == set(OPEN)


def test_row_security_is_on_and_forced_for_every_business_table(db):
    state = {
        name: (on, forced)
        for name, on, forced in rows(
            "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class WHERE relkind = 'r'"
        )
    }
    wrong = [m._meta.db_table for m in business_models() if state[m._meta.db_table] != (True, True)]
    assert wrong == []


def test_every_policy_asks_for_the_company_or_is_gated(db):
    known = "(company_id = app_company())"
    gated = "(current_setting('app.migrating'::text, true) = 'on'::text)"
    policies = rows("SELECT tablename, roles::text, cmd, qual FROM pg_policies")
    odd = [
        p
        for p in policies
        if not (
            (p[1] == "{public}" and p[3] == known)
            or (p[1] == "{owner}" and p[3] == gated)
            or (p[1] == "{door}" and p[2] == "SELECT")
        )
    ]
    assert odd == []


def test_links_between_business_rows_are_composite_in_the_database(db):
    plain = [
        (model._meta.label, field.name)
        for model in business_models()
        for field in model._meta.local_fields
        if field.is_relation
        and field.related_model
        and issubclass(field.related_model, CompanyModel)
        and not isinstance(field, Link)
    ]
    assert plain == []
    keys = {name for (name,) in rows("SELECT conname FROM pg_constraint WHERE contype = 'f'")}
    wanted = {
        f"{m._meta.db_table}_{f.column}_co"
        for m in business_models()
        for f in m._meta.local_fields
        if isinstance(f, Link)
    }
    assert wanted - keys == set()
    assert max(map(len, wanted)) < 63


def test_the_app_role_owns_nothing_and_passes_no_row_security(db):
    assert rows(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
        "WHERE rolname = current_user"
    ) == [(False, False, False, False)]
    assert rows("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole") == [(0,)]


def test_without_a_company_every_business_table_is_an_error(db):
    for model in business_models():
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.exists()


def test_with_one_company_open_no_row_of_another_is_there(acme, rival):
    with inside(rival):
        mine = {m: m.objects.count() for m in business_models()}
    assert sum(mine.values()) > 20
    for model in business_models():
        assert not model.objects.exclude(company_id=acme.company.pk).exists()
        assert not model.objects.filter(company_id=rival.company.pk).exists()


def test_a_row_cannot_be_written_into_another_company(acme, rival):
    from org.models import Unit

    with pytest.raises(DatabaseError), transaction.atomic():
        Unit.objects.create(company=rival.company, name="x", kind="team", path="x/")
    with pytest.raises(DatabaseError), transaction.atomic():
        Unit.objects.filter(name="华东大区").update(company=rival.company)


def test_a_row_cannot_point_into_another_company(acme, rival):
    from django.db import IntegrityError

    from org.models import Post, Unit

    with inside(rival):
        foreign = Unit.objects.get(parent=None).pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.filter(member=acme.east_rep).update(unit_id=foreign)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


FORBIDDEN = [
    "UPDATE audit_auditline SET note = 'x'",
    "DELETE FROM audit_auditline",
    "TRUNCATE audit_auditline",
    "ALTER TABLE audit_auditline ADD COLUMN x int",
    "ALTER TABLE audit_auditline DISABLE TRIGGER ALL",
    "DELETE FROM audit_head",
    "UPDATE audit_refusal SET status = 200",
    "UPDATE approvals_decision SET comment = 'x'",
    "DELETE FROM approvals_decision",
    "UPDATE approvals_version SET snapshot = '{}'",
    "TRUNCATE org_unit",
    "CREATE TABLE mine (id int)",
    "ALTER TABLE org_unit DISABLE ROW LEVEL SECURITY",
    "SET ROLE owner",
    "SET ROLE door",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_app_role_is_refused(acme, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_owner_gate_does_not_open_for_the_app_role(rival, acme):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.migrating', 'on', true)")
        cursor.execute("SELECT count(*) FROM org_unit WHERE company_id = %s", [rival.company.pk])
        assert cursor.fetchone() == (0,)


def test_trigram_functions_see_chinese_letters_as_letters(db):
    assert rows("SELECT upper('é'), '华东' ~ '^[[:alpha:]]+$'") == [("É", True)]
