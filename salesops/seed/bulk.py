"""One large company by COPY: names from here, everything that hangs on them made by the database.

COPY itself is refused under forced row security, so names go into a temporary table of the owner,
from where one statement for each table spreads them.
"""

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connections, models, transaction

from accounts.models import User
from approvals.actions import chain_of
from approvals.models import Case
from contracts.chain import KIND
from contracts.models import Contract
from customers.models import Contact, Customer, Visit
from customers.regions import PROVINCES
from figures.actions import fold
from kit.names import company_key, grams, search_text
from org import actions
from org.models import Member, Post, Unit
from salesops.seed import words
from salesops.seed.firm import Firm, Person, add_person, found_company, new_password
from salesops.seed.tools import member_of
from tenancy.context import company

TEAM, REGION = 8, 12  # people of a team, teams of a region
CHUNK = 20_000
HEAVY = 50_000  # from here on an index is made once at the end
SHOWN = 1000  # ids of each kind in the answer
BOSSES = ("management", "director", "finance", "sales_ops", "company_admin")
OWNER = "owner"
# a number in [0, 1) that is the same for the same row and salt
DICE = "((hashint8extended({row}, {salt}) & 1048575) / 1048576.0)"
NAMES = (
    "CREATE TEMP TABLE bulk_name (n bigint, name text, search text, grams text[], name_key text, "
    "bare_key text)"
)
NAMED = ("name", "search", "grams", "name_key", "bare_key")
PEOPLE = "CREATE TEMP TABLE bulk_rep (k bigint, member_id bigint, unit_id bigint, path text)"


@dataclass(frozen=True, slots=True)
class Bulk:
    """What every statement needs to know; `first` is the last id before ours."""

    company: int
    chain: int
    reps: int
    canary: str
    first: dict[type[models.Model], int]

    @property
    def place(self) -> dict[str, str]:
        return {
            "company_id": str(self.company),
            "owner_id": "r.member_id",
            "unit_id": "r.unit_id",
            "org_path": "r.path",
        }

    @property
    def rep(self) -> str:
        return f"JOIN bulk_rep r ON r.k = b.n % {self.reps}"


def dice(row: str, salt: int) -> str:
    return DICE.format(row=row, salt=salt)


def tell(chance: random.Random, slug: str, size: int) -> dict[str, Any]:
    """The company with `size` customers, 1 contact, 3 visits and half a contract for each."""
    firm, reps = staffed(chance, slug, max(2, size // 200))
    pk = firm.company.pk
    with company(pk):
        chain = chain_of(KIND).pk
    owner = connections[OWNER]
    with owner.cursor() as cursor:
        cursor.execute(NAMES)
        cursor.execute(PEOPLE)
        with cursor.copy("COPY bulk_rep FROM STDIN") as copy:
            for k, row in enumerate(reps):
                copy.write_row((k, *row))
    indexes = [index for index in Customer._meta.indexes if "grams" in index.fields]
    if size >= HEAVY:
        with owner.schema_editor() as editor:
            for index in indexes:
                editor.remove_index(Customer, index)
    first = {model: last_id(model) for model in (Customer, Contract, Case)}
    bulk = Bulk(pk, chain, len(reps), firm.canary, first)
    source = names(chance)
    for start in range(0, size, CHUNK):
        with transaction.atomic(using=OWNER):
            spread(source, range(start, min(start + CHUNK, size)), bulk)
        with company(pk):
            while fold():
                pass
    if size >= HEAVY:
        with owner.schema_editor() as editor:
            for index in indexes:
                editor.add_index(Customer, index)
    for model in first:
        followed(model)
    with owner.cursor() as cursor:
        cursor.execute("DROP TABLE bulk_name, bulk_rep")
    return told(firm)


def settle() -> None:
    """What the database does by itself within minutes: visibility maps and statistics."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")


def staffed(chance: random.Random, slug: str, count: int) -> tuple[Firm, list[tuple]]:
    """A tree of four levels with its leaders by the real actions, its reps in bulk."""
    canary = f"CANARY-{slug.upper()}-{chance.getrandbits(40):010x}"
    firm = Firm(found_company(f"{slug} 大型工业有限公司", slug), canary=canary)
    password = new_password()
    known = {"password": password, "hashed": make_password(password)}
    numbers = iter(range(1, 10_000_000))

    def appoint(role: str, unit: str) -> None:
        n = next(numbers)
        name, login = f"{person(chance)}{n}", f"p{n}@{slug}.example"
        add_person(firm, name, unit, role, login=login, no=f"{n:05d}", **known)

    with company(firm.company.pk):
        firm.units["root"] = Unit.objects.get(parent=None)
        for role in BOSSES:
            appoint(role, "root")
        teams = -(-count // TEAM)
        regions = max(2, -(-teams // REGION))
        for region in range(regions):
            key = f"r{region}"
            firm.units[key] = actions.add_unit(
                f"第{region + 1}大区", parent=firm.units["root"], kind="region", code=f"R{region}"
            )
            appoint("regional_manager", key)
        for team in range(teams):
            key, above = f"t{team}", firm.units[f"r{team * regions // teams}"]
            firm.units[key] = actions.add_unit(
                f"第{team + 1}组", parent=above, kind="team", code=f"T{team}"
            )
            appoint("supervisor", key)
        units = [firm.units[f"t{n // TEAM}"] for n in range(count)]
        places = [next(numbers) for _unit in units]
        users = User.objects.bulk_create(
            User(login=f"p{n}@{slug}.example", email=f"p{n}@{slug}.example", name=f"代表{n}",
                 password=known["hashed"])
            for n in places
        )  # fmt: skip
        members = Member.objects.bulk_create(
            Member(user=user, name=f"{person(chance)}{n}", employee_no=f"{n:05d}")
            for n, user in zip(places, users, strict=True)
        )
        Post.objects.bulk_create(
            Post(member=member, unit=unit, role="rep", starts_on=dt.date(2024, 1, 1))
            for member, unit in zip(members, units, strict=True)
        )
        for n, member in list(zip(places, members, strict=True))[:TEAM]:
            add_seen(firm, member, units[0], f"p{n}@{slug}.example", password)
    reps = [(m.pk, u.pk, u.path) for m, u in zip(members, units, strict=True)]
    return firm, reps


def add_seen(firm: Firm, member: Member, unit: Unit, login: str, password: str) -> None:
    firm.people.append(Person(member, "rep", unit, login, password))


def person(chance: random.Random) -> str:
    return chance.choice(words.FAMILY) + chance.choice(words.GIVEN.split())


def names(chance: random.Random) -> Iterator[str]:
    """Company names without end; now and then two are alike, as in life."""
    cities = [city for places in words.PLACES.values() for _p, city, _d in places]
    trades = [trade for some in words.TRADES.values() for trade in some]
    letters = words.BRANDS + words.FAMILY
    while True:
        brand = "".join(chance.choices(letters, k=3))
        ends = chance.choice(trades) + chance.choice(words.SUFFIXES)
        yield chance.choice(cities) + brand + ends


def spread(source: Iterator[str], numbers: range, bulk: Bulk) -> None:
    """One chunk: its names by COPY, then a statement a table."""
    base, canary, rep = bulk.first[Customer], bulk.canary, bulk.rep
    with connections[OWNER].cursor() as cursor:
        cursor.execute("TRUNCATE bulk_name")
        with cursor.copy("COPY bulk_name FROM STDIN") as copy:
            for n in numbers:
                name = next(source)
                search, keys = search_text(name), company_key(name)
                copy.write_row((n, name, search, grams(search), keys.key, keys.without_region))
        codes = "ARRAY[" + ", ".join(f"'{code}'" for code, _name in PROVINCES) + "]"
        cursor.execute(
            insert(
                Customer,
                f"bulk_name b {rep}",
                id=f"{base} + 1 + b.n",
                **bulk.place,
                created_at=f"now() - {dice('b.n', 1)} * interval '400 days'",
                updated_at=f"now() - {dice('b.n', 2)} * interval '90 days'",
                **{column: f"b.{column}" for column in NAMED},
                tier=f"substr('AABBBBCCCCCCDDDDDDDD', 1 + ({dice('b.n', 3)} * 20)::int % 20, 1)",
                province=f"({codes})[1 + ({dice('b.n', 4)} * 1000)::int % {len(PROVINCES)}]",
                notes=f"'{canary}'",
                last_contact_at=f"now() - {dice('b.n', 5)} * interval '40 days'",
            )
        )
        cursor.execute(
            insert(
                Contact, "bulk_name b", company_id=str(bulk.company),
                customer_id=f"{base} + 1 + b.n", name="'王工'",
                mobile="'138' || lpad((b.n % 100000000)::text, 8, '0')",
                is_primary="true", notes=f"'{canary}'",
            )
        )  # fmt: skip
        row = "b.n * 3 + v"
        when = f"(now() - {dice(row, 6)} * interval '365 days')"
        done = f"(v < 2 OR {dice(row, 7)} < 0.4)"
        cursor.execute(
            insert(
                Visit,
                f"bulk_name b {rep} CROSS JOIN generate_series(0, 2) v",
                **bulk.place,
                customer_id=f"{base} + 1 + b.n",
                keeper_id="r.member_id",
                created_at=when,
                updated_at=when,
                planned_on=f"CASE WHEN {done} THEN {when}::date "
                f"ELSE current_date - 2 + ({dice(row, 8)} * 12)::int END",
                status=f"CASE WHEN {done} THEN 'done' ELSE 'planned' END",
                checked_in_at=f"CASE WHEN {done} THEN {when} END",
                checked_out_at=f"CASE WHEN {done} THEN {when} + interval '40 minutes' END",
                summary=f"CASE WHEN {done} THEN '现场沟通，约定下次。{canary}' ELSE '' END",
                purpose=f"'季度回访 {canary}'",
            )
        )
        papers(cursor, bulk)


def papers(cursor: Any, bulk: Bulk) -> None:
    """Half a contract a customer, nearly all signed, each with its case."""
    fate, first, canary = dice("b.n", 9), bulk.first, bulk.canary
    status = (
        f"CASE WHEN {fate} < 0.8 THEN 'signed' WHEN {fate} < 0.86 THEN 'archived' "
        f"WHEN {fate} < 0.9 THEN 'approved' ELSE 'draft' END"
    )
    has_case, is_signed = f"{fate} < 0.9", f"{fate} < 0.86"
    day = f"(current_date - ({dice('b.n', 10)} * 365)::int)"
    net = f"(10000 + ({dice('b.n', 11)} * 900000)::bigint)::numeric(17, 2)"
    half = f"(SELECT * FROM bulk_name WHERE n % 2 = 0) b {bulk.rep}"  # noqa: S608  as below
    number = "'HT-B-' || b.n"
    shared = dict.fromkeys(("created_at", "updated_at"), f"{day} - interval '3 days'")
    cursor.execute(
        insert(
            Case, f"{half} WHERE {has_case}", id=f"{first[Case]} + 1 + b.n / 2",
            **bulk.place, **shared, kind="'contracts.contract'",
            object_id=f"{first[Contract]} + 1 + b.n / 2",
            chain_id=str(bulk.chain), number=number, title=f"'设备采购合同 {canary}'",
            party="b.name", amount=net, state="'approved'", content_hash="repeat('0', 66)",
            submitted_at=f"{day} - interval '3 days'",
            decided_at=f"{day} - interval '3 days' + {dice('b.n', 12)} * interval '60 hours'",
        )
    )  # fmt: skip
    cursor.execute(
        insert(
            Contract, half, id=f"{first[Contract]} + 1 + b.n / 2", **bulk.place, **shared,
            customer_id=f"{first[Customer]} + 1 + b.n", status=status,
            number=f"CASE WHEN {has_case} THEN {number} ELSE '' END",
            case_id=f"CASE WHEN {has_case} THEN {first[Case]} + 1 + b.n / 2 END",
            title="'设备采购合同'", buyer="b.name", seller="'我们'", net_amount=net,
            tax_amount=f"round({net} * 0.13, 2)", gross_amount=f"{net} + round({net} * 0.13, 2)",
            signed_on=f"CASE WHEN {is_signed} THEN {day} END", notes=f"'{canary}'",
        )
    )  # fmt: skip


def insert(model: type[models.Model], source: str, **expressions: str) -> str:
    """INSERT … SELECT with the model's own defaults for every column that is not given."""
    for field in model._meta.concrete_fields:
        if field.column in expressions or field.primary_key or field.null:
            continue
        expressions[field.column] = literal(field)
    names_ = ", ".join(f'"{name}"' for name in expressions)
    return (
        f'INSERT INTO "{model._meta.db_table}" ({names_}) '  # noqa: S608  all words are ours
        f"SELECT {', '.join(expressions.values())} FROM {source}"
    )


def literal(field: models.Field) -> str:
    """A field's default as SQL."""
    kind, value = field.get_internal_type(), field.get_default()
    if kind in {"DateField", "DateTimeField"}:
        return "current_date" if kind == "DateField" else "now()"
    if kind == "JSONField":
        return "'[]'::jsonb" if value == [] else "'{}'::jsonb"
    if kind == "ArrayField":
        return f"'{{}}'::{field.db_type(connections[OWNER])}"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int) else f"'{value or ''}'"


def last_id(model: type[models.Model]) -> int:
    with connections[OWNER].cursor() as cursor:
        cursor.execute(f'SELECT coalesce(max(id), 0) FROM "{model._meta.db_table}"')  # noqa: S608
        return cursor.fetchone()[0]


def followed(model: type[models.Model]) -> None:
    """The next id taken by the database comes after ours."""
    table = model._meta.db_table
    with connections[OWNER].cursor() as cursor:
        cursor.execute(
            f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}"  # noqa: S608
        )


def told(firm: Firm) -> dict[str, Any]:
    """In the same form as the companies for tools; of the many ids the first."""
    chosen = [p for p in firm.people if p.role in BOSSES]
    for role in ("regional_manager", "supervisor", "rep"):
        chosen += [p for p in firm.people if p.role == role][:TEAM]
    with company(firm.company.pk):
        return {
            "id": firm.company.pk,
            "slug": firm.company.slug,
            "name": firm.company.name,
            "canary": firm.canary,
            "members": [member_of(person_) for person_ in chosen],
            "ids": {
                model._meta.label_lower: list(
                    model.objects.order_by("pk").values_list("pk", flat=True)[:SHOWN]
                )
                for model in (Unit, Member, Customer, Contact, Visit, Contract, Case)
            },
        }
