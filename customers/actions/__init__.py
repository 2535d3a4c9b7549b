"""Every write on customers, contacts and visits."""

from customers.actions.contact import add_contact, archive_contact, change_contact
from customers.actions.customer import (
    archive,
    change,
    create,
    end_share,
    restore,
    set_tier,
    share,
)
from customers.actions.intake import add_many, archive_many
from customers.actions.note import add_note
from customers.actions.ownership import hand_over
from customers.actions.reveal import reveal
from customers.actions.search import search
from customers.actions.visit import (
    cancel_visit,
    check_in,
    correct_visit,
    finish_visit,
    plan_visit,
)

__all__ = [
    "add_contact",
    "add_many",
    "add_note",
    "archive",
    "archive_contact",
    "archive_many",
    "cancel_visit",
    "change",
    "change_contact",
    "check_in",
    "correct_visit",
    "create",
    "end_share",
    "finish_visit",
    "hand_over",
    "plan_visit",
    "restore",
    "reveal",
    "search",
    "set_tier",
    "share",
]
