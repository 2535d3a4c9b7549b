"""The search everywhere, for programs."""

from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from kit.search import Group, Sought, look
from org.api.verbs import Verbs


class FoundSerializer(serializers.Serializer):
    """One hit: its name, the address of its page, and a line about it."""

    label = serializers.CharField(source="found.label")
    url = serializers.CharField(source="found.url")
    note = serializers.CharField(source="found.note")


class GroupSerializer(serializers.Serializer):
    """The hits of one kind; what was meant exactly comes first, as `exact`."""

    key = serializers.CharField()
    label = serializers.SerializerMethodField()
    hits = FoundSerializer(many=True)

    def get_label(self, group: Group) -> str:
        return str(group.label)


class SearchViewSet(Verbs, viewsets.ViewSet):
    """T23: whatever one may see, by letters, pinyin, initials or number."""

    rules: ClassVar[dict[str, str]] = {"list": "desk.search"}

    @extend_schema(
        parameters=[OpenApiParameter("q", required=True, description="At least two letters.")],
        responses=GroupSerializer(many=True),
    )
    def list(self, request: Request) -> Response:
        """At most eight hits of each kind."""
        groups: Any = look(self.member, Sought.of(request.query_params.get("q", "")))
        return Response(self.told(groups, GroupSerializer))
