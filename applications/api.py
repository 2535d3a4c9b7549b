"""Applications for programs, through the same actions and the same questions as the pages."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from applications import actions
from applications.declaring import Form, forms
from applications.filters import ApplicationFilter
from applications.models import Application
from files import actions as papers
from files.api import AttachmentSerializer, FileBody
from files.models import Attachment
from org.api.verbs import Verbs, verb


class ApplicationSerializer(serializers.ModelSerializer):
    """An application; `answers` holds the inputs that its form lists."""

    owner_name = serializers.CharField(source="owner.name", read_only=True)
    form = serializers.CharField(source="kind", read_only=True)
    answers = serializers.DictField(allow_empty=True)

    class Meta:
        model = Application
        fields = (
            "id", "form", "number", "status", "title", "owner", "owner_name", "unit", "case",
            "answers", "begins_on", "ends_on", "days", "amount", "updated_at",
        )  # fmt: skip
        read_only_fields = tuple(name for name in fields if name != "answers")


class AnswersSerializer(serializers.Serializer):
    """The inputs of the form by name: days as 2026-10-09, amounts as text, people by id."""

    answers = serializers.DictField(allow_empty=True)


class NewApplicationSerializer(AnswersSerializer):
    """Which form, and the answers to it."""

    form = serializers.CharField(max_length=20)


class InputSerializer(serializers.Serializer):
    """One input of a form."""

    name = serializers.CharField()
    label = serializers.CharField()
    type = serializers.CharField()
    required = serializers.BooleanField()
    choices = serializers.ListField(child=serializers.CharField())


class FormSerializer(serializers.Serializer):
    """A form that may be filled in, with its inputs."""

    key = serializers.CharField()
    label = serializers.CharField()
    inputs = InputSerializer(many=True)


def inputs_of(form: Form, member: Any) -> Iterator[dict[str, Any]]:
    for name, one in form.inputs(member).items():
        kind = type(one).__name__.removesuffix("Field").lower()
        options = [str(key) for key, _text in one.choices if key] if kind == "choice" else []
        yield {
            "name": name, "label": one.label, "type": kind, "required": one.required,
            "choices": options,
        }  # fmt: skip


class ApplicationViewSet(
    Verbs,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet,
):
    """Applications one may see; fill in, answer anew and submit."""

    queryset = Application.objects.select_related("owner").order_by("-updated_at", "-id")
    serializer_class = ApplicationSerializer
    filterset_class = ApplicationFilter
    rules: ClassVar[dict[str, str]] = {
        "list": "applications.list",
        "retrieve": "applications.view",
        "create": "applications.create",
        "update": "applications.change",
        "submit": "applications.submit",
        "forms": "applications.create",
        "copy": "applications.copy",
        "attach": "applications.attach",
    }

    def _answer(self, application: Application, code: int = status.HTTP_200_OK) -> Response:
        fresh = Application.objects.select_related("owner").get(pk=application.pk)
        return Response(ApplicationSerializer(fresh).data, code)

    @extend_schema(request=NewApplicationSerializer, responses={201: ApplicationSerializer})
    def create(self, request: Request) -> Response:
        said = NewApplicationSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        made = actions.create(**said.validated_data, by=self.member)
        return self._answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=AnswersSerializer, responses=ApplicationSerializer)
    def update(self, request: Request, pk: str | None = None) -> Response:
        """All answers anew; what is left out is not answered any more."""
        application = self.get_object()
        said = AnswersSerializer(data=request.data)
        said.is_valid(raise_exception=True)
        return self._answer(actions.change(application, **said.validated_data, by=self.member))

    @extend_schema(request=None, responses=ApplicationSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str | None = None) -> Response:
        return self._answer(actions.submit(self.get_object(), by=self.member))

    @verb(None, ApplicationSerializer, status=201)
    def copy(self, application: Application) -> Application:
        """A new draft with the same answers."""
        return actions.copy(application, by=self.member)

    @verb(FileBody, AttachmentSerializer, status=201, is_upload=True)
    def attach(self, application: Application, file: Any) -> Attachment:
        """A paper that is decided on together with the application."""
        return papers.attach(application, file, by=self.member)

    @extend_schema(responses=FormSerializer(many=True), filters=False)
    @action(detail=False, methods=["get"], pagination_class=None)
    def forms(self, request: Request) -> Response:
        """The forms there are, and what each asks."""
        rows = [
            {"key": form.key, "label": _(form.label), "inputs": inputs_of(form, self.member)}
            for form in forms.values()
        ]
        return Response(FormSerializer(rows, many=True).data)
