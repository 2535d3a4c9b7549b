"""Customers, their contacts, visits, talks, tiers, owners and shares."""

from customers.models.customer import (
    MOST_MATCHES,
    NAME_LENGTH,
    Contact,
    Customer,
    CustomerQuerySet,
    Shown,
    Source,
    Tier,
    cadence,
    matches,
    says,
)
from customers.models.keeping import CustomerShare, Note, OwnerHistory, TierChange
from customers.models.visit import Visit

__all__ = [
    "MOST_MATCHES",
    "NAME_LENGTH",
    "Contact",
    "Customer",
    "CustomerQuerySet",
    "CustomerShare",
    "Note",
    "OwnerHistory",
    "Shown",
    "Source",
    "Tier",
    "TierChange",
    "Visit",
    "cadence",
    "matches",
    "says",
]
