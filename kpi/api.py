"""Months, reviews and re-openings for programs, through the same actions as the pages."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from contracts.api import VisibleField
from kpi import actions, reading
from kpi.filters import ReopeningFilter, ReviewFilter
from kpi.models import LONGEST, Comment, Period, Reopening, Review
from org.api import DoorMixin, NewestFirst
from org.api.verbs import Verbs, verb


class NewestMonthFirst(NewestFirst):
    """Months by themselves, the newest first."""

    def get_ordering(self, request: Request, queryset: Any, view: Any) -> tuple[str, ...]:
        return ("-month", "-id")


class PeriodSerializer(serializers.ModelSerializer):
    """A month and what has become of it."""

    class Meta:
        model = Period
        fields = (
            "id", "month", "state", "versions", "collects_until", "opened_at", "collecting_at",
            "frozen_at",
        )  # fmt: skip
        read_only_fields = fields


class NumberSerializer(serializers.Serializer):
    """One indicator of a review; `late` is the part of documents dated in frozen months."""

    key = serializers.CharField()
    label = serializers.CharField()
    value = serializers.DecimalField(max_digits=20, decimal_places=2)
    late = serializers.DecimalField(max_digits=20, decimal_places=2)
    last_month = serializers.DecimalField(max_digits=20, decimal_places=2)
    year_ago = serializers.DecimalField(max_digits=20, decimal_places=2)


class ReviewCommentSerializer(serializers.ModelSerializer):
    """What one person said."""

    by_name = serializers.CharField(source="by.name", read_only=True)
    text = serializers.CharField(max_length=LONGEST)

    class Meta:
        model = Comment
        fields = ("by", "by_name", "text", "updated_at")
        read_only_fields = ("by", "by_name", "updated_at")


class ReviewRowSerializer(serializers.ModelSerializer):
    """A review as lists show it."""

    owner_name = serializers.CharField(source="owner.name", read_only=True)
    month = serializers.DateField(source="period.month", read_only=True)

    class Meta:
        model = Review
        fields = ("id", "period", "month", "owner", "owner_name", "unit", "role", "updated_at")
        read_only_fields = fields


class ReviewSerializer(ReviewRowSerializer):
    """With its numbers and, for the person and the leaders, what is said."""

    numbers = serializers.SerializerMethodField()
    comments = serializers.SerializerMethodField()

    class Meta(ReviewRowSerializer.Meta):
        fields = (*ReviewRowSerializer.Meta.fields, "numbers", "comments")
        read_only_fields = fields

    @property
    def member(self) -> Any:
        return self.context["request"]._request.member

    @extend_schema_field(NumberSerializer(many=True))
    def get_numbers(self, review: Review) -> Any:
        cards = reading.cards(self.member, review.period, owner=review.owner)
        rows = [{**card, "late": card["late"] or 0, "last_month": card["old"]} for card in cards]
        return NumberSerializer(rows, many=True).data

    @extend_schema_field(ReviewCommentSerializer(many=True))
    def get_comments(self, review: Review) -> Any:
        if not self.member.may("kpi.read_comments", review):
            return []
        return ReviewCommentSerializer(review.comments.select_related("by"), many=True).data


class ReopeningSerializer(serializers.ModelSerializer):
    """The wish to re-open the month frozen last."""

    period = VisibleField(queryset=Period.objects.all())
    owner_name = serializers.CharField(source="owner.name", read_only=True)

    class Meta:
        model = Reopening
        fields = ("id", "number", "status", "period", "reason", "owner", "owner_name", "case")
        read_only_fields = ("id", "number", "status", "owner", "owner_name", "case")


class PeriodViewSet(DoorMixin, viewsets.ReadOnlyModelViewSet):
    """The months of the company."""

    queryset = Period.objects.order_by("-month", "-id")
    serializer_class = PeriodSerializer
    pagination_class = NewestMonthFirst
    rules: ClassVar[dict[str, str]] = {
        "list": "kpi.list",
        "retrieve": "kpi.view",
        "freeze": "kpi.freeze",
    }

    @extend_schema(request=None, responses=PeriodSerializer)
    @action(detail=True, methods=["post"])
    def freeze(self, request: Request, pk: str | None = None) -> Response:
        period = actions.freeze(self.get_object(), by=self.member)
        return Response(PeriodSerializer(period).data)


class ReviewViewSet(DoorMixin, viewsets.ReadOnlyModelViewSet):
    """Reviews one may see: one's own and those of the units one looks over."""

    queryset = Review.objects.select_related("owner", "period").order_by("-updated_at", "-id")
    serializer_class = ReviewSerializer
    filterset_class = ReviewFilter
    rules: ClassVar[dict[str, str]] = {
        "list": "kpi.list",
        "retrieve": "kpi.view_review",
        "comment": "kpi.comment",
    }

    def get_serializer_class(self) -> type[serializers.ModelSerializer]:
        return ReviewRowSerializer if self.action == "list" else ReviewSerializer

    @extend_schema(request=ReviewCommentSerializer, responses=ReviewCommentSerializer)
    @action(detail=True, methods=["post"])
    def comment(self, request: Request, pk: str | None = None) -> Response:
        review = self.get_object()
        said = ReviewCommentSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        made = actions.comment(review, by=self.member, **said.validated_data)
        return Response(ReviewCommentSerializer(made).data)


class ReopeningReasonSerializer(serializers.Serializer):
    """Why the month is to be open again."""

    reason = serializers.CharField(max_length=LONGEST)


class ReopeningViewSet(
    Verbs,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    viewsets.GenericViewSet,
):
    """Requests to re-open a month; decisions on them are those of cases."""

    queryset = Reopening.objects.select_related("owner").order_by("-updated_at", "-id")
    serializer_class = ReopeningSerializer
    filterset_class = ReopeningFilter
    rules: ClassVar[dict[str, str]] = {
        "list": "kpi.reopenings",
        "retrieve": "kpi.view_reopening",
        "create": "kpi.ask",
        "submit": "kpi.submit",
    }

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        said = self.get_serializer(data=request.data)
        said.is_valid(raise_exception=True)
        words = dict(said.validated_data)
        made = actions.reopen(words.pop("period"), by=self.member, **words)
        return Response(self.get_serializer(made).data, status.HTTP_201_CREATED)

    @verb(ReopeningReasonSerializer, ReopeningSerializer)
    def submit(self, asked: Reopening, reason: str) -> Reopening:
        """Again, after it was returned."""
        return actions.submit(asked, reason=reason, by=self.member)
