"""Who would gain and who would lose sight of what, if a unit stood elsewhere; nothing is moved."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from org.access import Scope, after
from org.models import Member, Unit, UnitGrant, owned_models


class Imagined(Scope):
    """A member's scope as it would be: the same grants, one unit's subtree at another place.

    Records keep their paths here, so instead the ranges change: a grant above the new place takes
    the subtree in, a grant above the old place alone leaves it out.
    """

    def __init__(self, real: Scope, unit: Unit, target: Unit) -> None:
        super().__init__(real.member, real.grants, real.seats)
        self.unit, self.target = unit, target

    def ranges(self, permission: str) -> list[tuple[str, str]]:
        moved = self.unit.path
        found = []
        for low, high in super().ranges(permission):
            above_old = moved.startswith(low) and moved != low
            if above_old and not self.target.path.startswith(low):
                found += [(low, moved), (after(moved), high)]
            else:
                found.append((low, high))
            if self.target.path.startswith(low) and not above_old:
                found.append((moved, after(moved)))
        inner = [
            (g.path, after(g.path))
            for g in self.grants
            if g.permission == permission and g.path.startswith(moved)
        ]
        return found + inner


@dataclass
class Change:
    """One person's gains and losses: (name of the kind, how many)."""

    member: Member
    gains: list[tuple[str, int]] = field(default_factory=list)
    losses: list[tuple[str, int]] = field(default_factory=list)


def changes(unit: Unit, target: Unit) -> list[Change]:
    """Everybody with sight above the old or the new place whose sight would differ."""
    old = set(unit.ancestor_ids[1:])
    new = set(target.ancestor_ids)
    grants = UnitGrant.objects.filter(
        content_object_id__in=old ^ new, permission__codename="see"
    ).values("user_id")
    people = Member.objects.filter(user_id__in=grants, is_active=True).order_by("name", "id")
    found = []
    for member in people:
        change = Change(member)
        now = member.scope
        then = Imagined(now, unit, target)
        for model in owned_models():
            name = str(model._meta.verbose_name_plural)
            if more := difference(model, then, now):
                change.gains.append((name, more))
            if less := difference(model, now, then):
                change.losses.append((name, less))
        if change.gains or change.losses:
            found.append(change)
    return found


def difference(model: Any, one: Scope, other: Scope) -> int:
    """How many records the one scope shows and the other does not."""
    shown = model.objects.filter(one.reach(model))
    return shown.exclude(Q(pk__in=model.objects.filter(other.reach(model)).values("pk"))).count()
