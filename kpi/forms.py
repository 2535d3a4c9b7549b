"""What a person may type: a comment, a reason."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kpi.models import LONGEST


class CommentForm(forms.Form):
    """One's own words on a review."""

    text = forms.CharField(
        label=_("My comment"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST}),
    )


class ReopenForm(forms.Form):
    """Why a frozen month has to be opened again."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=5,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST}),
    )
