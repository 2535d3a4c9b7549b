"""T8 批量同意: approve only, each row asked and checked like a single one."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.access import own_task
from approvals.actions.decision import decide
from approvals.models import Case
from kit.because import Refused
from org.access import check
from org.models import Member
from tenancy.params import param

MOST = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: no refusal means approved."""

    case: Case
    refusal: str = ""


def approve_many(picked: Iterable[tuple[Case, str]], *, by: Member) -> list[Outcome]:
    """Each case with the hash of what was shown; a refused row stops no other.

    Never steps with a checklist, never above the cap, never what breaks a rule: those need words.
    """
    rows = list(picked)
    if len(rows) > MOST:
        raise Refused(_("At most %(most)s at a time.") % {"most": MOST}, code="many")
    check(by, "approvals.inbox")
    cap = Decimal(param("approvals.batch_cap"))
    done = []
    # always in the order of their numbers, so that two batches never wait for each other
    for case, seen in sorted(rows, key=lambda row: row[0].pk):
        try:
            with transaction.atomic():
                _check_alone(case, by, cap)
                decide(case, verb="approve", by=by, seen=seen)
        except Refused as refused:
            done.append(Outcome(case, refused.detail))
        else:
            done.append(Outcome(case))
    return done


def _check_alone(case: Case, by: Member, cap: Decimal) -> None:
    task = own_task(by, case)
    if task is None:
        return  # `decide` says why
    if reason := alone(case, bool(task.step.checklist and not task.is_added), cap):
        raise Refused(reason, code="alone")


def alone(case: Case, has_points: bool, cap: Decimal) -> str:
    """Why a case cannot be approved together with others; empty when it can."""
    if has_points:
        return _("This step has points to be ticked: please decide it by itself.")
    if case.risks:
        return _("A rule is broken: please decide it by itself.")
    if case.amount > cap:
        return _("Above the limit for approving several at once.")
    return ""
