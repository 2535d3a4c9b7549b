"""One's own notices for programs: the list, read and unread, and what one wants to be told."""

from typing import Any, ClassVar

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from notices import actions
from notices.models import Channel, Notice, NoticeQuerySet
from notices.reading import told
from org.api import NewestFirst
from org.api.verbs import Verbs, verb


class NoticeSerializer(serializers.ModelSerializer):
    """News about one record; the sentence is made anew for whoever reads it."""

    text = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ("id", "topic", "text", "url", "kind", "target_id", "created_at", "read_at")
        read_only_fields = fields

    def said(self, notice: Notice) -> Any:
        if notice.pk not in (kept := self.context.setdefault("said", {})):
            member = self.context["request"]._request.member
            all_of_them = getattr(self.parent, "instance", None) or [notice]
            kept |= {one.notice.pk: one for one in told(member, all_of_them)}
        return kept.get(notice.pk)

    @extend_schema_field(serializers.CharField)
    def get_text(self, notice: Notice) -> str:
        found = self.said(notice)
        return found.text if found else ""

    @extend_schema_field(serializers.CharField)
    def get_url(self, notice: Notice) -> str:
        found = self.said(notice)
        return found.url if found else ""


class NoticeFilter(django_filters.FilterSet):
    """What has been read, what not, of which topic."""

    unread = django_filters.BooleanFilter("read_at", lookup_expr="isnull")

    class Meta:
        model = Notice
        fields = ("topic",)


class ReadAllSerializer(serializers.Serializer):
    """How many were read, and the moment by which `unread_all` finds them again."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()


class MomentBody(serializers.Serializer):
    """The moment that `read_all` told."""

    at = serializers.DateTimeField()


class CountSerializer(serializers.Serializer):
    """How many."""

    number = serializers.IntegerField()


class ChoiceSerializer(serializers.Serializer):
    """Whether one is told of a topic by a channel: on the page, in the daily mail, at once."""

    topic = serializers.CharField()
    channel = serializers.ChoiceField(choices=Channel.choices, default=Channel.PAGE)
    is_on = serializers.BooleanField()


class ChoicesBody(serializers.Serializer):
    """Topics to be switched; those not named stay."""

    choices = ChoiceSerializer(many=True, max_length=200)

    def validate_choices(self, rows: list[dict[str, Any]]) -> dict[tuple[str, str], bool]:
        wanted = {(row["topic"], row["channel"]): row["is_on"] for row in rows}
        member = self.context["request"]._request.member
        if unknown := sorted(wanted.keys() - actions.chosen(member).keys()):
            raise serializers.ValidationError([" ".join(key) for key in unknown])
        return wanted


class NoticeViewSet(
    Verbs, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet
):
    """One's own news, the newest first; looking at it here does not mark it as read."""

    queryset = Notice.objects.order_by("-created_at", "-id")
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter
    pagination_class = NewestFirst
    rules: ClassVar[dict[str, str]] = {
        "list": "notices.list",
        "retrieve": "notices.open",
        "read": "notices.read",
        "unread": "notices.read",
        "read_all": "notices.read",
        "unread_all": "notices.read",
    }

    def get_queryset(self) -> NoticeQuerySet:
        """What is only mailed opens, but stands in no list."""
        rows = super().get_queryset()
        return rows.on_page() if self.action == "list" else rows

    @verb(None, NoticeSerializer)
    def read(self, notice: Notice) -> Notice:
        """Marked as read."""
        actions.read(notice, by=self.member)
        notice.refresh_from_db()
        return notice

    @verb(None, NoticeSerializer)
    def unread(self, notice: Notice) -> Notice:
        """Undo of read."""
        actions.unread(notice, by=self.member)
        notice.refresh_from_db()
        return notice

    @verb(None, ReadAllSerializer, detail=False)
    def read_all(self) -> dict[str, Any]:
        """Everything marked as read."""
        number, at = actions.read_all(by=self.member)
        return {"number": number, "at": at}

    @verb(MomentBody, CountSerializer, detail=False)
    def unread_all(self, at: Any) -> dict[str, int]:
        """Undo of read_all."""
        return {"number": actions.unread_all(at=at, by=self.member)}


class NoticeChoiceViewSet(Verbs, viewsets.ViewSet):
    """What one wants to be told."""

    rules: ClassVar[dict[str, str]] = {"list": "notices.choose", "choose": "notices.choose"}

    def chosen(self) -> list[dict[str, Any]]:
        found = actions.chosen(self.member).items()
        return [{"topic": topic, "channel": way, "is_on": on} for (topic, way), on in found]

    @extend_schema(responses=ChoiceSerializer(many=True))
    def list(self, request: Request) -> Response:
        return Response(self.told(self.chosen(), ChoiceSerializer))

    @verb(ChoicesBody, ChoiceSerializer(many=True), detail=False, url_path="set")
    def choose(self, choices: dict[tuple[str, str], bool]) -> Any:
        """Switch topics on or off."""
        actions.choose(choices, by=self.member)
        return self.chosen()
