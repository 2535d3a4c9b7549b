"""Products, contracts and their rows."""

from contracts.models.contract import BINDING, Contract, PriceMode
from contracts.models.product import (
    KEEPERS,
    MOST,
    Product,
    VatCategory,
    VatRate,
    amount,
)
from contracts.models.rows import Instalment, Line

__all__ = [
    "BINDING",
    "KEEPERS",
    "MOST",
    "Contract",
    "Instalment",
    "Line",
    "PriceMode",
    "Product",
    "VatCategory",
    "VatRate",
    "amount",
]
