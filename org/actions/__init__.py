"""The organisation's verbs, by noun; `from org import actions` finds them all here."""

from org.actions.company import (
    change_company,
    change_terms,
    found,
    load_year,
    mark_day,
    set_param,
)
from org.actions.link import has_to_join, issue_link, join, link_of, may_reset, reset_password
from org.actions.member import (
    add_member,
    change_member,
    disable,
    enable,
    invite,
    make_token,
)
from org.actions.move import move_unit
from org.actions.post import SEATS_CHANGED, end_post, grant, start_post
from org.actions.support import end_support, grant_support
from org.actions.unit import add_unit, rename_unit, switch_off_unit, switch_on_unit

__all__ = [
    "SEATS_CHANGED",
    "add_member",
    "add_unit",
    "change_company",
    "change_member",
    "change_terms",
    "disable",
    "enable",
    "end_post",
    "end_support",
    "found",
    "grant",
    "grant_support",
    "has_to_join",
    "invite",
    "issue_link",
    "join",
    "link_of",
    "load_year",
    "make_token",
    "mark_day",
    "may_reset",
    "move_unit",
    "rename_unit",
    "reset_password",
    "set_param",
    "start_post",
    "switch_off_unit",
    "switch_on_unit",
]
