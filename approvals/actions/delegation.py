"""T8 代理: a stand-in for a period, set and ended."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.access import seats_of
from approvals.kinds import kinds as known
from approvals.models import Delegation, steps_for
from audit.actions import record
from kit.because import Refused
from org.access import check
from org.actions import SEATS_CHANGED
from org.models import Member, Role
from tenancy.actions import post
from tenancy.params import param


def delegate(
    principal: Member,
    *,
    stand_in: Member,
    starts_on: date,
    ends_on: date,
    reason: str,
    by: Member,
    kinds: Iterable[str] = (),
) -> Delegation:
    """T8: by oneself, by one's superior, or by the administrator for whoever is absent or has left.

    Errors: Forbidden; Refused with the sentence beside its field.
    """
    check(by, "approvals.delegate", principal)
    chosen = sorted(set(kinds) & known.keys())
    _check_days(starts_on, ends_on)
    _check_person(principal, stand_in)
    # both rows are locked: two requests cannot both find the period free
    pair = Member.objects.filter(pk__in={principal.pk, stand_in.pk}).order_by("pk")
    list(pair.select_for_update(no_key=True, of=("self",)))
    _check_overlap(principal, stand_in, starts_on, ends_on, chosen)
    row = Delegation.objects.create(
        principal=principal,
        stand_in=stand_in,
        starts_on=starts_on,
        ends_on=ends_on,
        kinds=chosen,
        reason=reason.strip()[:200],
        made_by=by,
    )
    said = {"stand_in": stand_in.name, "from": starts_on, "to": ends_on, "kinds": chosen}
    record("approvals.delegate", row, by=by, behalf=_behalf(principal, by), after=said, note=reason)
    post("approvals.delegated", delegation=row.pk)
    # on the day after, what waits for somebody who has left needs another
    over = timezone.make_aware(datetime.combine(ends_on + timedelta(1), datetime.min.time()))
    post(SEATS_CHANGED, due_at=over + timedelta(minutes=1), member=principal.pk)
    return row


def end_delegation(delegation: Delegation, *, by: Member) -> Delegation:
    """At once: the next request of the stand-in sees nothing of it any more."""
    check(by, "approvals.end_delegation", delegation)
    now = timezone.now()
    open_row = Delegation.objects.filter(pk=delegation.pk, ended_at=None)
    if delegation.stage == "over" or not open_row.update(ended_at=now, ended_by=by):
        raise Refused(_("It is over already."), code="over")
    delegation.refresh_from_db()
    record("approvals.end_delegation", delegation, by=by, after={"ended_at": now})
    post(SEATS_CHANGED, member=delegation.principal_id)
    return delegation


def _behalf(principal: Member, by: Member) -> Member | None:
    return None if principal.pk == by.pk else principal


def _check_days(starts_on: date, ends_on: date) -> None:
    errors = {}
    longest = int(param("approvals.delegation_days"))
    if starts_on < timezone.localdate():
        errors["starts_on"] = _("The first day cannot be in the past.")
    if ends_on < starts_on:
        errors["ends_on"] = _("The last day cannot be before the first.")
    elif (ends_on - starts_on).days >= longest:
        text = _("At most %(days)s days; set it anew when they are over.")
        errors["ends_on"] = text % {"days": longest}
    if errors:
        raise Refused(next(iter(errors.values())), code="days", errors=errors)


def _check_person(principal: Member, stand_in: Member) -> None:
    """He is another, inside, and holds a role like the one he stands in for, or a higher one."""
    if stand_in.pk == principal.pk:
        raise _wrong(_("Nobody stands in for himself."), "yourself")
    if not stand_in.is_active or stand_in.company_id != principal.company_id:
        raise _wrong(_("This member is switched off."), "disabled")
    wanted = {role for role, _path in seats_of(principal)}
    may = {step for role, _path in seats_of(stand_in) for step in steps_for(role)}
    if wanted - {Role.REP} and not wanted & may:
        text = _("A stand-in holds the role of %(who)s or a higher one; %(name)s does not.")
        raise _wrong(text % {"who": principal.name, "name": stand_in.name}, "role")


def _check_overlap(
    principal: Member, stand_in: Member, starts_on: date, ends_on: date, chosen: list[str]
) -> None:
    """One stand-in at a time, and no chains: whoever is away stands in for nobody."""
    running = Delegation.objects.filter(
        ended_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on
    ).select_related("stand_in")
    same = Q(kinds=[])
    for name in chosen:
        same |= Q(kinds__contains=[name])
    mine = running.filter(principal=principal)
    if found := (mine.filter(same) if chosen else mine).first():
        text = _("%(name)s stands in from %(first)s to %(last)s already: end that first.")
        raise _wrong(_dated(text, found, found.stand_in), "twice")
    if found := running.filter(principal=stand_in).first():
        text = _("%(name)s is away from %(first)s to %(last)s and has a stand-in.")
        raise _wrong(_dated(text, found, stand_in), "chain")


def _dated(text: str, row: Delegation, who: Member) -> str:
    return text % {"name": who.name, "first": row.starts_on, "last": row.ends_on}


def _wrong(sentence: str, code: str) -> Refused:
    return Refused(sentence, code=code, errors={"stand_in": sentence})
