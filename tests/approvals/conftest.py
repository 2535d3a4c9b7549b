"""The contract of the east representative, as the tests of contracts have it."""

from tests.contracts.conftest import contract, customer, rates

__all__ = ["contract", "customer", "rates"]
