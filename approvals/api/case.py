"""The inbox, its verbs and stand-ins for programs."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from approvals import actions
from approvals.access import asked_of
from approvals.board import points_of
from approvals.kinds import kinds
from approvals.models import Case, Delegation
from org.api import DoorMixin, NewestFirst
from org.models import Member


class CaseSerializer(serializers.ModelSerializer):
    """A case as the inbox shows it."""

    owner_name = serializers.CharField(source="owner.name", read_only=True)

    class Meta:
        model = Case
        fields = (
            "id", "kind", "object_id", "number", "title", "party", "amount", "state", "round",
            "owner_name", "content_hash", "submitted_at", "decided_at",
        )  # fmt: skip
        read_only_fields = fields


class AskedSerializer(serializers.Serializer):
    """A check point of the caller's own step."""

    key = serializers.CharField()
    label = serializers.CharField()


class OneCaseSerializer(CaseSerializer):
    """A case alone: also what the caller's own step asks to be checked."""

    points = serializers.SerializerMethodField()

    class Meta(CaseSerializer.Meta):
        fields = (*CaseSerializer.Meta.fields, "points")

    @extend_schema_field(AskedSerializer(many=True))
    def get_points(self, case: Case) -> list[dict[str, str]]:
        task = asked_of(self.context["request"]._request.member, case)
        return [
            {"key": point["key"], "label": str(point["label"])}
            for point in points_of(case, task, {})
        ]


class PointSerializer(serializers.Serializer):
    """One check point."""

    ok = serializers.BooleanField(default=False)
    note = serializers.CharField(default="", allow_blank=True, max_length=500)


class DecisionSerializer(serializers.Serializer):
    """What a decision needs: the hash of what was shown, words, and the points of the step."""

    content_hash = serializers.CharField(max_length=66)
    comment = serializers.CharField(default="", allow_blank=True, max_length=2000)
    checklist = serializers.DictField(child=PointSerializer(), default=dict)


class ReturnSerializer(DecisionSerializer):
    """To the submitter, or to the key of an earlier step."""

    to = serializers.CharField(default="", allow_blank=True, max_length=40)


class PersonSerializer(serializers.Serializer):
    """A colleague and a few words."""

    to = serializers.PrimaryKeyRelatedField(queryset=Member.objects.none())
    comment = serializers.CharField(default="", allow_blank=True, max_length=1000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if member := self.context.get("member"):
            self.fields["to"].queryset = Member.objects.visible_to(member)


class SignerSerializer(PersonSerializer):
    """How the colleague signs: before me, after me or beside me."""

    way = serializers.ChoiceField(choices=["before", "after", "parallel"])


class CommentSerializer(serializers.Serializer):
    """Words for everybody who sees the case."""

    text = serializers.CharField(max_length=2000)
    mentions = serializers.PrimaryKeyRelatedField(
        queryset=Member.objects.none(), many=True, required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if member := self.context.get("member"):
            self.fields["mentions"].child_relation.queryset = Member.objects.visible_to(member)


class PickSerializer(serializers.Serializer):
    """One row of a batch with the hash of what was shown."""

    id = serializers.IntegerField()
    content_hash = serializers.CharField(max_length=66)


class BatchSerializer(serializers.Serializer):
    """What to approve together."""

    cases = PickSerializer(many=True, max_length=50)


class OutcomeSerializer(serializers.Serializer):
    """What became of a row; an empty refusal means approved."""

    id = serializers.IntegerField(source="case.pk")
    refusal = serializers.CharField()


class CaseViewSet(DoorMixin, viewsets.ReadOnlyModelViewSet):
    """Cases one may see; approve, return, reject and withdraw."""

    queryset = Case.objects.select_related("owner").order_by("-updated_at", "-id")
    serializer_class = CaseSerializer
    filterset_fields = ("state", "kind")
    rules: ClassVar[dict[str, str]] = {
        "list": "approvals.inbox",
        "retrieve": "approvals.see_case",
        "approve": "approvals.answer",
        "return_": "approvals.answer",
        "reject": "approvals.answer",
        "withdraw": "approvals.withdraw",
        "transfer": "approvals.transfer",
        "add_signer": "approvals.add_signer",
        "copy": "approvals.copy",
        "comment": "approvals.comment",
        "remind": "approvals.remind",
        "approve_many": "approvals.inbox",
    }

    def get_serializer_class(self) -> type[CaseSerializer]:
        return OneCaseSerializer if self.action == "retrieve" else CaseSerializer

    def _decide(self, request: Request, verb: str) -> Response:
        case = self.get_object()
        serializer = ReturnSerializer if verb == "return" else DecisionSerializer
        said = serializer(data=request.data)
        said.is_valid(raise_exception=True)
        words: dict[str, Any] = dict(said.validated_data)
        seen = words.pop("content_hash")
        actions.decide(case, verb=verb, by=self.member, seen=seen, **words)
        return Response(CaseSerializer(Case.objects.get(pk=case.pk)).data)

    @extend_schema(request=DecisionSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str | None = None) -> Response:
        return self._decide(request, "approve")

    @extend_schema(request=ReturnSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"], url_path="return", url_name="return")
    def return_(self, request: Request, pk: str | None = None) -> Response:
        return self._decide(request, "return")

    @extend_schema(request=DecisionSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str | None = None) -> Response:
        return self._decide(request, "reject")

    @extend_schema(request=None, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str | None = None) -> Response:
        case = actions.withdraw(self.get_object(), by=self.member)
        return Response(CaseSerializer(case).data)

    def _act(self, request: Request, serializer: Any, act: Any) -> Response:
        """One verb beside deciding: the words are checked, the action does it."""
        case = self.get_object()
        said = serializer(data=request.data, context={"member": self.member})
        said.is_valid(raise_exception=True)
        act(case, by=self.member, **said.validated_data)
        return Response(CaseSerializer(Case.objects.get(pk=case.pk)).data)

    @extend_schema(request=PersonSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def transfer(self, request: Request, pk: str | None = None) -> Response:
        return self._act(request, PersonSerializer, actions.transfer)

    @extend_schema(request=SignerSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def add_signer(self, request: Request, pk: str | None = None) -> Response:
        return self._act(request, SignerSerializer, actions.add_signer)

    @extend_schema(request=PersonSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: str | None = None) -> Response:
        return self._act(request, PersonSerializer, actions.copy_to)

    @extend_schema(request=CommentSerializer, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def comment(self, request: Request, pk: str | None = None) -> Response:
        return self._act(request, CommentSerializer, actions.comment)

    @extend_schema(request=None, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def remind(self, request: Request, pk: str | None = None) -> Response:
        return self._act(request, serializers.Serializer, actions.remind)

    @extend_schema(
        request=BatchSerializer, responses=OutcomeSerializer(many=True), filters=False
    )
    @action(detail=False, methods=["post"], pagination_class=None)
    def approve_many(self, request: Request) -> Response:
        said = BatchSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        seen = {row["id"]: row["content_hash"] for row in said.validated_data["cases"]}
        cases = self.get_queryset().filter(pk__in=seen)
        done = actions.approve_many([(case, seen[case.pk]) for case in cases], by=self.member)
        return Response(OutcomeSerializer(done, many=True).data)


class DelegationSerializer(serializers.ModelSerializer):
    """A stand-in for a period; `kinds` empty means all kinds."""

    principal_name = serializers.CharField(source="principal.name", read_only=True)
    stand_in_name = serializers.CharField(source="stand_in.name", read_only=True)
    stage = serializers.CharField(read_only=True)

    class Meta:
        model = Delegation
        fields = (
            "id", "principal", "principal_name", "stand_in", "stand_in_name", "starts_on",
            "ends_on", "kinds", "reason", "stage", "ended_at",
        )  # fmt: skip
        read_only_fields = fields


class NewDelegationSerializer(serializers.Serializer):
    """Who stands in for whom (oneself when left out), from when to when, for what."""

    principal = serializers.PrimaryKeyRelatedField(queryset=Member.objects.none(), required=False)
    stand_in = serializers.PrimaryKeyRelatedField(queryset=Member.objects.none())
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    kinds = serializers.ListField(child=serializers.ChoiceField(choices=[]), default=list)
    reason = serializers.CharField(max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kinds"].child.choices = list(kinds)
        if member := self.context.get("member"):
            for name in ("principal", "stand_in"):
                self.fields[name].queryset = Member.objects.visible_to(member)


class NewestDelegations(NewestFirst):
    """A stand-in is set once; it has no moment of its last change."""

    ordering = ("-created_at", "-id")


class DelegationViewSet(DoorMixin, mixins.ListModelMixin, viewsets.GenericViewSet):
    """Stand-ins one may see; name one and end one."""

    queryset = Delegation.objects.select_related("principal", "stand_in")
    serializer_class = DelegationSerializer
    pagination_class = NewestDelegations
    rules: ClassVar[dict[str, str]] = {
        "list": "approvals.delegations",
        "create": "approvals.delegate",
        "end": "approvals.end_delegation",
    }

    @extend_schema(request=NewDelegationSerializer, responses={201: DelegationSerializer})
    def create(self, request: Request) -> Response:
        said = NewDelegationSerializer(data=request.data, context={"member": self.member})
        said.is_valid(raise_exception=True)
        words = dict(said.validated_data)
        principal = words.pop("principal", self.member)
        row = actions.delegate(principal, by=self.member, **words)
        return Response(DelegationSerializer(row).data, status=201)

    @extend_schema(request=None, responses=DelegationSerializer)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str | None = None) -> Response:
        row = actions.end_delegation(self.get_object(), by=self.member)
        return Response(DelegationSerializer(row).data)
