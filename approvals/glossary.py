"""What the states of documents and the words of approvals mean."""

from django.utils.translation import gettext_noop as N_

from approvals.models import Case, Status, Task
from kit.terms import explain, term

DOCUMENT = {
    "draft": N_("Being written; only its owner works on it and it has no number yet."),
    "in_review": N_("Submitted: its content is frozen until the reviewers have decided."),
    "returned": N_("Sent back with a reason; its owner mends it and submits it again."),
    "withdrawn": N_("Taken back by its submitter before anybody decided; it can be changed."),
    "rejected": N_("Ended by a reviewer with a reason; it can be copied as a new draft."),
    "approved": N_("All steps are passed; now it may be signed with the customer."),
    "signed": N_("Signed by both sides: it binds and counts in the figures from that day."),
    "archived": N_("Kept with number, place and checksum of the signed copy; nothing changes."),
}
CASE = {
    "running": N_("Some reviewer has still to decide."),
    "returned": N_("A reviewer sent the document back to be mended."),
    "withdrawn": N_("The submitter took the document back."),
    "rejected": N_("A reviewer ended it with a reason."),
    "approved": N_("Every reviewer has approved."),
}
TASK = {
    "waiting": N_("An earlier step has to be passed first."),
    "open": N_("It is this reviewer's turn; the clock counts working hours."),
    "done": N_("This step is decided."),
    "void": N_("Somebody else decided, or the document came back before."),
}


def ready() -> None:
    group = N_("Approvals")
    explain(group, "status", Status, DOCUMENT, "CTR-1.2")
    explain(group, "case", Case.State, CASE, "CTR-1.2")
    explain(group, "task", Task.State, TASK, "CTR-1.2")
    term(
        group,
        "risk",
        N_("Risk"),
        N_("A condition outside the rules, such as a deep discount or long credit: look twice."),
        "CTR-1.3",
    )
    term(
        group,
        "return",
        N_("Return"),
        N_("The document goes back to its submitter, who mends it; its number stays."),
        "CTR-1.6",
    )
    term(
        group,
        "reject",
        N_("Reject"),
        N_("The document ends here; to go on, its owner copies it as a new draft."),
        "CTR-1.6",
    )
