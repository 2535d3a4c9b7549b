"""What the states of imports and exports mean."""

from django.utils.translation import gettext_noop as N_

from files.models import ExportState, ImportRow, ImportState
from kit.terms import explain

IMPORTS = {
    "uploaded": N_("The table has arrived and waits to be checked."),
    "checking": N_("Each row is being checked; nothing is written."),
    "checked": N_("The check is over: look at the result and decide."),
    "committing": N_("The accepted rows are being written, all at once."),
    "done": N_("The accepted rows are in; for 24 hours they can be taken back."),
    "failed": N_("The table could not be read or written; nothing was changed."),
    "cancelled": N_("Called off before anything was written."),
    "undone": N_("Taken back: what nobody has worked with is archived."),
}
ROWS = {
    "ok": N_("The row can be imported."),
    "failed": N_("Something in the row is wrong; the reason stands beside it."),
    "duplicate": N_("The company knows this customer already."),
}
EXPORTS = {
    "asked": N_("Many rows or telephone numbers: a superior has to agree first."),
    "refused": N_("The superior did not agree; the reason stands on the page."),
    "waiting": N_("The table waits for its turn to be written."),
    "running": N_("The table is being written."),
    "done": N_("The file can be fetched by its owner for 24 hours."),
    "failed": N_("The file could not be written; ask for it again."),
    "gone": N_("A day is over: the file is deleted, the log keeps who took what."),
}


def ready() -> None:
    group = N_("Tables")
    explain(group, "import", ImportState, IMPORTS, "CUS-2.2")
    explain(group, "import_row", ImportRow.State, ROWS, "CUS-2.2")
    explain(group, "export", ExportState, EXPORTS, "CUS-2.3")
