"""What a person types into a declared form; the API, the page and the submission ask it alike."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from applications.fields import Days, kept, typed
from applications.models import Application

LONGEST = 366


class Entry(forms.Form):
    """The inputs of an application's form; `answers` is what was said, as JSON keeps it."""

    def __init__(self, application: Application, data: Mapping[str, Any] | None = None) -> None:
        self.application, self.declared = application, application.declared
        if data is not None and not hasattr(data, "getlist"):
            data = {name: typed(value) for name, value in data.items()}
        initial = {name: typed(value) for name, value in application.answers.items()}
        super().__init__(data, initial=initial)
        self.fields |= self.declared.inputs(application.owner)

    @property
    def groups(self) -> list[dict[str, Any]]:
        """The inputs as the page draws them: those of one question together."""
        return [
            {
                "label": _(one.label) if isinstance(one, Days) else "",
                "is_wide": one.is_wide,
                "inputs": [self[name] for name in one.inputs(self.application.owner)],
            }
            for one in self.declared.fields
        ]

    @property
    def answers(self) -> dict[str, Any]:
        return {name: kept(self.cleaned_data.get(name)) for name in self.fields}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        said = self.declared.said(self.answers)
        for one in self.declared.fields:
            span = said[one.key] if isinstance(one, Days) else None
            if span and (text := wrong_days(span)):
                self.add_error(f"{one.key}_last", text)
        if not self.errors:
            for name, text in self.declared.check(said, self.application).items():
                self.add_error(name if name in self.fields else None, text)
        return cleaned


def wrong_days(span: Any) -> str:
    if span.is_empty:
        return _("The end cannot be before the beginning.")
    if (span.last - span.first).days >= LONGEST:
        return _("At most %(days)s days at a time.") % {"days": LONGEST}
    return ""
