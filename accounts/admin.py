"""The platform operator's view of logins."""

from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User


def one_door(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """The operator comes in like everybody: counted attempts, second factor, passkeys."""
    target = request.GET.get("next") or reverse("admin:index")
    return redirect(f"{reverse('accounts:login')}?{urlencode({'next': target})}")


def one_password(request: HttpRequest, extra_context: object = None) -> HttpResponse:
    """And changes the password where everybody does."""
    return redirect("accounts:password")


admin.site.login = one_door
admin.site.password_change = one_password


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Logins are switched off, never deleted."""

    list_display = ("login", "name", "is_active", "is_staff")
    search_fields = ("login", "name")
    fields = ("login", "email", "mobile", "name", "is_active")

    def has_delete_permission(self, *_: object) -> bool:
        return False
