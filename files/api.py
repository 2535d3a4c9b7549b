"""Imports, exports and papers for programs: the same verbs, files as multipart/form-data."""

from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response

from files import actions
from files.access import why_not
from files.exporters import exporters
from files.forms import UploadForm
from files.models import Attachment, ExportJob, ImportJob, ImportRow
from files.views import download as paper_page
from files.views import download_export as export_page
from org.api import NewestFirst
from org.api.verbs import ById, Verbs, formed, rows, typed, verb

FILE = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


class AsItIs(DefaultContentNegotiation):
    """A file is what it is, whatever kind of answer was asked for."""

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class FileBody(serializers.Serializer):
    """One file."""

    file = serializers.FileField(max_length=300)


class AttachmentSerializer(serializers.ModelSerializer):
    """A paper of a record (`kind`, `target_id`), by name and checksum; its bytes by `download`."""

    added_by_name = serializers.CharField(source="added_by.name", read_only=True)

    class Meta:
        model = Attachment
        fields = (
            "id", "kind", "target_id", "purpose", "name", "ext", "size", "sha256", "added_by",
            "added_by_name", "created_at", "archived_at",
        )  # fmt: skip
        read_only_fields = fields


class AttachmentViewSet(Verbs, viewsets.ReadOnlyModelViewSet):
    """Papers of the records one sees; `?kind=customers.customer&target_id=` are those of one."""

    queryset = Attachment.objects.select_related("added_by").order_by("-created_at", "-id")
    serializer_class = AttachmentSerializer
    filterset_fields = ("kind", "target_id", "purpose")
    rules: ClassVar[dict[str, str]] = {
        "list": "files.papers",
        "retrieve": "files.download",
        "download": "files.download",
        "remove": "files.remove",
        "restore": "files.restore",
    }

    def get_queryset(self) -> Any:
        found = super().get_queryset()
        return found if self.detail else found.kept()

    @extend_schema(responses=FILE)
    @action(detail=True, content_negotiation_class=AsItIs)
    def download(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The bytes, sealed: never to be opened as a page."""
        return paper_page(request._request, pk=self.get_object().pk)

    @verb(None, AttachmentSerializer)
    def remove(self, paper: Attachment) -> Attachment:
        """Off the record's page; it may be put back."""
        return actions.remove(paper, by=self.member)

    @verb(None, AttachmentSerializer)
    def restore(self, paper: Attachment) -> Attachment:
        """Undo of remove."""
        return actions.restore(paper, by=self.member)


class ImportSerializer(serializers.ModelSerializer):
    """An import and its counts; what is wrong row by row is told by `rows`."""

    owner_name = serializers.CharField(source="owner.name", read_only=True)
    target_owner_name = serializers.CharField(source="target_owner.name", read_only=True)

    class Meta:
        model = ImportJob
        fields = (
            "id", "kind", "filename", "status", "owner", "owner_name", "target_owner",
            "target_owner_name", "unit", "size", "sha256", "total", "done_rows", "ok_count",
            "failed_count", "duplicate_count", "message", "created_at", "finished_at",
        )  # fmt: skip
        read_only_fields = fields


class UploadBody(FileBody):
    """What the file holds, and where its rows are to belong."""

    kind = serializers.CharField(max_length=40)
    owner = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    unit = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)


class CellSerializer(serializers.Serializer):
    """A sentence about one cell."""

    column = serializers.CharField()
    text = serializers.CharField()


class ImportRowSerializer(serializers.ModelSerializer):
    """A row that was not accepted, its cells by column, and what is wrong with which of them."""

    data = serializers.DictField(child=serializers.CharField(allow_blank=True))
    messages = CellSerializer(many=True)

    class Meta:
        model = ImportRow
        fields = ("row_no", "state", "data", "messages")
        read_only_fields = fields


class ByRow(ById):
    """Rows of the file in its order."""

    ordering = ("row_no",)


class ImportViewSet(Verbs, viewsets.ReadOnlyModelViewSet):
    """Upload, look at what was found, commit, cancel, undo."""

    queryset = ImportJob.objects.select_related("owner", "target_owner").order_by("-id")
    serializer_class = ImportSerializer
    filterset_fields = ("status", "kind")
    rules: ClassVar[dict[str, str]] = {
        "list": "files.imports",
        "retrieve": "files.open",
        "upload": "files.upload",
        "rows": "files.failed_rows",
        "commit": "files.commit",
        "cancel": "files.cancel",
        "undo": "files.undo",
    }

    @verb(UploadBody, ImportSerializer, detail=False, status=201, is_upload=True)
    def upload(self, file: Any, **said: Any) -> ImportJob:
        """Kept and checked by a worker; ask for the import until it is `checked`."""
        said = {"owner": self.member.pk, **said}
        given = formed(UploadForm(self.member, said, {"file": file}))
        return actions.upload(
            given["file"],
            kind=given["kind"],
            unit=given["unit"],
            owner=given["owner"],
            by=self.member,
        )

    @extend_schema(responses=ImportRowSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=ByRow)
    def rows(self, request: Request, pk: str | None = None) -> Response:
        """What was not accepted, row by row with its columns."""
        bad = self.get_object().rows.exclude(state=ImportRow.State.OK)
        return rows(self, bad, ImportRowSerializer)

    @verb(None, ImportSerializer)
    def commit(self, job: ImportJob) -> ImportJob:
        """Let the accepted rows in, all at once."""
        return self.anew(actions.commit(job, by=self.member))

    @verb(None, ImportSerializer)
    def cancel(self, job: ImportJob) -> ImportJob:
        """Nothing is imported."""
        return self.anew(actions.cancel(job, by=self.member))

    @verb(None, ImportSerializer)
    def undo(self, job: ImportJob) -> ImportJob:
        """T17: within a day; what somebody has worked with since is left, and named."""
        actions.undo(job, by=self.member)
        return self.anew(job)

    def anew(self, job: ImportJob) -> ImportJob:
        job.refresh_from_db()
        return job


class ExportSerializer(serializers.ModelSerializer):
    """A table taken away; `status` `done` has a file for `download` until `expires_at`."""

    owner_name = serializers.CharField(source="owner.name", read_only=True)
    status = serializers.CharField(source="state.value", read_only=True)
    why_not = serializers.SerializerMethodField()

    class Meta:
        model = ExportJob
        fields = (
            "id", "kind", "form", "filters", "with_contacts", "reason", "status", "owner",
            "owner_name", "total", "done_rows", "size", "sha256", "why_not", "created_at",
            "finished_at", "expires_at",
        )  # fmt: skip
        read_only_fields = fields

    def get_why_not(self, job: ExportJob) -> str:
        return why_not(job)


class ExportBody(serializers.Serializer):
    """Which list, narrowed by which filters (as in its address), in which form."""

    kind = serializers.CharField(max_length=40)
    form = serializers.ChoiceField(choices=ExportJob.Form.choices, default=ExportJob.Form.XLSX)
    filters = serializers.CharField(max_length=1000, default="", allow_blank=True)
    with_contacts = serializers.BooleanField(default=False)
    reason = serializers.CharField(max_length=300, default="", allow_blank=True)

    def validate_kind(self, kind: str) -> str:
        if kind not in exporters:
            text = _("“%(kind)s” is none of: %(known)s.")
            text %= {"kind": kind, "known": ", ".join(sorted(exporters))}
            raise serializers.ValidationError(text)
        return kind


class DeclineBody(serializers.Serializer):
    """Why not."""

    reason = serializers.CharField(max_length=300)


class ExportViewSet(Verbs, mixins.ListModelMixin, mixins.RetrieveModelMixin,
                    viewsets.GenericViewSet):  # fmt: skip
    """Ask for a table, let it go as a superior, download it within a day."""

    queryset = ExportJob.objects.select_related("owner").defer("rests_on").order_by("-id")
    serializer_class = ExportSerializer
    pagination_class = NewestFirst
    rules: ClassVar[dict[str, str]] = {
        "list": "files.exports",
        "retrieve": "files.open_export",
        "create": "files.export",
        "consent": "files.consent",
        "decline": "files.consent",
        "download": "files.download_export",
    }

    @extend_schema(request=ExportBody, responses={201: ExportSerializer})
    def create(self, request: Request) -> Response:
        """T16: the rows of one's own list; written by a worker, at once or after consent."""
        job = actions.export(by=self.member, **typed(self, ExportBody))
        return Response(self.told(job), 201)

    @verb(None, ExportSerializer)
    def consent(self, job: ExportJob) -> ExportJob:
        """T16.3: a superior lets it go."""
        return actions.consent(job, by=self.member)

    @verb(DeclineBody, ExportSerializer)
    def decline(self, job: ExportJob, reason: str) -> ExportJob:
        """T16.3: a superior does not."""
        actions.decline(job, by=self.member, reason=reason)
        job.refresh_from_db()
        return job

    @extend_schema(responses=FILE)
    @action(detail=True, content_negotiation_class=AsItIs)
    def download(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The file, for its owner, with the rights of this moment."""
        return export_page(request._request, pk=self.get_object().pk)
