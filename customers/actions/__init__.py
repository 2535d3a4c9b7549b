"""Every write on customers, contacts and visits."""

from customers.actions.contact import add_contact, archive_contact, change_contact
from customers.actions.customer import archive, change, create, restore, set_tier, share
from customers.actions.intake import add_many
from customers.actions.search import search
from customers.actions.visit import cancel_visit, check_in, finish_visit, plan_visit

__all__ = [
    "add_contact",
    "add_many",
    "archive",
    "archive_contact",
    "cancel_visit",
    "change",
    "change_contact",
    "check_in",
    "create",
    "finish_visit",
    "plan_visit",
    "restore",
    "search",
    "set_tier",
    "share",
]
