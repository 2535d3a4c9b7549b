"""Why a rule decides, for programs."""

from typing import Any, ClassVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from handbook import reasons
from org.api import DoorMixin

ASKED = [
    OpenApiParameter("rule", description="The rule, such as contracts.sign; without it: sight."),
    OpenApiParameter("kind", description="The kind of record, such as contracts.contract."),
    OpenApiParameter("object", OpenApiTypes.INT, description="The record's id."),
    OpenApiParameter("member", OpenApiTypes.INT, description="Somebody else: administrator only."),
]


class WhyViewSet(DoorMixin, viewsets.ViewSet):
    """Asks the very rule that guards the page, and gives its reasons."""

    rules: ClassVar[dict[str, str]] = {"list": "handbook.why", "route": "handbook.why"}

    @extend_schema(parameters=ASKED, responses=OpenApiTypes.OBJECT)
    def list(self, request: Request) -> Response:
        """May this person do it, and why."""
        found = self.question(request)
        return Response(
            {
                "rule": found.rule,
                "label": found.label,
                "member": found.member.pk,
                "object": found.record and found.record.pk,
                "because": found.because.as_json(),
            }
        )

    @extend_schema(parameters=ASKED[1:3], responses=OpenApiTypes.OBJECT)
    @action(detail=False, methods=["get"])
    def route(self, request: Request) -> Response:
        """Who decides on a document and why, who is next, and its risks."""
        return Response(reasons.route(self.question(request).record))

    def question(self, request: Request) -> reasons.Question:
        said: dict[str, Any] = {
            name: request.query_params.get(name, "") for name in ("kind", "rule", "member")
        }
        return reasons.asked(self.member, record=request.query_params.get("object", ""), **said)
