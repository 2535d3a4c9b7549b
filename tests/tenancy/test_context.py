"""One transaction, one company; the outer value comes back, nothing survives."""

import pytest
from django.db import DatabaseError, connection, transaction

from org.models import Unit
from tenancy.context import company, current, memo
from tests.conftest import inside


def setting():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.company', true)")
        return cursor.fetchone()[0]


def test_nested_companies_restore_the_outer_one(acme, rival):
    with inside(rival) as pk:
        assert current() == pk
        assert setting() == str(pk)
    assert current() == acme.company.pk
    assert setting() == str(acme.company.pk)
    assert Unit.objects.filter(company=acme.company).exists()


def test_the_outer_company_comes_back_after_an_exception(acme, rival):
    with pytest.raises(KeyError), inside(rival):
        raise KeyError
    assert setting() == str(acme.company.pk)


def test_the_outer_company_comes_back_after_a_database_error(acme, rival):
    with pytest.raises(DatabaseError), inside(rival), connection.cursor() as cursor:
        cursor.execute("SELECT 1/0")
    assert setting() == str(acme.company.pk)


@pytest.mark.django_db(transaction=True)
def test_nothing_survives_the_transaction():
    from tests.conftest import cast_of

    cast = cast_of("acme")
    with company(cast.company.pk):
        assert Unit.objects.exists()
    assert current() is None
    connection.close()
    with pytest.raises(DatabaseError):
        Unit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_stale_variable_is_not_trusted_outside_a_transaction():
    from tenancy import context
    from tests.conftest import cast_of

    cast, rival = cast_of("acme"), cast_of("rival")
    token = context._now.set(rival.company.pk)
    try:
        with company(cast.company.pk), transaction.atomic():
            pass
        assert current() is None
    finally:
        context._now.reset(token)
        context._now.set(None)


def test_what_is_remembered_ends_with_the_company(acme, rival):
    memo()["x"] = 1
    with inside(rival):
        assert "x" not in memo()
    assert memo()["x"] == 1
