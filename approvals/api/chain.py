"""Chains and their changes for programs: the same reading and the same acts as on the pages."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import actions
from approvals.chains import base_rows
from approvals.kinds import kinds
from approvals.models import Chain, ChainChange
from approvals.preview import preview
from approvals.proposal import row_of, step_from
from org.api import DoorMixin, NewestFirst

LIMITS = ("amount_from", "amount_below", "categories", "conditions")


class StepSerializer(serializers.Serializer):
    """A step as it stands in a chain; limits are left out for who may not know them."""

    key = serializers.CharField()
    name = serializers.CharField()
    role = serializers.CharField()
    clause = serializers.CharField()
    is_fixed = serializers.BooleanField()
    mode = serializers.CharField()
    hours = serializers.IntegerField()
    position = serializers.IntegerField()
    checklist = serializers.ListField(child=serializers.CharField())
    amount_from = serializers.CharField(allow_null=True)
    amount_below = serializers.CharField(allow_null=True)
    categories = serializers.ListField(child=serializers.CharField())
    conditions = serializers.ListField(child=serializers.DictField())
    is_conditional = serializers.BooleanField()


class ChainSerializer(serializers.ModelSerializer):
    """One version of the steps of a kind of document."""

    steps = serializers.SerializerMethodField()

    class Meta:
        model = Chain
        fields = ("id", "kind", "version", "starts_on", "steps")
        read_only_fields = fields

    @extend_schema(responses=StepSerializer(many=True))
    def get_steps(self, chain: Chain) -> list[dict[str, Any]]:
        keeps = self.context.get("keeps", False)
        found = []
        for step in chain.steps.all():
            row = row_of(step)
            row["is_conditional"] = any(row[name] for name in LIMITS)
            if not keeps:
                row |= {"amount_from": None, "amount_below": None, "categories": []}
                row["conditions"] = []
            found.append(row)
        return found


class NewestChains(NewestFirst):
    """A version is made once and never changed."""

    ordering = ("-id",)

    def get_ordering(self, request: Request, queryset: QuerySet, view: Any) -> tuple[str, ...]:
        return self.ordering


class ChainViewSet(DoorMixin, viewsets.ReadOnlyModelViewSet):
    """All versions of all chains."""

    queryset = Chain.objects.prefetch_related("steps")
    serializer_class = ChainSerializer
    pagination_class = NewestChains
    filterset_fields = ("kind", "version")
    rules: ClassVar[dict[str, str]] = {"list": "approvals.chains", "retrieve": "approvals.chains"}

    def get_serializer_context(self) -> dict[str, Any]:
        context = super().get_serializer_context()
        if not getattr(self, "swagger_fake_view", False):
            context["keeps"] = bool(self.member.may("approvals.see_bands"))
        return context


class ChainChangeSerializer(serializers.ModelSerializer):
    """A change with its steps as they shall be."""

    class Meta:
        model = ChainChange
        fields = (
            "id", "kind", "number", "status", "base_version", "starts_on", "reason", "steps",
            "case", "chain", "discarded_at",
        )  # fmt: skip
        read_only_fields = fields


class ConditionSerializer(serializers.Serializer):
    """A comparison of a fact; the value is text, true or false, or a list for `in`."""

    fact = serializers.CharField(max_length=40)
    op = serializers.CharField(max_length=4)
    value = serializers.JSONField()


class NewStepSerializer(serializers.Serializer):
    """A step in the order of the chain; `beside` runs beside the one before it.

    A fixed step is its key and its hours, anything else of it is refused.
    """

    key = serializers.CharField(default="", allow_blank=True, max_length=40)
    beside = serializers.BooleanField(default=False)
    hours = serializers.IntegerField(required=False)
    name = serializers.CharField(required=False, allow_blank=True, max_length=60)
    role = serializers.CharField(required=False, max_length=20)
    mode = serializers.CharField(required=False, max_length=8)
    amount_from = serializers.CharField(required=False, allow_null=True, max_length=20)
    amount_below = serializers.CharField(required=False, allow_null=True, max_length=20)
    categories = serializers.ListField(child=serializers.CharField(max_length=40), required=False)
    conditions = ConditionSerializer(many=True, required=False)
    checklist = serializers.ListField(child=serializers.CharField(max_length=40), required=False)


class NewChangeSerializer(serializers.Serializer):
    """What a change consists of."""

    starts_on = serializers.DateField()
    reason = serializers.CharField(max_length=500)
    steps = serializers.ListField(child=NewStepSerializer(), max_length=40)


class FirstChangeSerializer(NewChangeSerializer):
    """The same with the kind of document it is about."""

    kind = serializers.ChoiceField(choices=[])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds)


class PreviewSerializer(serializers.Serializer):
    """Numbers of the replay; documents are named on the page."""

    running = serializers.IntegerField()
    total = serializers.IntegerField()
    replayed = serializers.IntegerField()
    differ = serializers.IntegerField()


class ChainChangeViewSet(DoorMixin, viewsets.ReadOnlyModelViewSet):
    """Changes of chains: read, draft, edit, preview, submit and give up."""

    queryset = ChainChange.objects.all()
    serializer_class = ChainChangeSerializer
    filterset_fields = ("kind", "status")
    rules: ClassVar[dict[str, str]] = {
        "list": "approvals.see_bands",
        "retrieve": "approvals.view_change",
        "create": "approvals.draft_change",
        "update": "approvals.edit_change",
        "preview": "approvals.view_change",
        "submit": "approvals.submit",
        "discard": "approvals.discard_change",
    }

    @extend_schema(request=FirstChangeSerializer, responses={201: ChainChangeSerializer})
    def create(self, request: Request) -> Response:
        said = FirstChangeSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        words = dict(said.validated_data)
        change = actions.draft_change(kinds[words.pop("kind")], by=self.member, **words)
        return Response(ChainChangeSerializer(change).data, status=201)

    @extend_schema(request=NewChangeSerializer, responses=ChainChangeSerializer)
    def update(self, request: Request, pk: str | None = None) -> Response:
        change = self.get_object()
        said = NewChangeSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        change = actions.edit_change(change, by=self.member, **said.validated_data)
        return Response(ChainChangeSerializer(change).data)

    @extend_schema(responses=PreviewSerializer)
    @action(detail=True)
    def preview(self, request: Request, pk: str | None = None) -> Response:
        change = self.get_object()
        old, new = ([step_from(row) for row in rows] for rows in (base_rows(change), change.steps))
        found = preview(kinds[change.kind], old, new, self.member)
        return Response(PreviewSerializer(found).data)

    @extend_schema(request=None, responses=ChainChangeSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str | None = None) -> Response:
        change = self.get_object()
        actions.submit(change, by=self.member)
        change.refresh_from_db()
        return Response(ChainChangeSerializer(change).data)

    @extend_schema(request=None, responses=ChainChangeSerializer)
    @action(detail=True, methods=["post"])
    def discard(self, request: Request, pk: str | None = None) -> Response:
        change = actions.discard_change(self.get_object(), by=self.member)
        return Response(ChainChangeSerializer(change).data)
