"""Pages of approvals, by what they are about."""

from approvals.views.decision import approve, reject, return_, withdraw
from approvals.views.delegation import delegate, delegations, end_delegation
from approvals.views.inbox import inbox

__all__ = [
    "approve",
    "delegate",
    "delegations",
    "end_delegation",
    "inbox",
    "reject",
    "return_",
    "withdraw",
]
