"""The operator's view of companies: found one with its first administrator, switch one off."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kit.codes import mobile
from org import actions
from salesops.seed.firm import found_company
from tenancy.context import company
from tenancy.models import Company


class FoundForm(forms.ModelForm):
    """A company, and who administers it first."""

    admin_name = forms.CharField(label=_("Name of the first administrator"), max_length=60)
    admin_login = forms.CharField(label=_("Mobile number or e-mail"), max_length=254)

    class Meta:
        model = Company
        fields = ("name", "slug")

    def clean_admin_login(self) -> str:
        text = self.cleaned_data["admin_login"].strip()
        if "@" in text:
            validate_email(text)
            return text.lower()
        try:
            return mobile(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):
    """Companies are founded and switched off, never deleted; what is inside is not shown here."""

    list_display = ("name", "slug", "is_active", "created_at")
    search_fields = ("name", "slug")
    fields = ("name", "is_active")
    readonly_fields = ("name",)

    def has_delete_permission(self, *_args: object) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        return FoundForm if obj is None else super().get_form(request, obj, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = ("name", "slug", "admin_name", "admin_login")
        return names if obj is None else super().get_fields(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else super().get_readonly_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
            return
        made = found_company(form.cleaned_data["name"], form.cleaned_data["slug"])
        obj.pk = made.pk
        obj.refresh_from_db()
        said = form.cleaned_data
        with company(made.pk):
            member, token = actions.appoint(name=said["admin_name"], login=said["admin_login"])
        address = request.build_absolute_uri(reverse("org:enter", args=[token]))
        request.founded = {"person": member.name, "address": address}

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: Any = None
    ) -> HttpResponse:
        """The link, this one time: only its hash is kept."""
        context = {**self.admin_site.each_context(request), **request.founded, "firm": obj}
        response = TemplateResponse(request, "operator/founded.html", context)
        response.headers["Cache-Control"] = "no-store"
        return response
