"""The engine: the only code that writes a status, a case, a task or a decision."""

from approvals.actions.batch import approve_many
from approvals.actions.case import ask_again, ask_below, submit
from approvals.actions.chain import (
    chain_of,
    discard_change,
    draft_change,
    edit_change,
    is_stale_base,
    latest_chain,
    newest_chain,
    stale_base,
    steps_in_force,
    tomorrow,
)
from approvals.actions.clock import run_clock
from approvals.actions.decision import decide, withdraw
from approvals.actions.delegation import delegate, end_delegation
from approvals.actions.document import is_stale, move, verb_label
from approvals.actions.passing import add_signer, transfer
from approvals.actions.talk import comment, copy_to, remind
from approvals.actions.visit import look_in

__all__ = [
    "add_signer",
    "approve_many",
    "ask_again",
    "ask_below",
    "chain_of",
    "comment",
    "copy_to",
    "decide",
    "delegate",
    "discard_change",
    "draft_change",
    "edit_change",
    "end_delegation",
    "is_stale",
    "is_stale_base",
    "latest_chain",
    "look_in",
    "move",
    "newest_chain",
    "remind",
    "run_clock",
    "stale_base",
    "steps_in_force",
    "submit",
    "tomorrow",
    "transfer",
    "verb_label",
    "withdraw",
]
