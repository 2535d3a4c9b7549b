"""What the words around applications mean."""

from django.utils.translation import gettext_noop as N_

from kit.terms import term

WORDS = (
    (
        "application",
        N_("Application"),
        N_("A form somebody fills in for himself, such as a leave request; superiors decide it."),
        "ORG-1.3",
    ),
    (
        "working_days",
        N_("Working days"),
        N_("Days of the company's calendar: no weekends and holidays, but make-up days."),
        "",
    ),
    (
        "half_day",
        N_("Half day"),
        N_("A leave may begin or end at noon; the half that is worked is not counted."),
        "",
    ),
)


def ready() -> None:
    group = N_("Applications")
    for key, label, sentence, clause in WORDS:
        term(group, key, label, sentence, clause)
