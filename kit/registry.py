"""What floors hand down at start-up: clause bindings, navigation, panels, timelines, finders."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

STRENGTHS = ("prevents", "times out", "measures", "shows")


@dataclass(frozen=True, slots=True)
class Binding:
    """One piece of the product that serves a clause of the manual."""

    clause: str
    kind: str
    target: str
    strength: str


bindings: dict[tuple[str, str, str], Binding] = {}
# clauses of which everything is built: a house test asks each for what prevents and for a test
finished: set[str] = set()
# the manual's clauses by their codes, handed down by the handbook; each prints as its sentence
manual: dict[str, Any] = {}


def bind(clauses: str | Iterable[str], kind: str, target: str, strength: str) -> tuple[str, ...]:
    """Declare that `target` (a rule, step, job, constraint…) serves the clauses; returns them."""
    if strength not in STRENGTHS:
        raise ValueError(f"unknown strength: {strength}")
    names = tuple(clauses.split()) if isinstance(clauses, str) else tuple(clauses)
    for clause in names:
        bindings[clause, kind, target] = Binding(clause, kind, target, strength)
    return names


def clauses_of(kind: str, target: str) -> tuple[str, ...]:
    """The clauses a rule, step, parameter … serves, in the order in which they were declared."""
    return tuple(b.clause for b in bindings.values() if b.kind == kind and b.target == target)


def finish(clauses: str) -> None:
    """Mark clauses, set apart by spaces, as built in full."""
    finished.update(clauses.split())


@dataclass(frozen=True, slots=True)
class Door:
    """One entry of the navigation, shown to whoever passes `rule`."""

    group: str
    label: str
    url: str
    icon: str
    rule: str
    order: int
    waiting: Callable[[Any], QuerySet | int] | None = None
    phone: int = 0
    is_centre: bool = False
    roles: frozenset[str] = frozenset()
    phone_roles: frozenset[str] = frozenset()
    always: frozenset[str] = frozenset()


doors: list[Door] = []


def door(**fields: Any) -> None:
    """Add an entry: group, label (msgid), url name, icon, rule, order; `phone` is its tab place.

    `roles` and `phone_roles` limit the entry, or only its tab, to members with such a post; with
    `always` everybody else is offered it only while something waits. `waiting` gives the rows that
    its number counts; the frame counts those of all entries in one statement.
    """
    entry = Door(**fields)
    doors[:] = sorted([*(d for d in doors if d.url != entry.url), entry], key=lambda d: d.order)


panels: dict[str, list[tuple[int, Callable[..., Any]]]] = defaultdict(list)
timelines: dict[str, list[Callable[..., Any]]] = defaultdict(list)


def panel(place: str, order: int, source: Callable[..., Any]) -> None:
    """`source(member, obj) -> {"template", ...context} | None` fills a block of another's page."""
    panels[place].append((order, source))
    panels[place].sort(key=lambda pair: pair[0])


def panels_of(place: str, member: Any, obj: Any) -> list[dict[str, Any]]:
    return [block for _, source in panels[place] if (block := source(member, obj))]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a record's timeline; `text` is shown as it is, already translated."""

    at: Any
    icon: str
    text: str
    who: str = ""
    url: str = ""
    note: str = ""
    colour: str = "grey"


def timeline(place: str, source: Callable[..., Iterable[Event]]) -> None:
    """`source(member, obj, limit) -> events` adds its events to the timeline of `place`."""
    timelines[place].append(source)


def timeline_of(place: str, member: Any, obj: Any, limit: int = 30) -> list[Event]:
    events = [event for source in timelines[place] for event in source(member, obj, limit)]
    return sorted(events, key=lambda event: event.at, reverse=True)[:limit]


@dataclass(frozen=True, slots=True)
class Finder:
    """One group of the search everywhere; `url` is a list that takes `?q=`, shown as "all of them".

    `source(member, sought, limit)` gives kit.search.Found, best first, read through `visible_to`;
    for an empty `sought` what was touched last, or nothing.
    """

    key: str
    label: str
    icon: str
    order: int
    source: Callable[..., Iterable[Any]]
    url: str = ""


finders: list[Finder] = []


def finder(**fields: Any) -> None:
    """Add a group to the search: key, label (msgid), icon, order, source, perhaps url."""
    entry = Finder(**fields)
    finders[:] = sorted([*(f for f in finders if f.key != entry.key), entry], key=lambda f: f.order)


@dataclass(frozen=True, slots=True)
class Command:
    """A page one goes to by name which is no entry of the navigation, such as a new record."""

    label: str
    url: str
    icon: str
    rule: str
    order: int


commands: list[Command] = []


def command(**fields: Any) -> None:
    """Add a page to the search: label (msgid), url name, icon, rule, order."""
    entry = Command(**fields)
    kept = [c for c in commands if c.url != entry.url]
    commands[:] = sorted([*kept, entry], key=lambda c: c.order)


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of notice a member may want or not.

    `gone` is the whole sentence for readers who no longer see the record it was about. What
    `is_urgent` may also be mailed at once.
    """

    key: str
    label: str
    gone: str
    icon: str
    order: int
    colour: str = "info"
    url: str = ""
    is_urgent: bool = False


topics: dict[str, Topic] = {}


def topic(**fields: Any) -> None:
    """Add a kind of notice: key, label and gone (msgids), icon, order; `url` for no one record."""
    entry = Topic(**fields)
    topics[entry.key] = entry


@dataclass(frozen=True, slots=True)
class Place:
    """The page of records of a kind: a url name, with the id unless `is_own`, and what to say."""

    url: str
    name: Callable[[Any], str] = str
    is_own: bool = False


places: dict[str, Place] = {}


def place(kind: str, url: str, **more: Any) -> None:
    """Say which page shows records of a kind (a lower-case model label)."""
    places[kind] = Place(url, **more)
