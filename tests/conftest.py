"""What every test may use: the cast, logged-in clients, and the fixed literal of a query count."""

from types import SimpleNamespace

import pytest
from django.test import Client

from tests.cast import CANARIES, PEOPLE
from tests.database import django_db_setup

__all__ = ["django_db_setup"]


class Cast(SimpleNamespace):
    """One company's people by name; units by key of tests/cast.py."""

    def __getattr__(self, name):
        from org.models import Member

        if name not in PEOPLE:
            raise AttributeError(name)
        member = Member.objects.select_related("company", "user").get(employee_no=name)
        setattr(self, name, member)
        return member

    def unit(self, name):
        from org.models import Unit

        if name == "root":
            return Unit.objects.get(parent=None)
        from tests.cast import UNITS

        return Unit.objects.get(name=UNITS[name][3])

    def anew(self, name):
        """The member as the next request would see it: grants and posts read again."""
        self.__dict__.pop(name, None)
        return getattr(self, name)


def cast_of(slug):
    from tenancy.models import Company

    return Cast(company=Company.objects.get(slug=slug), canary=CANARIES[slug], slug=slug)


@pytest.fixture
def acme(db):
    """The company most tests work in, already open."""
    from tenancy.context import company

    cast = cast_of("acme")
    with company(cast.company.pk):
        yield cast


@pytest.fixture
def rival(db):
    """The other company: its context has to be opened with `inside(rival)`."""
    return cast_of("rival")


def inside(cast):
    from tenancy.context import company

    return company(cast.company.pk)


def client_of(member, **kwargs):
    """A browser in which the member is logged in."""
    client = Client(**kwargs)
    client.force_login(member.user, backend="accounts.backends.LoginBackend")
    return client
