"""What a person types at the door."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.backends import normalise
from accounts.models import User
from accounts.places import place


class LoginForm(forms.Form):
    """E-mail address or mobile number, and password; one answer for every kind of failure."""

    login = forms.CharField(
        label=_("E-mail or mobile number"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(
        self, request: HttpRequest, *args: Any, device: actions.Device, **kwargs: Any
    ) -> None:
        self.request, self.device, self.user = request, device, None
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("login") or not data.get("password"):
            return data
        login = normalise(data["login"])
        if not actions.may_try(login, place(self.request), self.device):
            raise forms.ValidationError(
                _("Too many attempts. Please wait 15 minutes and try again."), code="too_many"
            )
        user: User | None = authenticate(self.request, login=login, password=data["password"])
        if user is None:
            raise forms.ValidationError(_("The login or the password is not right."), code="wrong")
        actions.forget(login, self.device)
        self.user = user
        return data
