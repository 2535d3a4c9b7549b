"""The engine: the only code that writes a status, a case, a task or a decision."""

from approvals.actions.case import ask_again, chain_of, newest_chain, step_of, submit
from approvals.actions.decision import decide, withdraw
from approvals.actions.delegation import delegate, end_delegation
from approvals.actions.document import is_stale, move, verb_label

__all__ = [
    "ask_again",
    "chain_of",
    "decide",
    "delegate",
    "end_delegation",
    "is_stale",
    "move",
    "newest_chain",
    "step_of",
    "submit",
    "verb_label",
    "withdraw",
]
