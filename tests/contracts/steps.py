"""Ways through the chain that tests take."""

from approvals.actions import decide
from approvals.models import Task
from contracts import actions


def points_of(contract, who):
    task = Task.objects.waiting_for(who).filter(case=contract.case).select_related("step").first()
    return {key: {"ok": True} for key in task.step.checklist} if task else {}


def approve(contract, who, comment="同意，条款合规"):
    contract.refresh_from_db()
    case = contract.case
    return decide(
        case,
        verb="approve",
        by=who,
        seen=case.content_hash,
        comment=comment,
        checklist=points_of(contract, who),
    )


def through(acme, contract, *people):
    """Submitted and approved by everybody (or by the people named), read anew."""
    if contract.is_open_to_edit:
        actions.submit(contract, by=contract.owner)
    for who in people or (acme.east_supervisor, acme.east_manager, acme.finance):
        approve(contract, who)
    contract.refresh_from_db()
    return contract
