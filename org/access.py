"""The one rule: who sees and does what, in the list, on the page, in the API and in every job."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import DateTimeField, Model, Q, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from kit.because import Because, Forbidden, Line, any_of, msgid, no, yes
from kit.pages import Guard
from kit.registry import bind, clauses_of
from org.models import Member, Role, UnitGrant

Rule = Callable[[Member, Any], Because]
rules: dict[str, Rule] = {}
# what a rule allows, in words (msgids)
labels: dict[str, str] = {}

# Records that a duty of the moment lets someone see, by model label: an approver's open case.
Duty = Callable[[Member], Iterable[int]]
duties: dict[str, list[tuple[str, Duty]]] = {}

# Rows that say the member stands in for somebody today, or somebody for him, in the shape of
# `Scope.of`: one query knows then who need not be asked the dear question of what is lent to him.
stand_ins: list[Callable[[Member], Any]] = []


def after(path: str) -> str:
    """The first string that does not start with `path`: '0001/' gives '00010'."""
    return path[:-1] + chr(ord(path[-1]) + 1)


@dataclass(frozen=True, slots=True)
class Grant:
    """One permission on one unit's subtree and the post it comes from."""

    permission: str
    path: str
    unit: str
    role: str
    valid_until: datetime | None

    def line(self) -> Line:
        if self.role:
            return Line(
                "grant",
                ok=True,
                text=N_("your post as %(role_label)s of %(unit)s covers it"),
                values={"role_label": msgid(Role(self.role).label), "unit": self.unit},
                clause="ORG-1.1",
            )
        return Line(
            "grant",
            ok=True,
            text=N_("you were given sight of %(unit)s"),
            values={"unit": self.unit},
        )


@dataclass(frozen=True, slots=True)
class Seat:
    """A post the member holds today."""

    role: str
    unit_id: int
    unit: str
    path: str


class Scope:
    """A member's grants and posts as path ranges; the same object answers list and check."""

    def __init__(
        self,
        member: Member,
        grants: Iterable[Grant],
        seats: Iterable[Seat],
        *,
        stands_in: bool = False,
        is_stood_for: bool = False,
    ) -> None:
        self.member, self.stands_in, self.is_stood_for = member, stands_in, is_stood_for
        self.grants = tuple(sorted(grants, key=lambda grant: (len(grant.path), grant.permission)))
        self.seats = tuple(seats)
        self._duties: dict[str, dict[int, str]] = {}

    @classmethod
    def of(cls, member: Member) -> "Scope":
        """Valid grants and current posts, in one query of one shape."""
        now, day = timezone.now(), timezone.localdate()
        # a post appointed for a later day brings nothing before it
        begun = Q(post=None) | Q(post__starts_on__lte=day)
        grants = UnitGrant.objects.filter(
            begun, Q(valid_until=None) | Q(valid_until__gt=now), user_id=member.user_id
        ).values_list(
            Value("grant"),
            "permission__codename",
            "content_object__path",
            "content_object__name",
            "post__role",
            "valid_until",
            "content_object_id",
            # where the posts have what they are ordered by
            Value(value=False),
            Value(day),
            "pk",
        )
        posts = member.posts.in_force().values_list(
            Value("post"),
            Value(""),
            "unit__path",
            "unit__name",
            "role",
            Value(None, output_field=DateTimeField()),
            "unit_id",
            "is_acting",
            "starts_on",
            "pk",
        )
        rows = list(grants.union(posts, *(source(member) for source in stand_ins), all=True))
        held = sorted((row for row in rows if row[0] == "post"), key=lambda row: row[7:])
        return cls(
            member,
            (
                Grant(name, path, unit, role or "", until)
                for kind, name, path, unit, role, until, *_rest in rows
                if kind == "grant"
            ),
            (Seat(row[4], row[6], row[3], row[2]) for row in held),
            stands_in=any(row[0] == "stand_in" for row in rows),
            is_stood_for=any(row[0] == "stood_for" for row in rows),
        )

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(seat.role for seat in self.seats)

    @property
    def title(self) -> str:
        return str(Role(self.seats[0].role).label) if self.seats else ""

    @property
    def home(self) -> Seat | None:
        """The unit new records of the member belong to: the seat of the first post."""
        return self.seats[0] if self.seats else None

    def covering(self, permission: str, path: str) -> Grant | None:
        """The widest grant of a permission over a path, or None."""
        return next(
            (g for g in self.grants if g.permission == permission and path.startswith(g.path)), None
        )

    def ranges(self, permission: str) -> list[tuple[str, str]]:
        """Disjoint [from, to) ranges of paths the permission covers."""
        kept: list[str] = []
        for grant in self.grants:
            if grant.permission == permission and not grant.path.startswith(tuple(kept)):
                kept.append(grant.path)
        return [(path, after(path)) for path in kept]

    def counts(self, prefix: str = "") -> Q:
        """What the figures add up: one's own, and what a post covers.

        It is the part of `reach` that rests on owner and unit alone. A share, an open task or the
        customer's new owner opens a record to read; nobody's figures grow by it.
        """
        if self.sees_all():
            return Q()
        found = Q(**{f"{prefix}owner": self.member})
        for low, high in self.ranges("see"):
            found |= Q(**{f"{prefix}org_path__gte": low, f"{prefix}org_path__lt": high})
        return found

    def sees_all(self) -> bool:
        return any(g.permission == "see" and g.path.count("/") == 1 for g in self.grants)

    def duty(self, label: str) -> dict[int, str]:
        """Ids of records of a model that a duty of the moment opens, with the sentence why."""
        if label not in self._duties:
            self._duties[label] = {
                pk: text for text, source in duties.get(label, ()) for pk in source(self.member)
            }
        return self._duties[label]

    def reach(self, model: type[Model], prefix: str = "") -> Q:
        """The one rule as a filter; `sees` below is the same rule for one object."""
        if self.sees_all():
            return Q()
        found = Q(pk__in=())
        for way in model.reach:
            if way == "self":
                found |= Q(**{f"{prefix}owner": self.member})
                for low, high in self.ranges("see"):
                    found |= Q(**{f"{prefix}org_path__gte": low, f"{prefix}org_path__lt": high})
                continue
            target = model._meta.get_field(way).related_model
            if "self" not in model.reach:
                found |= self.reach(target, f"{prefix}{way}__")
                continue
            # it stands where its parent stands and names its owner: indexes instead of a join
            found |= Q(**{f"{prefix}keeper": self.member})
            if ids := self.duty(target._meta.label_lower):
                found |= Q(**{f"{prefix}{way}__in": list(ids)})
        if ids := self.duty(model._meta.label_lower):
            found |= Q(**{f"{prefix}pk__in": list(ids)})
        return found


def sees(member: Member, obj: Model) -> Because:
    """Whether and why the member sees the record: own, post, duty or share."""
    scope, question = member.scope, "sees"
    for way in type(obj).reach:
        if way != "self":
            if parent := sees(member, getattr(obj, way)):
                return parent
            continue
        if obj.owner_id == member.pk:
            return yes(question, Line("rule", ok=True, text=N_("it is yours"), clause="ORG-1.1"))
        if grant := scope.covering("see", obj.org_path):
            return yes(question, grant.line())
    if scope.sees_all() and (grant := scope.covering("see", scope.grants[0].path)):
        return yes(question, grant.line())
    if text := scope.duty(obj._meta.label_lower).get(obj.pk):
        return yes(question, Line("step", ok=True, text=text))
    return no(
        question, Line("rule", ok=False, text=N_("it is outside your posts"), clause="ORG-1.6")
    )


def owns(member: Member, obj: Any) -> Because:
    if obj.owner_id == member.pk:
        return yes("owns", Line("rule", ok=True, text=N_("it is yours"), clause="ORG-1.1"))
    return no(
        "owns", Line("rule", ok=False, text=N_("only its owner may do this"), clause="ORG-1.6")
    )


def covers(member: Member, permission: str, obj: Any) -> Because:
    """A grant of the permission over the record's unit (or over a unit itself)."""
    path = obj.org_path if hasattr(obj, "org_path") else obj.path
    if grant := member.scope.covering(permission, path):
        return yes("covers", grant.line())
    return no(
        "covers", Line("grant", ok=False, text=N_("no post of yours covers it"), clause="ORG-1.6")
    )


def owns_or(member: Member, obj: Any, *permissions: str) -> Because:
    reasons = (owns(member, obj), *(covers(member, name, obj) for name in permissions))
    return any_of("owns_or", reasons)


def holds(member: Member, *roles: str) -> Because:
    """Whether one of the member's posts has one of the roles."""
    for seat in member.scope.seats:
        if seat.role in roles:
            text = N_("you are %(role_label)s of %(unit)s")
            values = {"role_label": msgid(Role(seat.role).label), "unit": seat.unit}
            return yes("holds", Line("grant", ok=True, text=text, values=values, clause="ORG-1.2"))
    text = N_("your posts do not include this duty")
    return no("holds", Line("grant", ok=False, text=text, clause="ORG-1.6"))


def everybody(member: Member, obj: Any = None) -> Because:
    return yes("everybody", Line("rule", ok=True, text=N_("every member may")))


def rule(
    name: str, *, clauses: str = "", label: str = "", strength: str = "prevents"
) -> Callable[[Rule], Rule]:
    """Register a rule `app.verb`: (member, obj) -> Because. Declares the clauses it serves.

    `label` (a msgid) says what it allows, for the page of the clause; a rule that refuses nobody
    only "shows".
    """

    def register(function: Rule) -> Rule:
        rules[name] = function
        labels[name] = label
        bind(clauses, "rule", name, strength)
        return function

    return register


def may(member: Member, name: str, obj: Any = None) -> Because:
    """Ask a rule by name; a rule that does not exist is a bug, not a refusal.

    A refusal names its clause: that of the line which decided, else the first one of the rule.
    """
    because = rules[name](member, obj)
    if because:
        return because
    return because.citing(next(iter(clauses_of("rule", name)), ""))


def check(member: Member, name: str, obj: Any = None) -> Because:
    """The rule's answer, or Forbidden with its reasons: the first line of every action."""
    if not (because := may(member, name, obj)):
        raise Forbidden(because)
    return because


def page(
    name: str, model: type[Model] | None = None
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Guard a view: loads `pk` through visible_to (404), asks the rule (403), passes the object."""

    def guard(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.member is None:
                if request.user.is_authenticated:
                    return redirect("org:choose_company")
                return redirect_to_login(request.get_full_path())
            if model is None:
                check(request.member, name)
                return view(request, *args, **kwargs)
            obj = load(model, request.member, kwargs.pop("pk"))
            check(request.member, name, obj)
            return view(request, obj, *args, **kwargs)

        guarded.guard = Guard(name, model)
        return guarded

    return guard


def load(model: type[Model], member: Member, pk: int) -> Model:
    """One visible record, or 404: a foreign id and a missing id are the same answer."""
    rows = model.objects.visible_to(member).select_related(*getattr(model, "shown_with", ()))
    obj = rows.filter(pk=pk).first()
    if obj is None:
        raise Http404
    return obj
