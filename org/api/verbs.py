"""One verb as an address of the API: load, check the words, act, tell."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from org.api.door import DoorMixin, NewestFirst

Body = type[serializers.BaseSerializer]


class ById(NewestFirst):
    """Rows in the order they came."""

    ordering = ("id",)

    def get_ordering(self, *args: Any) -> tuple[str, ...]:
        return self.ordering


class VisibleField(serializers.PrimaryKeyRelatedField):
    """A reference to a record that the caller sees; any other id does not exist."""

    default_error_messages: ClassVar[dict[str, Any]] = {"does_not_exist": _("Not found.")}

    def __init__(self, **kwargs: Any) -> None:
        # 1e400 is a number to JSON and none to the database
        number = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
        super().__init__(pk_field=number, **kwargs)

    def get_queryset(self) -> Any:
        found = super().get_queryset()
        member = getattr(self.context["request"]._request, "member", None)
        return found.visible_to(member) if member else found.none()


class OnceShown(serializers.Serializer):
    """A link that is told this one time; only its hash is kept."""

    address = serializers.CharField()


def typed(view: Any, body: Body | None) -> dict[str, Any]:
    """What the program sent, checked; unknown names are not looked at."""
    if body is None:
        return {}
    said = body(data=view.request.data, context=context_of(view))
    said.is_valid(raise_exception=True)
    return dict(said.validated_data)


def context_of(view: Any) -> dict[str, Any]:
    return {"request": view.request, "view": view}


def formed(form: forms.BaseForm) -> dict[str, Any]:
    """What the page's own form makes of the words, or its errors by field."""
    if not form.is_valid():
        said = {name: [str(text) for text in texts] for name, texts in form.errors.items()}
        raise serializers.ValidationError(said)
    return form.cleaned_data


class Verbs(DoorMixin):
    """A viewset of verbs: each answers with its record, as its reader may see it."""

    def told(self, obj: Any, answer: Body | None = None) -> Any:
        many = isinstance(obj, list)
        kind = answer or type(self).serializer_class
        return kind(obj, many=many, context=context_of(self)).data


def verb(
    body: Body | None = None,
    answer: Any = None,
    *,
    detail: bool = True,
    status: int = 200,
    is_upload: bool = False,
    **more: Any,
) -> Callable[[Callable[..., Any]], Any]:
    """POST …/verb/: the record by its rule, the words by `body`, told by `answer`.

    The decorated method gets the record (when `detail`) and the words as arguments, and hands
    back what is told; an HttpResponse goes out as it is.
    """
    if is_upload:
        more["parser_classes"] = [MultiPartParser]

    def wrap(act: Callable[..., Any]) -> Any:
        @extend_schema(
            request={"multipart/form-data": body} if is_upload else body,
            responses={status: answer},
            filters=False,
        )
        @action(detail=detail, methods=["post"], **more)
        @wraps(act)
        def view(self: Any, request: Request, pk: str | None = None) -> HttpResponse:
            record = [self.get_object()] if detail else []
            done = act(self, *record, **typed(self, body))
            if isinstance(done, HttpResponse):
                return done
            return Response(self.told(done, one_of(answer)), status)

        return view

    return wrap


def one_of(answer: Any) -> Any:
    """`HitSerializer(many=True)` describes a list of them."""
    return type(answer.child) if isinstance(answer, serializers.ListSerializer) else answer


def rows(view: Any, queryset: Any, kind: Body) -> Response:
    """Rows below a record, in pages of their own."""
    part = view.paginate_queryset(queryset)
    return view.get_paginated_response(view.told(list(part), kind))
