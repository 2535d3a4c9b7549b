"""T3: whether a new customer is known already, as a pure verdict over keys, and the masked hits."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from customers.models import NAME_LENGTH, Customer
from kit.because import Because, Line, no, yes
from kit.names import SHORTEST, company_key, normalise
from org.models import Member

# More of them help nobody to decide, and would make the search a way to read the whole list.
MOST_HITS = 10
MOST_TWINS = 5000
CLAUSE = "CUS-2.1"


@dataclass(frozen=True, slots=True)
class Sought:
    """What is compared: the two keys of the name, the credit code, the mobiles of the contacts."""

    name: str
    key: str
    bare: str
    branch: str
    code: str = ""
    mobiles: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str, code: str = "", mobiles: Iterable[str] = ()) -> "Sought":
        keys = company_key(name)
        cut = (keys.key[:NAME_LENGTH], keys.without_region[:NAME_LENGTH], keys.branch)
        return cls(name, *cut, code, tuple(filter(None, mobiles)))


@dataclass(frozen=True, slots=True)
class Known:
    """One customer in use; `codes` and `mobiles` hold only what was asked for and is there."""

    pk: int
    name: str
    tier: str
    owner: str
    contact_at: datetime | None
    code: str = ""
    mobiles: tuple[str, ...] = ()


SAME, SIMILAR, PHONE = "same", "similar", "phone"


def likeness(sought: Sought, known: Known) -> str:
    """T3.2: by credit code the same, by either key of the name similar, by a mobile a warning."""
    if sought.code and sought.code == known.code:
        return SAME
    keys = company_key(known.name)
    if sought.key == keys.key[:NAME_LENGTH] or sought.bare == keys.without_region[:NAME_LENGTH]:
        return SIMILAR
    return PHONE if set(sought.mobiles) & set(known.mobiles) else ""


TEXTS = {
    SAME: N_("the credit code is that of %(name)s, kept by %(owner)s"),
    SIMILAR: N_("the name is like %(name)s, kept by %(owner)s"),
    PHONE: N_("a contact's mobile is known from %(name)s, kept by %(owner)s"),
}
ORDER = (SAME, SIMILAR, PHONE)


def compare(sought: Sought, known: Iterable[Known]) -> Because:
    """The verdict true when nobody like it is known; else a line for each hit, the worst first."""
    hits = [(way, twin) for twin in known if (way := likeness(sought, twin))]
    if not hits:
        return yes("new", Line("fact", ok=True, text=N_("no customer like it is known")))
    hits.sort(key=lambda hit: (ORDER.index(hit[0]), hit[1].pk))
    lines = (
        Line(
            "conflict",
            ok=False,
            text=TEXTS[way],
            values={"name": twin.name, "owner": twin.owner},
            clause=CLAUSE,
            ref=way,
        )
        for way, twin in hits[:MOST_HITS]
    )
    return no("new", *lines)


def is_same(verdict: Because) -> bool:
    """Whether it is a hit that no reason overcomes."""
    return any(line.ref == SAME for line in verdict.lines)


def is_by_phone(verdict: Because) -> bool:
    """Whether a contact's mobile is all that the hits have in common."""
    return all(line.ref == PHONE for line in verdict.lines)


def also_known(mobile: str, besides: int) -> Because:
    """T3.2: whether a contact's mobile is known from another customer; a warning, no more."""
    sought = Sought("", "", "", "", mobiles=(mobile,))
    return compare(sought, [t for t in twins_of([sought]) if t.pk != besides])


def twins_of(sought: Sequence[Sought]) -> list[Known]:
    """Customers of the whole company that share a key, a code or a mobile, in one query."""
    keys, bares = {s.key for s in sought}, {s.bare for s in sought}
    codes, mobiles = {s.code for s in sought}, {m for s in sought for m in s.mobiles}
    asked = [sorted(filter(None, values)) for values in (keys, bares, codes, mobiles)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, name, tier, owner, contact_at, code, mobiles "
            "FROM customer_twins(%s::text[], %s::text[], %s::text[], %s::text[], %s)",
            [*asked, MOST_TWINS],
        )
        return [Known(*row[:6], tuple(row[6])) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Hit:
    """T3.3: all that is shown of a customer out of sight; `pk` only of one the reader sees."""

    name: str
    tier: str
    owner: str
    contact_at: datetime | None
    pk: int | None = None

    @property
    def contact_days(self) -> int | None:
        return None if self.contact_at is None else (timezone.now() - self.contact_at).days


MASKED = ("pk", "name", "tier", "owner__name", "last_contact_at")


def hits_of(q: str, member: Member) -> list[Hit]:
    """Hits of the whole company: what shares a key with the name, then what holds its words."""
    if len(normalise(q)) < SHORTEST:
        return []
    twins = {twin.pk: twin for twin in twins_of([Sought.of(q)])}
    first = [(t.pk, t.name, t.tier, t.owner, t.contact_at) for t in twins.values()]
    words = Customer.objects.active().search(company_key(q).without_region)
    more = words.exclude(pk__in=twins).order_by("name", "pk").values_list(*MASKED)
    rows = [*first[:MOST_HITS], *more[:MOST_HITS]][:MOST_HITS]
    sight = Customer.objects.visible_to(member).filter(pk__in=[row[0] for row in rows])
    seen = set(sight.values_list("pk", flat=True))
    return [Hit(*row[1:], pk=row[0] if row[0] in seen else None) for row in rows]
