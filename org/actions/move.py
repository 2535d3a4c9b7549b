"""Moving a unit with everything below it: one transaction, however many records it holds."""

from datetime import timedelta
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from kit.because import Refused
from org.access import after
from org.actions.company import asked
from org.models import Member, Unit, UnitMove, owned_models
from tenancy.actions import Turn, post

# news for the floors above: what stands below this path has other people above it
UNIT_MOVED = "org.unit_moved"
MOST_AT_ONCE = 20_000
LATER = timedelta(minutes=1)


def records_below(path: str) -> int:
    """How many owned records of every kind stand at the unit and below."""
    return sum(
        model.objects.filter(org_path__gte=path, org_path__lt=after(path)).count()
        for model in owned_models()
    )


def check_move(unit: Unit, target: Unit) -> None:
    """Refused for the root, for a place inside the unit itself, and for a name taken there."""
    if unit.parent_id is None:
        raise Refused(_("The company itself cannot be moved."), code="root")
    if target.path.startswith(unit.path):
        raise Refused(_("A unit cannot be moved below itself."), code="cycle")
    if target.pk == unit.parent_id:
        raise Refused(_("The unit stands there already."), code="same")
    if not target.is_active:
        raise Refused(_("The unit is switched off."), code="unit_off")
    if Unit.objects.filter(parent=target, name=unit.name).exists():
        raise Refused(_("There is a unit of this name there already."), code="name")


def move_unit(unit: Unit, *, target: Unit, by: Member) -> UnitMove:
    """ORG-1.1: at once, or for more than 20,000 records by the worker; one move at a time."""
    asked(by)
    unit, target = held(unit.pk, target.pk)
    check_move(unit, target)
    if UnitMove.objects.filter(state__in=["waiting", "running"]).exists():
        raise Refused(_("Another unit is being moved just now."), code="busy")
    move = UnitMove.objects.create(
        unit=unit,
        origin=unit.parent,
        target=target,
        total=records_below(unit.path),
        made_by=by,
    )
    if move.total > MOST_AT_ONCE:
        post("org.move_unit", move=move.pk)
        record("org.plan_move", unit, by=by, after={"target": target.pk, "records": move.total})
    else:
        carry_out(move)
    return move


def held(unit_id: int, target_id: int) -> tuple[Unit, Unit]:
    """Both as they are now; the root's row lock lets one change of the tree happen at a time."""
    Unit.objects.select_for_update(no_key=True).get(parent=None)
    return Unit.objects.select_related("parent").get(pk=unit_id), Unit.objects.get(pk=target_id)


def move_later(payload: dict[str, Any], turn: Turn) -> None:
    """Receiver of org.move_unit: says that it runs, then does all in one transaction."""
    waiting = UnitMove.objects.filter(pk=payload["move"], state__in=["waiting", "running"])
    with turn.step():
        if not waiting.update(state=UnitMove.State.RUNNING):
            return
    try:
        with turn.step():
            move = UnitMove.objects.select_related("made_by").get(pk=payload["move"])
            # asked again: whoever planned it may have lost the right meanwhile
            asked(move.made_by)
            carry_out(move)
    except Refused as refused:
        with turn.step():
            waiting.update(
                state=UnitMove.State.REFUSED,
                message=refused.detail,
                finished_at=timezone.now(),
            )


def carry_out(move: UnitMove) -> None:
    """Paths of the unit, of the units below, and of every owned record, by prefix."""
    unit, target = held(move.unit_id, move.target_id)
    check_move(unit, target)
    old, new = unit.path, target.path + unit.path.rstrip("/").rpartition("/")[2] + "/"
    Unit.objects.filter(pk=unit.pk).update(parent=target)
    rewrite(Unit, "path", old, new)
    count = sum(rewrite(model, "org_path", old, new) for model in owned_models())
    UnitMove.objects.filter(pk=move.pk).update(
        state=UnitMove.State.DONE, done=count, total=count, finished_at=timezone.now()
    )
    move.refresh_from_db()
    # whoever wrote a record while this ran still read the old path
    soon = timezone.now() + LATER
    post("org.follow_move", due_at=soon, unit=unit.pk, old=old, new=new)
    post(UNIT_MOVED, path=new)
    record(
        "org.move_unit",
        unit,
        by=move.made_by,
        before={"path": old, "parent": move.origin_id},
        after={"path": new, "parent": target.pk, "records": count},
    )


def rewrite(model: Any, field: str, old: str, new: str) -> int:
    """One statement for one table."""
    rows = model.objects.filter(**{f"{field}__gte": old, f"{field}__lt": after(old)})
    return rows.update(**{field: Concat(Value(new), Substr(F(field), len(old) + 1))})


def follow_move(payload: dict[str, Any]) -> None:
    """Receiver of org.follow_move: late records follow, unless the unit has moved on."""
    if Unit.objects.filter(pk=payload["unit"], path=payload["new"]).exists():
        for model in owned_models():
            rewrite(model, "org_path", payload["old"], payload["new"])
