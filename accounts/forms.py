"""What a person types at the door and about the own login."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import actions
from accounts.backends import normalise
from accounts.models import User
from accounts.places import place

TOO_MANY = _("Too many attempts. Please wait 15 minutes and try again.")


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
            raise forms.ValidationError(TOO_MANY, code="too_many")
        user: User | None = authenticate(self.request, login=login, password=data["password"])
        if user is None:
            raise forms.ValidationError(_("The login or the password is not right."), code="wrong")
        actions.forget(login, self.device)
        self.user = user
        return data


class PasswordForm(forms.Form):
    """A new password twice, checked by the rules of the house."""

    password = forms.CharField(
        label=_("New password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters, not a common word, not your own name."),
    )
    again = forms.CharField(
        label=_("Once more"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("password") and data["password"] != data.get("again"):
            self.add_error("again", _("The two passwords are not the same."))
        return data


class ConfirmForm(forms.Form):
    """One's own password once more, before something that matters."""

    current = forms.CharField(
        label=_("Your password"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_current(self) -> str:
        if not actions.may_confirm(self.user):
            raise forms.ValidationError(TOO_MANY, code="too_many")
        if not self.user.check_password(self.cleaned_data["current"]):
            raise forms.ValidationError(_("This is not your password."), code="wrong")
        return self.cleaned_data["current"]


class ForgotForm(forms.Form):
    """Whose password is to be chosen anew."""

    login = forms.CharField(
        label=_("E-mail or mobile number"),
        max_length=254,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class CodeForm(forms.Form):
    """A code of the authenticator app, or one of the recovery codes."""

    code = forms.CharField(
        label=_("One-time code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class PasskeyForm(forms.Form):
    """A name to know the passkey by, and what the browser made."""

    name = forms.CharField(label=_("Name of the passkey"), max_length=60)
    credential = forms.CharField(max_length=20_000, widget=forms.HiddenInput)


class NameForm(forms.Form):
    """Another name for a passkey."""

    name = forms.CharField(label=_("Name of the passkey"), max_length=60)
