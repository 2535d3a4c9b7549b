"""What one wants to be told: a box for each topic."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from kit.registry import topics
from notices.actions import chosen
from org.models import Member


class ChoicesForm(forms.Form):
    """A field for each topic that an app has handed down; ticked unless switched off."""

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        is_on = chosen(member)
        for topic in sorted(topics.values(), key=lambda one: one.order):
            self.fields[topic.key] = forms.BooleanField(
                label=_(topic.label), required=False, initial=is_on[topic.key]
            )
