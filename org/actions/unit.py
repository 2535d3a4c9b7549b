"""The tree's verbs except the move: add, rename, switch off and on."""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from kit.because import Refused
from org.actions.company import asked
from org.models import Member, Post, Unit, owned_models

WIDTH = 6


def add_unit(
    name: str, *, parent: Unit | None, kind: str, by: Member | None = None, code: str = ""
) -> Unit:
    """ORG-1.1: a node below `parent`, or the root when there is none."""
    asked(by)
    unit = Unit(name=name, parent=parent, kind=kind, code=code, path="")
    unit.validate_constraints()
    unit.save()
    unit.path = f"{parent.path if parent else ''}{unit.pk:0{WIDTH}d}/"
    unit.save(update_fields=["path"])
    record("org.add_unit", unit, by=by, after={"name": name, "kind": kind, "path": unit.path})
    return unit


def rename_unit(unit: Unit, *, name: str, code: str, by: Member) -> Unit:
    """Name and code; numbers already taken keep the code they were made with."""
    asked(by)
    before = {"name": unit.name, "code": unit.code}
    unit.name, unit.code = name, code
    unit.validate_constraints()
    unit.save(update_fields=["name", "code"])
    record("org.rename_unit", unit, by=by, before=before, after={"name": name, "code": code})
    return unit


def in_the_way(unit: Unit) -> list[str]:
    """What keeps a unit from being switched off, in words; empty when it is empty."""
    found = []
    if unit.parent_id is None:
        found.append(_("it is the company itself"))
    if count := unit.children.filter(is_active=True).count():
        found.append(_("units below it: %(n)d") % {"n": count})
    open_ended = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    if count := Post.objects.filter(open_ended, unit=unit).count():
        found.append(_("posts at it: %(n)d") % {"n": count})
    for model in owned_models():
        if count := model.objects.filter(unit=unit).count():
            name = str(model._meta.verbose_name_plural)
            found.append(_("%(name)s that stand there: %(n)d") % {"name": name, "n": count})
    return found


def switch_off_unit(unit: Unit, *, by: Member) -> Unit:
    """Only an empty unit: nobody holds a post there and no record stands there."""
    asked(by)
    if reasons := in_the_way(unit):
        text = _("The unit is not empty: %(reasons)s.") % {"reasons": "; ".join(reasons)}
        raise Refused(text, code="not_empty")
    Unit.objects.filter(pk=unit.pk).update(is_active=False)
    unit.is_active = False
    before, after = {"is_active": True}, {"is_active": False}
    record("org.switch_off_unit", unit, by=by, before=before, after=after)
    return unit


def switch_on_unit(unit: Unit, *, by: Member) -> Unit:
    """The undo of switching off; its parent has to be on."""
    asked(by)
    if unit.parent_id and not unit.parent.is_active:
        raise Refused(_("The unit above is switched off."), code="parent_off")
    Unit.objects.filter(pk=unit.pk).update(is_active=True)
    unit.is_active = True
    before, after = {"is_active": False}, {"is_active": True}
    record("org.switch_on_unit", unit, by=by, before=before, after=after)
    return unit
