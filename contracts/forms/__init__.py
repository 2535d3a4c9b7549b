"""What a person may type of a contract; `from contracts.forms import …` finds it all here."""

from contracts.forms.draft import DraftForm, HeaderForm, Paper
from contracts.forms.rows import MOST_ROWS
from contracts.forms.verbs import ArchiveForm, ProductForm, SignForm

__all__ = [
    "MOST_ROWS",
    "ArchiveForm",
    "DraftForm",
    "HeaderForm",
    "Paper",
    "ProductForm",
    "SignForm",
]
