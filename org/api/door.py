"""The API's side of the one door: authentication, errors and object rules."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import SessionAuthentication
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from kit.because import Refused
from kit.registry import clauses_of
from org.access import check
from org.middleware import refusal_json
from org.models import Member


class DoorAuthentication(SessionAuthentication):
    """Takes over what the middleware found; a session must bring its CSRF token."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        inner = request._request
        if getattr(inner, "member", None) is None:
            return None
        if not getattr(inner, "is_token", False):
            self.enforce_csrf(request)
        return inner.user, None

    def authenticate_header(self, request: Request) -> str:
        return "Token"


class DoorScheme(OpenApiAuthenticationExtension):
    """How the reference describes it."""

    target_class = "org.api.DoorAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "apiKey", "in": "header", "name": "Authorization"}


class IsMember(BasePermission):
    """Nobody outside a company gets further."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return getattr(request._request, "member", None) is not None


class DoorMixin:
    """For viewsets: rows through visible_to (404), every action through its named rule (403).

    `rules` maps the viewset's actions to rule names; an action without a rule is a bug.
    """

    rules: ClassVar[dict[str, str]] = {}

    @property
    def member(self) -> Member:
        return self.request._request.member

    def get_queryset(self) -> QuerySet:
        queryset = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return queryset.none()
        return queryset.visible_to(self.member)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        # one record is reached by its id, whatever a list leaves out
        return queryset if self.detail else super().filter_queryset(queryset)

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        if self.action == "metadata":
            raise exceptions.MethodNotAllowed(request.method)
        if not self.detail and self.action:
            check(self.member, self.rules[self.action])

    def check_object_permissions(self, request: Request, obj: Any) -> None:
        super().check_object_permissions(request, obj)
        check(self.member, self.rules[self.action], obj)


class NewestFirst(CursorPagination):
    """Lists by position, as on the pages; `next` and `previous` are addresses."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = ("-updated_at", "-id")

    def get_ordering(self, request: Request, queryset: QuerySet, view: Any) -> tuple[str, ...]:
        """Rows that are never changed stand by the day they were made."""
        names = {field.name for field in queryset.model._meta.fields}
        return self.ordering if "updated_at" in names else ("-created_at", "-id")

    def paginate_queryset(self, *args: Any, **kwargs: Any) -> list[Any] | None:
        try:
            return super().paginate_queryset(*args, **kwargs)
        except (ValueError, ValidationError) as wrong:
            # a cursor that was made by hand and holds no value of the column
            raise exceptions.NotFound(self.invalid_cursor_message) from wrong


def errors_as_json(error: Exception, context: dict[str, Any]) -> Response | None:
    """Every error in one shape: code, detail, and errors or because where they apply."""
    from rest_framework.views import exception_handler  # that module loads this one's classes

    request = context["request"]._request
    request.refused = error
    if isinstance(error, Refused):
        view = context["view"]
        rule = getattr(view, "rules", {}).get(getattr(view, "action", None) or "", "")
        error.citing(next(iter(clauses_of("rule", rule)), ""))
        return Response(refusal_json(error), status=error.status)
    if isinstance(error, ValidationError):
        # without fields it comes from a value of the address, such as a cursor
        said = error.message_dict if hasattr(error, "error_dict") else error.messages
        error = exceptions.ValidationError(detail=said)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        errors = response.data if isinstance(response.data, dict) else {"": response.data}
        body = {"code": "invalid", "detail": _("Please check the fields."), "errors": errors}
    elif isinstance(error, Http404 | exceptions.NotFound):
        body = {"code": "not_found", "detail": _("Not found.")}
    elif isinstance(error, PermissionDenied):
        body = {"code": "forbidden", "detail": _("This is not allowed.")}
    else:
        body = {"code": getattr(error, "default_code", "error"), "detail": str(error.detail)}
    response.data = body
    return response
