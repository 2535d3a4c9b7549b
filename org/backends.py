"""Django's has_perm, answered by the one rule."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from org import access


class ScopeBackend(BaseBackend):
    """`user.has_perm("contracts.submit", contract)` asks the member of the open company."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        member = getattr(user_obj, "_member", None)
        return bool(member and perm in access.rules and member.may(perm, obj))
