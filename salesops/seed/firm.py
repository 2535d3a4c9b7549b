"""A company with its tree and its people, made by the real actions."""

import datetime as dt
import secrets
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError

from accounts.models import User
from approvals.actions import chain_of
from contracts.actions import seed_vat_rates
from contracts.chain import KIND
from kit.names import pinyin
from org import actions
from org.models import Member, Role, Unit
from tenancy.calendar import seed_workdays
from tenancy.context import company
from tenancy.models import Company


@dataclass(slots=True)
class Person:
    """A member with the login nobody can read again later."""

    member: Member
    role: str
    unit: Unit
    login: str
    password: str


@dataclass(slots=True)
class Firm:
    """What the story is told with."""

    company: Company
    units: dict[str, Unit] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    canary: str = ""

    def of(self, role: str, unit: str | None = None) -> list[Member]:
        at = self.units[unit].pk if unit else None
        return [p.member for p in self.people if p.role == role and at in {None, p.unit.pk}]

    def the(self, role: str, unit: str | None = None) -> Member:
        return self.of(role, unit)[0]

    def reps(self) -> list[Person]:
        return [p for p in self.people if p.role == Role.REP]


def found_company(name: str, slug: str) -> Company:
    """What a tenant needs before anybody works: root, tax rates, calendar, contract chain."""
    made = Company(name=name, slug=slug)
    made.full_clean()
    made = actions.found(name, slug=slug)
    with company(made.pk):
        actions.add_unit(name, parent=None, kind=Unit.Kind.COMPANY)
        seed_vat_rates()
        year = dt.datetime.now(dt.UTC).year
        seed_workdays(year - 1, year, year + 1)
        chain_of(KIND)
    return made


def add_person(
    firm: Firm, name: str, unit: str, role: str, *, login: str, password: str, hashed: str, no: str
) -> Person:
    if User.objects.filter(login=login).exists():
        raise ValidationError(f"there is a login {login} already")
    user = User.objects.create(login=login, email=login, name=name, password=hashed)
    member = actions.add_member(user, name=name, employee_no=no)
    actions.start_post(member, unit=firm.units[unit], role=role)
    member = Member.objects.select_related("company").get(pk=member.pk)
    person = Person(member, role, firm.units[unit], login, password)
    firm.people.append(person)
    return person


def add_units(firm: Firm, units: dict[str, tuple[str, str, str, str]]) -> None:
    firm.units["root"] = Unit.objects.get(parent=None)
    for key, (parent, kind, code, name) in units.items():
        firm.units[key] = actions.add_unit(name, parent=firm.units[parent], kind=kind, code=code)


def new_password() -> str:
    return secrets.token_urlsafe(9)


def staffed(firm: Firm, people: tuple[tuple[str, str, str], ...], domain: str) -> None:
    """Everybody with a password of their own, for people to log in with."""
    for place, (name, unit, role) in enumerate(people, 1):
        password = new_password()
        add_person(
            firm, name, unit, role, login=f"{pinyin(name)}@{domain}", password=password,
            hashed=make_password(password), no=f"E{place:03d}",
        )  # fmt: skip
