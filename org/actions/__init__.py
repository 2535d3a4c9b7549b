"""The organisation's verbs, by noun; `from org import actions` finds them all here."""

from org.actions.company import (
    change_company,
    change_terms,
    found,
    load_year,
    mark_day,
    set_param,
)
from org.actions.job import run_job
from org.actions.link import has_to_join, issue_link, join, link_of, may_reset, reset_password
from org.actions.member import (
    add_member,
    appoint,
    change_member,
    disable,
    enable,
    invite,
    remove_factors,
)
from org.actions.move import UNIT_MOVED, move_unit
from org.actions.post import SEATS_CHANGED, end_post, grant, start_post
from org.actions.succession import hand_over_all, is_under_way
from org.actions.support import end_support, grant_support
from org.actions.token import (
    follow_login,
    make_token,
    revoke_token,
    revoke_tokens,
    tokens_of,
)
from org.actions.unit import add_unit, rename_unit, switch_off_unit, switch_on_unit

__all__ = [
    "SEATS_CHANGED",
    "UNIT_MOVED",
    "add_member",
    "add_unit",
    "appoint",
    "change_company",
    "change_member",
    "change_terms",
    "disable",
    "enable",
    "end_post",
    "end_support",
    "follow_login",
    "found",
    "grant",
    "grant_support",
    "hand_over_all",
    "has_to_join",
    "invite",
    "is_under_way",
    "issue_link",
    "join",
    "link_of",
    "load_year",
    "make_token",
    "mark_day",
    "may_reset",
    "move_unit",
    "remove_factors",
    "rename_unit",
    "reset_password",
    "revoke_token",
    "revoke_tokens",
    "run_job",
    "set_param",
    "start_post",
    "switch_off_unit",
    "switch_on_unit",
    "tokens_of",
]
