"""Pages of approvals, by what they are about."""

from approvals.views.chain import (
    chain,
    chains,
    discard_change,
    draft_change,
    edit_change,
    see_change,
    submit_change,
)
from approvals.views.decision import approve, reject, return_, withdraw
from approvals.views.delegation import delegate, delegations, end_delegation
from approvals.views.inbox import case, inbox
from approvals.views.verbs import add_signer, approve_many, comment, copy, remind, transfer

__all__ = [
    "add_signer",
    "approve",
    "approve_many",
    "case",
    "chain",
    "chains",
    "comment",
    "copy",
    "delegate",
    "delegations",
    "discard_change",
    "draft_change",
    "edit_change",
    "end_delegation",
    "inbox",
    "reject",
    "remind",
    "return_",
    "see_change",
    "submit_change",
    "transfer",
    "withdraw",
]
