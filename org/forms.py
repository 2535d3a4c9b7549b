"""What the administrator types, and the password behind a one-use link."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.backends import normalise
from accounts.models import User
from kit.codes import credit_code, mobile, phone
from org.models import Member, Role, Unit, owned_models
from tenancy.params import Declared

HOURS = (1, 4, 8, 24, 48, 72)


class UnitChoice(forms.ModelChoiceField):
    """Units in the order of the tree, set in by their depth."""

    def label_from_instance(self, unit: Unit) -> str:
        return "\u3000" * (unit.depth - 1) + unit.name


def units() -> Any:
    return Unit.objects.filter(is_active=True).order_by("path")


class PostForm(forms.Form):
    """ORG-1.5: a role at a unit between days."""

    unit = UnitChoice(Unit.objects.none(), label=_("Unit"))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    starts_on = forms.DateField(label=_("First day"))
    ends_on = forms.DateField(label=_("Last day"), required=False)
    is_acting = forms.BooleanField(label=_("Acting: stands in for somebody"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units()
        self.fields["starts_on"].initial = timezone.localdate
        self.fields["role"].initial = Role.REP


class InviteForm(forms.Form):
    """A new member with the first post; a mobile number or an e-mail address is the login."""

    name = forms.CharField(label=_("Name"), max_length=60)
    login = forms.CharField(label=_("Mobile number or e-mail"), max_length=254)
    employee_no = forms.CharField(label=_("Staff number"), max_length=20, required=False)
    unit = UnitChoice(Unit.objects.none(), label=_("Unit"))
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.REP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units()

    def clean_login(self) -> str:
        text = self.cleaned_data["login"]
        if "@" in text:
            validate_email(text.strip())
            return normalise(text)
        try:
            return mobile(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class MemberForm(forms.Form):
    """What stands about a person beside the posts."""

    name = forms.CharField(label=_("Name"), max_length=60)
    employee_no = forms.CharField(label=_("Staff number"), max_length=20, required=False)


class EndPostForm(forms.Form):
    """The last day of a post."""

    ends_on = forms.DateField(label=_("Last day"))


class UnitForm(forms.Form):
    """A new unit."""

    name = forms.CharField(label=_("Title of the unit"), max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), choices=Unit.Kind.choices[1:])
    code = forms.CharField(
        label=_("Code"),
        max_length=10,
        required=False,
        help_text=_("Stands in the numbers of contracts, for example HD."),
    )


class RenameUnitForm(forms.Form):
    """Name and code of a unit."""

    name = forms.CharField(label=_("Title of the unit"), max_length=60)
    code = forms.CharField(label=_("Code"), max_length=10, required=False)


class MoveForm(forms.Form):
    """Where a unit is to stand; places inside itself are not offered."""

    target = UnitChoice(Unit.objects.none(), label=_("New place"))

    def __init__(self, unit: Unit, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inside = Unit.objects.filter(path__startswith=unit.path).values("pk")
        self.fields["target"].queryset = units().exclude(pk__in=inside).exclude(pk=unit.parent_id)


class CompanyForm(forms.Form):
    """The head of the company's papers."""

    name = forms.CharField(label=_("Company name"), max_length=100)
    credit_code = forms.CharField(label=_("Credit code"), max_length=30, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    bank_name = forms.CharField(label=_("Bank"), max_length=100, required=False)
    bank_account = forms.RegexField(
        r"^[0-9 -]{0,40}$",
        label=_("Account number"),
        max_length=40,
        required=False,
        error_messages={"invalid": _("Only digits, blanks and hyphens.")},
    )

    def clean_credit_code(self) -> str:
        if not (text := self.cleaned_data["credit_code"]):
            return ""
        code, problems = credit_code(text)
        if problems:
            raise forms.ValidationError([str(problem.message) for problem in problems])
        return code

    def clean_phone(self) -> str:
        if not (text := self.cleaned_data["phone"]):
            return ""
        try:
            return phone(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class TermsForm(forms.Form):
    """The standing clauses of contracts."""

    terms = forms.CharField(
        label=_("Clauses"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=_("One clause a line. The numbers are put in front by themselves."),
    )


def value_field(known: Declared) -> forms.Field:
    """A box that takes what the parameter's own type is."""
    bounds = {"min_value": known.low, "max_value": known.high}
    if isinstance(known.default, bool):
        switch = [("True", _("on")), ("False", _("off"))]
        return forms.TypedChoiceField(choices=switch, coerce=lambda text: text == "True")
    if isinstance(known.default, str):
        return forms.CharField(max_length=200)
    if isinstance(known.default, Decimal):
        return forms.DecimalField(max_digits=14, decimal_places=4, **bounds)
    limits = {"min_value": -(10**9), "max_value": 10**9}
    given = {name: int(value) for name, value in bounds.items() if value is not None}
    return forms.IntegerField(**limits | given)


class ParamForm(forms.Form):
    """A new value between its bounds, from a day to come, with the reason."""

    starts = forms.DateField(label=_("From"))
    reason = forms.CharField(
        label=_("Reason or document"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("value", "starts", "reason")

    def __init__(self, known: Declared, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = value_field(known)
        self.fields["value"].label = _("New value")
        self.fields["starts"].initial = lambda: timezone.localdate() + timedelta(days=1)
        self.order_fields(self.field_order)


class SupportForm(forms.Form):
    """Who of the operator may read along, how long and what for."""

    user = forms.ModelChoiceField(User.objects.none(), label=_("Person of the operator"))
    hours = forms.TypedChoiceField(label=_("For"), coerce=int, initial=4)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("For example the fault that is to be looked at."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = User.objects.filter(is_staff=True, is_active=True).order_by(
            "name", "login"
        )
        self.fields["hours"].choices = [
            (n, ngettext("%(n)s hour", "%(n)s hours", n) % {"n": n}) for n in HOURS
        ]


class DayForm(forms.Form):
    """One day of the calendar."""

    day = forms.DateField(label=_("Day"))
    is_workday = forms.TypedChoiceField(
        label=_("It is"),
        choices=[("False", _("a day off")), ("True", _("a workday"))],
        coerce=lambda text: text == "True",
    )
    name = forms.CharField(label=_("Title of the day"), max_length=40, required=False)


class SuccessionForm(forms.Form):
    """Who takes everything on, and why."""

    to = forms.ModelChoiceField(Member.objects.none(), label=_("Successor"))
    reason = forms.CharField(
        label=_("Reason"), min_length=5, max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, person: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Member.objects.filter(is_active=True).exclude(pk=person.pk)
        self.fields["to"].queryset = others.order_by("name", "id")


class WhyForm(forms.Form):
    """Who, and which record."""

    member = forms.ModelChoiceField(Member.objects.none(), label=_("Member"))
    kind = forms.ChoiceField(label=_("Kind of record"), required=False)
    record = forms.CharField(
        label=_("Record"),
        max_length=120,
        required=False,
        help_text=_("The number in its address, or its exact name or number."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = Member.objects.order_by("name", "id")
        self.fields["kind"].choices = [
            (model._meta.label_lower, model._meta.verbose_name) for model in owned_models()
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("record") and not data.get("kind"):
            data["kind"] = self.fields["kind"].choices[0][0]
        return data


class TokenForm(forms.Form):
    """What the token is for, in the owner's words."""

    name = forms.CharField(label=_("What it is for"), max_length=60)
