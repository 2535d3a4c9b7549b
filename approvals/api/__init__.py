"""The inbox, its verbs, stand-ins and chains for programs."""

from approvals.api.case import CaseViewSet, DelegationViewSet
from approvals.api.chain import ChainChangeViewSet, ChainViewSet

__all__ = ["CaseViewSet", "ChainChangeViewSet", "ChainViewSet", "DelegationViewSet"]
