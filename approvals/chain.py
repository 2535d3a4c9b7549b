"""The chain that a change of a chain passes itself, and what its approvers are shown."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.actions import is_stale_base, stale_base, tomorrow
from approvals.actions.chain import put_in_force
from approvals.conditions import OPS
from approvals.kinds import CATEGORY, Facts, Kind, StepPlan, kinds
from approvals.models import ChainChange, Step
from approvals.proposal import Row
from kit.because import msgid
from org.models import Role
from tenancy.actions import take_number

NUMBER = "SP-{yyyyMM}-{n:03}"
PLAN = (
    StepPlan(
        position=1,
        key="director",
        name=N_("Director's approval of the chain"),
        role=Role.DIRECTOR,
        clause="ORG-1.3",
        checklist=("people", "effect"),
    ),
)
POINTS = {
    "people": N_("Nobody gains the power to decide alone"),
    "effect": N_("The preview shows what is wanted"),
}


def snapshot(change: ChainChange) -> dict[str, Any]:
    """Everything an approver is shown; labels are msgids, so the hash knows no language."""
    kind = kinds[change.kind]
    return {
        N_("Number"): change.number,
        N_("Kind of document"): msgid(kind.label),
        N_("Version it changes"): change.base_version,
        N_("In force from"): change.starts_on,
        N_("Reason"): change.reason,
        N_("Steps"): [_step(kind, row) for row in change.steps],
    }


def _step(kind: Kind, row: Row) -> dict[str, Any]:
    term = kind.term(CATEGORY)
    labels = {one.key: one for one in kind.terms}
    return {
        N_("Place"): row["position"],
        N_("Name"): row["name"],
        N_("Role"): msgid(Role(row["role"]).label),
        N_("How many decide"): msgid(Step.Mode(row["mode"]).label),
        N_("Working hours"): row["hours"],
        N_("Amount from"): row["amount_from"],
        N_("Amount below"): row["amount_below"],
        N_("Categories"): [term.choices[one] for one in row["categories"]] if term else [],
        N_("Conditions"): [
            {
                N_("Fact"): labels[one["fact"]].label,
                N_("Comparison"): OPS[one["op"]],
                N_("Value"): one["value"],
            }
            for one in row["conditions"]
        ],
        N_("Check points"): [kind.points[key] for key in row["checklist"]],
    }


def facts(change: ChainChange) -> Facts:
    title = _("Change of the chain: %(kind)s") % {"kind": str(change)}
    return Facts(title=title, party="", amount=Decimal(0))


def check(change: ChainChange) -> dict[str, str]:
    missing: dict[str, str] = {}
    if change.starts_on < tomorrow():
        text = _("At the earliest from %(day)s on; what runs keeps its chain.")
        missing["starts_on"] = text % {"day": tomorrow()}
    if is_stale_base(change):
        missing["steps"] = stale_base(change)
    return missing


def number_of(_change: ChainChange) -> str:
    return take_number("approvals.chainchange", NUMBER, on=timezone.localdate())


KIND = Kind(
    name="approvals.chainchange",
    label=N_("Change of a chain"),
    model=ChainChange,
    url="approvals:change",
    plan=PLAN,
    snapshot=snapshot,
    facts=facts,
    take_number=number_of,
    check=check,
    on_done=put_in_force,
    points=POINTS,
    has_amount=False,
)
