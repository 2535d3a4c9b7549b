"""What people type about stand-ins, about a case beside a decision, and about a chain."""

from approvals.forms.case import CommentForm, CopyForm, DelegationForm, SignerForm, TransferForm
from approvals.forms.chain import ChangeForm

__all__ = [
    "ChangeForm",
    "CommentForm",
    "CopyForm",
    "DelegationForm",
    "SignerForm",
    "TransferForm",
]
