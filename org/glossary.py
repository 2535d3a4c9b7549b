"""ORG, ROLE: what the roles and the words of the organisation mean."""

from django.utils.translation import gettext_noop as N_

from kit.terms import explain, term
from org.models import Role, UnitMove

ROLES = {
    "management": N_("Sees the whole company and approves where the director may not decide."),
    "director": N_("Leads all regions: sets targets and policy and sees every customer."),
    "regional_manager": N_("Leads one region: approves its contracts and answers for its team."),
    "supervisor": N_("Leads a team in a region, coaches it and is the first to review contracts."),
    "rep": N_("Finds and keeps customers, visits them and drafts contracts; sees what is theirs."),
    "finance": N_("Reviews payment terms of contracts and sees all of them; changes none."),
    "sales_ops": N_("Keeps customers' files and hands over for the units it assists."),
    "marketing": N_("Plans promotion together with sales; sees only records shared with it."),
    "production": N_("Finishes ordered goods in time; sees only records shared with it."),
    "logistics": N_("Delivers in time to the right place; sees only records shared with it."),
    "service": N_("Deals with customers' complaints; sees only records shared with it."),
    "hr": N_("Looks after people; sees the organisation, but no customers."),
    "analyst": N_("Reads figures and records to find problems early; changes nothing."),
    "company_admin": N_("Sets up units, members, parameters; has no sight of customers by it."),
}
MOVES = {
    "waiting": N_("The move of the unit is in the queue."),
    "running": N_("Records of the unit are being moved; lists are complete again in a moment."),
    "done": N_("The unit and its records stand at the new place."),
    "refused": N_("The unit could not be moved; nothing was changed."),
}


def ready() -> None:
    group = N_("Organisation")
    explain(group, "role", Role, ROLES, "ORG-1.2")
    explain(group, "move", UnitMove.State, MOVES)
    term(
        group,
        "post",
        N_("Post"),
        N_("A role of one person at one unit between two days; it brings and takes the rights."),
        "ORG-1.5",
    )
    term(
        group,
        "acting",
        N_("Acting post"),
        N_("Standing in for somebody for a period, with the same rights and no longer."),
        "ORG-1.5",
    )
    term(
        group,
        "reveal",
        N_("Masked number"),
        N_("Owner and partner see whole numbers; others ask for one, which is logged and limited."),
        "ORG-1.6",
    )
    term(
        group,
        "mark",
        N_("Watermark"),
        N_("Name, last digits and time of the reader, faint on every page, draft and table."),
    )
