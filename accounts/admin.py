"""The platform operator's view of logins."""

from django.contrib import admin

from accounts.models import User


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    """Logins are switched off, never deleted."""

    list_display = ("login", "name", "is_active", "is_staff")
    search_fields = ("login", "name")
    fields = ("login", "email", "mobile", "name", "is_active")

    def has_delete_permission(self, *_: object) -> bool:
        return False
