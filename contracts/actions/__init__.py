"""Every write on contracts and on the catalogue they draw from."""

from contracts.actions.catalogue import save_product, seed_vat_rates
from contracts.actions.contract import (
    HEADER,
    LIABILITY,
    archive,
    change,
    copy,
    create_draft,
    defaults,
    priced,
    rates_on,
    rows_of_lines,
    rows_of_plan,
    sign,
    submit,
)
from contracts.actions.ending import tell_ending
from contracts.actions.reminders import remind

__all__ = [
    "HEADER",
    "LIABILITY",
    "archive",
    "change",
    "copy",
    "create_draft",
    "defaults",
    "priced",
    "rates_on",
    "remind",
    "rows_of_lines",
    "rows_of_plan",
    "save_product",
    "seed_vat_rates",
    "sign",
    "submit",
    "tell_ending",
]
