"""Chains: the one in force, and the change that makes the next version."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.kinds import Kind, kinds
from approvals.models import Chain, ChainChange, Step
from approvals.proposal import checked, difference, row_of, rows_of, step_from, typed
from audit.actions import record
from kit.because import Refused
from org.access import check
from org.models import Member


def newest_chain(kind: Kind) -> Chain | None:
    """The newest chain in force, if there is any yet."""
    there = Chain.objects.filter(kind=kind.name, starts_on__lte=timezone.localdate())
    return there.order_by("-version").first()


def chain_of(kind: Kind) -> Chain:
    """The newest chain in force; the manual's own becomes version 1 at first use."""
    if found := newest_chain(kind):
        return found
    chain, is_new = Chain.objects.get_or_create(kind=kind.name, version=1)
    if is_new:
        Step.objects.bulk_create(step_from(row_of(plan), chain) for plan in kind.plan)
    return chain


def latest_chain(kind: Kind) -> Chain:
    """The last version made, in force or to come: what a change changes."""
    chain_of(kind)
    return Chain.objects.filter(kind=kind.name).order_by("-version").first()


def steps_in_force(kind: Kind) -> list[Step]:
    """The steps a submission would pass today."""
    if chain := newest_chain(kind):
        return list(chain.steps.all())
    return [step_from(row_of(plan)) for plan in kind.plan]


def tomorrow() -> date:
    """The first day a new version may be in force."""
    return timezone.localdate() + timedelta(1)


def is_stale_base(change: ChainChange) -> bool:
    """Whether another version was made since the change was written."""
    return latest_chain(kinds[change.kind]).version != change.base_version


def stale_base(change: ChainChange) -> str:
    text = _(
        "It was written for version %(version)s, and there is a newer one: it has to be looked "
        "through and submitted again."
    )
    return text % {"version": change.base_version}


def draft_change(
    kind: Kind, *, by: Member, starts_on: date, reason: str, steps: Sequence[Mapping[str, Any]]
) -> ChainChange:
    """ORG-1.3: propose the next version of a chain; nothing is in force before it is approved.

    Errors: Forbidden, Refused("incomplete", errors by field such as steps-0-hours), Refused("open")
    while another change of this chain is undecided.
    """
    check(by, "approvals.draft_change")
    base = latest_chain(kind)
    said = _said(kind, base, starts_on, reason, steps)
    seat = by.scope.home
    place = {"owner": by, "unit_id": seat.unit_id, "org_path": seat.path}
    try:
        with transaction.atomic():
            change = ChainChange.objects.create(kind=kind.name, **said, **place)
    except IntegrityError as error:
        if "approvals_change_one_open" not in str(error):
            raise
        raise Refused(_("There is an open change of this chain already."), code="open") from error
    record("approvals.draft_change", change, by=by, after=_told(said))
    return change


def edit_change(
    change: ChainChange,
    *,
    by: Member,
    starts_on: date,
    reason: str,
    steps: Sequence[Mapping[str, Any]],
) -> ChainChange:
    """Rewrite an open change; it then changes the newest version, whichever it began from."""
    check(by, "approvals.edit_change", change)
    kind = kinds[change.kind]
    change = _locked(change)
    before = {"starts_on": change.starts_on, "reason": change.reason, "steps": change.steps}
    said = _said(kind, latest_chain(kind), starts_on, reason, steps)
    ChainChange.objects.filter(pk=change.pk).update(**said, updated_at=timezone.now())
    record("approvals.edit_change", change, by=by, before=_told(before), after=_told(said))
    change.refresh_from_db()
    return change


def discard_change(change: ChainChange, *, by: Member) -> ChainChange:
    """Give an open change up; it stays as it was written, and another one may be drafted."""
    check(by, "approvals.discard_change", change)
    change = _locked(change)
    change.discarded_at = timezone.now()
    change.save(update_fields=["discarded_at"])
    record("approvals.discard_change", change, by=by, after={"discarded": True})
    return change


def put_in_force(change: ChainChange, by: Member) -> None:
    """The last approval makes the next version; documents that run keep theirs (T8)."""
    kind = kinds[change.kind]
    chains = Chain.objects.select_for_update(no_key=True).filter(kind=kind.name)
    newest = chains.order_by("-version").first()
    if newest is None or newest.version != change.base_version:
        raise Refused(stale_base(change), code="stale")
    # what the manual fixes may have changed since it was written
    rows = checked(kind, typed(change.steps), rows_of(newest))
    starts_on = max(change.starts_on, tomorrow(), newest.starts_on)
    chain = Chain.objects.create(kind=kind.name, version=newest.version + 1, starts_on=starts_on)
    Step.objects.bulk_create(step_from(row, chain) for row in rows)
    ChainChange.objects.filter(pk=change.pk).update(chain=chain)
    record(
        "approvals.put_in_force",
        change,
        by=by,
        before={"version": newest.version},
        after={"version": chain.version, "starts_on": starts_on, "steps": [r["key"] for r in rows]},
    )


def _locked(change: ChainChange) -> ChainChange:
    """One goes on, the others read the result."""
    change = ChainChange.objects.select_for_update(no_key=True, of=("self",)).get(pk=change.pk)
    if not change.is_open_to_edit:
        raise Refused(_("It is no longer open to edit."), code="moved")
    return change


def _said(
    kind: Kind, base: Chain, starts_on: date, reason: str, steps: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """What was typed, checked, as columns of the document."""
    errors: dict[str, str] = {}
    first = max(tomorrow(), base.starts_on)
    if starts_on < first:
        text = _("At the earliest from %(day)s on; what runs keeps its chain.")
        errors["starts_on"] = text % {"day": first}
    if not reason.strip():
        errors["reason"] = _("Please say why.")
    old, rows = rows_of(base), []
    try:
        rows = checked(kind, steps, old)
    except Refused as refused:
        errors |= refused.errors
    if not errors and not difference(old, rows):
        errors["steps"] = _("Nothing is changed yet.")
    if errors:
        raise Refused(next(iter(errors.values())), code="incomplete", errors=errors)
    said = {"base_version": base.version, "starts_on": starts_on, "reason": reason.strip()[:500]}
    return said | {"steps": rows}


def _told(said: Mapping[str, Any]) -> dict[str, Any]:
    """For the log: the steps by key and place."""
    steps = [f"{row['position']} {row['key']}" for row in said["steps"]]
    return {"starts_on": said["starts_on"], "reason": said["reason"], "steps": steps}
