"""KPI: what the states of a month and the words of its review mean."""

from django.utils.translation import gettext_noop as N_

from kit.terms import explain, term
from kpi.models import Period

STATES = {
    "open": N_("The month is running; its numbers are those of this moment."),
    "collecting": N_("The month is over; documents dated in it are still taken in, until its day."),
    "frozen": N_("The numbers are kept as they were; what comes later counts in a later month."),
}
WORDS = (
    (
        "late_credit",
        N_("Late credit"),
        N_(
            "Documents dated in a month that was frozen already; they count in the first month not "
            "yet frozen, with their true date beside them."
        ),
        "KPI-2.1",
    ),
    (
        "monthly_review",
        N_("Monthly review"),
        N_("What one person or unit reached in a month, and what both sides say about it."),
        "KPI-2.8",
    ),
    (
        "reopening",
        N_("Re-opening"),
        N_(
            "The month frozen last collects again, after the director agreed; the old numbers stay."
        ),
        "KPI-2.1",
    ),
)


def ready() -> None:
    group = N_("Monthly review")
    explain(group, "period", Period.State, STATES, "KPI-2.1")
    for key, label, sentence, clause in WORDS:
        term(group, key, label, sentence, clause)
