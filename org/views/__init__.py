"""Pages of the organisation, by noun."""

from org.views.company import (
    calendar,
    change_company,
    change_terms,
    load_year,
    params,
    set_param,
)
from org.views.job import jobs, run_job
from org.views.me import choose_company, enter, profile
from org.views.member import (
    disable,
    enable,
    end_post,
    invite,
    invite_again,
    member,
    members,
    remove_factors,
    reset,
    start_post,
)
from org.views.succession import hand_over_all
from org.views.support import end_support, support, supports
from org.views.token import make_feed, make_token, revoke_token
from org.views.tree import add_unit, move, move_unit, switch_off_unit, switch_on_unit, tree, unit
from org.views.why import roles, why

__all__ = [
    "add_unit",
    "calendar",
    "change_company",
    "change_terms",
    "choose_company",
    "disable",
    "enable",
    "end_post",
    "end_support",
    "enter",
    "hand_over_all",
    "invite",
    "invite_again",
    "jobs",
    "load_year",
    "make_feed",
    "make_token",
    "member",
    "members",
    "move",
    "move_unit",
    "params",
    "profile",
    "remove_factors",
    "reset",
    "revoke_token",
    "roles",
    "run_job",
    "set_param",
    "start_post",
    "support",
    "supports",
    "switch_off_unit",
    "switch_on_unit",
    "tree",
    "unit",
    "why",
]
