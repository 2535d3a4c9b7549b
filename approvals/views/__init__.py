"""Pages of approvals, by what they are about."""

from approvals.views.decision import approve, reject, return_, withdraw
from approvals.views.delegation import delegate, delegations, end_delegation
from approvals.views.inbox import case, inbox
from approvals.views.verbs import add_signer, approve_many, comment, copy, remind, transfer

__all__ = [
    "add_signer",
    "approve",
    "approve_many",
    "case",
    "comment",
    "copy",
    "delegate",
    "delegations",
    "end_delegation",
    "inbox",
    "reject",
    "remind",
    "return_",
    "transfer",
    "withdraw",
]
