"""Chains as data, the running case of a document, its tasks, versions and decisions."""

from approvals.models.case import OPEN_TO_EDIT, Case, Chain, Document, Status, Step, Version
from approvals.models.change import UNDECIDED, ChainChange
from approvals.models.decision import Copy, Decision
from approvals.models.task import ADDED, Delegation, Task, steps_for
from approvals.models.visit import InboxVisit

__all__ = [
    "ADDED",
    "OPEN_TO_EDIT",
    "UNDECIDED",
    "Case",
    "Chain",
    "ChainChange",
    "Copy",
    "Decision",
    "Delegation",
    "Document",
    "InboxVisit",
    "Status",
    "Step",
    "Task",
    "Version",
    "steps_for",
]
