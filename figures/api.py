"""The figures for programs: the same totals, by the same sight, as on the page."""

from datetime import timedelta
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from figures.measures import measures
from figures.totals import WAYS, Row, figures
from org.api.verbs import Verbs, VisibleField, context_of
from org.models import Member, Unit

LONGEST = timedelta(days=3 * 366)
BEGINNING = 2000


class QuestionSerializer(serializers.Serializer):
    """Days, both included, how they are cut, and to what they are limited."""

    by = serializers.ChoiceField(choices=WAYS, default="none")
    unit = VisibleField(queryset=Unit.objects.all(), required=False)
    owner = VisibleField(queryset=Member.objects.all(), required=False)
    measure = serializers.MultipleChoiceField(
        choices=[], required=False, help_text="All when left out."
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        fields["measure"].choices = sorted(measures)
        # `from` is a word of Python
        for name in ("from", "to"):
            fields[name] = serializers.DateField()
        return fields

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        first, last = said["from"], said["to"]
        if first > last or first.year < BEGINNING or last - first > LONGEST:
            text = _("Ask for at most three years, the first day first.")
            raise serializers.ValidationError({"to": [text]})
        return said


class FigureSerializer(serializers.Serializer):
    """One group and its numbers as text; money has two places."""

    key = serializers.SerializerMethodField()
    label = serializers.CharField()
    values = serializers.DictField(child=serializers.CharField())

    def get_key(self, row: Row) -> str:
        return "" if row.key is None else str(row.key)


class FigureViewSet(Verbs, viewsets.ViewSet):
    """What the caller's sight adds up to: no total says more than the rows would."""

    rules: ClassVar[dict[str, str]] = {"list": "figures.view"}

    @extend_schema(parameters=[QuestionSerializer], responses=FigureSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Totals by region, team, member or month; `by=none` is one row."""
        asked = QuestionSerializer(data=request.query_params, context=context_of(self))
        asked.is_valid(raise_exception=True)
        said = asked.validated_data
        found = figures(
            self.member,
            sorted(said.get("measure") or measures),
            said["from"],
            said["to"],
            by=said["by"],
            within=said.get("unit"),
            owner=said.get("owner"),
        )
        return Response(self.told(found, FigureSerializer))
