"""What the words of mail mean."""

from django.utils.translation import gettext_noop as N_

from kit.terms import explain, term
from notices.models import Mail

MAILS = {
    "waiting": N_("The mail goes out within a minute, or when the quiet hours are over."),
    "sent": N_("The mail server has taken it."),
    "dropped": N_("Everything had been read, or the person is not to have mail any more."),
    "failed": N_("The mail server refused for hours; the next day's mail tells the same."),
}


def ready() -> None:
    group = N_("Notices")
    explain(group, "mail", Mail.State, MAILS)
    term(
        group,
        "digest",
        N_("Daily mail"),
        N_("One mail on a working day with the number and kind of what has not been read."),
    )
    term(
        group,
        "quiet_hours",
        N_("Quiet hours"),
        N_("Hours in which no mail is sent; what waits goes out after them."),
    )
