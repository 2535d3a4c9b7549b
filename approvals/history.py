"""T14: what the engine's lines in the record are called on the timeline of any document."""

from django.utils.translation import gettext_noop as N_

VERBS = {
    "approvals.approve": {"label": N_("Approved a step"), "icon": "check", "colour": "green"},
    "approvals.return": {"label": N_("Sent back"), "icon": "arrow-back-up", "colour": "amber"},
    "approvals.reject": {"label": N_("Rejected"), "icon": "x", "colour": "red"},
    "approvals.withdraw": {"label": N_("Withdrawn"), "icon": "arrow-back-up", "colour": "grey"},
    "approvals.ask_again": {
        "label": N_("Somebody else was asked"), "icon": "user-share", "colour": "amber",
    },
}  # fmt: skip
