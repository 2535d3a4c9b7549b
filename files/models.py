"""Imports with what was found in each row, and the papers that hang on records."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from files.holders import holders
from org.models import Member, OwnedModel
from tenancy.models import CompanyModel, Link


class ImportState(models.TextChoices):
    """The life of an import; every change is a conditional update."""

    UPLOADED = "uploaded", _("Uploaded")
    CHECKING = "checking", _("Being checked")
    CHECKED = "checked", _("Checked")
    COMMITTING = "committing", _("Being imported")
    DONE = "done", _("Imported")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")
    UNDONE = "undone", _("Taken back")

    @property
    def colour(self) -> str:
        return COLOURS[self]


COLOURS = {
    ImportState.UPLOADED: "blue",
    ImportState.CHECKING: "blue",
    ImportState.CHECKED: "amber",
    ImportState.COMMITTING: "blue",
    ImportState.DONE: "green",
    ImportState.FAILED: "red",
    ImportState.CANCELLED: "grey",
    ImportState.UNDONE: "grey",
}
RUNNING = (ImportState.UPLOADED, ImportState.CHECKING, ImportState.COMMITTING)


class ImportJob(OwnedModel):
    """One file: its owner is who brought it, its unit where the rows are to belong."""

    kind = models.CharField(_("kind"), max_length=40)
    filename = models.CharField(_("file"), max_length=200)
    stored = models.CharField(max_length=80, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveIntegerField(editable=False)
    target_owner = Link(
        Member, models.PROTECT, related_name="+", verbose_name=_("owner of the rows")
    )
    status = models.CharField(
        _("status"), max_length=12, choices=ImportState, default=ImportState.UPLOADED
    )
    language = models.CharField(max_length=10, default="zh-hans")
    total = models.PositiveIntegerField(default=0)
    done_rows = models.PositiveIntegerField(default=0)
    ok_count = models.PositiveIntegerField(default=0)
    failed_count = models.PositiveIntegerField(default=0)
    duplicate_count = models.PositiveIntegerField(default=0)
    message = models.TextField(blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta(OwnedModel.Meta):
        verbose_name = _("import")
        verbose_name_plural = _("imports")

    def __str__(self) -> str:
        return self.filename

    @property
    def state(self) -> ImportState:
        return ImportState(self.status)

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def share(self) -> int:
        """Per cent of the rows looked at."""
        return 100 * self.done_rows // self.total if self.total else 0


class ImportRow(CompanyModel):
    """One row of the file: its cells by column key, and the sentences about them."""

    class State(models.TextChoices):
        OK = "ok", _("Accepted")
        FAILED = "failed", _("Failed")
        DUPLICATE = "duplicate", _("Duplicate")

    job = Link(ImportJob, models.CASCADE, related_name="rows")
    row_no = models.PositiveIntegerField()
    data = models.JSONField()
    state = models.CharField(max_length=10, choices=State, default=State.OK)
    messages = models.JSONField(default=list)

    class Meta:
        ordering = ("row_no",)
        constraints = [
            models.UniqueConstraint(
                fields=["company", "job", "row_no"], name="files_importrow_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.row_no}"


class Purpose(models.TextChoices):
    """Why a paper hangs on a record."""

    PAPER = "paper", _("Attachment")
    SIGNED_COPY = "signed_copy", _("Signed copy")


class AttachmentQuerySet(models.QuerySet):
    """Papers are seen by whoever sees the record they hang on, by that record's own rule."""

    def kept(self) -> "AttachmentQuerySet":
        return self.filter(archived_at=None)

    def of(self, obj: models.Model) -> "AttachmentQuerySet":
        return self.filter(kind=obj._meta.label_lower, target_id=obj.pk)

    def visible_to(self, member: Member) -> "AttachmentQuerySet":
        found = models.Q(pk__in=())
        for holder in holders.values():
            seen = holder.model.objects.visible_to(member).values("pk")
            found |= models.Q(kind=holder.kind, target_id__in=seen)
        return self.filter(found)


class Attachment(CompanyModel):
    """A paper of a record; the bytes lie under a random name where no web server looks."""

    kind = models.CharField(max_length=40, editable=False)
    target_id = models.BigIntegerField(editable=False)
    purpose = models.CharField(max_length=12, choices=Purpose, default=Purpose.PAPER)
    name = models.CharField(_("file"), max_length=200)
    ext = models.CharField(max_length=5, editable=False)
    stored = models.CharField(max_length=80, editable=False)
    preview = models.CharField(max_length=80, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    size = models.PositiveIntegerField(editable=False)
    added_by = Link(Member, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        indexes = [
            models.Index(fields=["company", "kind", "target_id"], name="files_attachment_of")
        ]
        constraints = [
            # CTR-1.5: what is archived is one paper with one checksum
            models.UniqueConstraint(
                fields=["company", "kind", "target_id"],
                condition=models.Q(purpose="signed_copy", archived_at=None),
                name="files_attachment_one_signed",
                violation_error_message=_("There is a signed copy already. Remove it first."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class PictureKind(models.TextChoices):
    """The company's own pictures on its papers."""

    LOGO = "logo", _("Logo")
    SEAL = "seal", _("Seal")


class PictureQuerySet(models.QuerySet):
    """Pictures by time: a paper keeps those of its day."""

    def visible_to(self, member: Member) -> "PictureQuerySet":
        """The company's own; who may look at a seal is the rule's to say."""
        return self.filter(company_id=member.company_id)

    def in_force(self) -> "PictureQuerySet":
        return self.filter(until=None)

    def at(self, moment: datetime) -> "PictureQuerySet":
        return self.filter(since__lte=moment).exclude(until__lte=moment)


class CompanyPicture(CompanyModel):
    """T23: logo or seal from one moment to another; papers of that time keep it."""

    kind = models.CharField(max_length=4, choices=PictureKind)
    stored = models.CharField(max_length=80, editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    added_by = Link(Member, models.PROTECT, related_name="+")
    since = models.DateTimeField(default=timezone.now, editable=False)
    until = models.DateTimeField(null=True, editable=False)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture of the company")
        verbose_name_plural = _("pictures of the company")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind"],
                condition=models.Q(until=None),
                name="files_companypicture_one",
                violation_error_message=_("Somebody has changed this picture just now."),
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ImportOutcome(CompanyModel):
    """What an import has made, so that it can be taken back."""

    job = Link(ImportJob, models.CASCADE, related_name="outcomes")
    ids = ArrayField(models.BigIntegerField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "job"], name="files_importoutcome_once")
        ]

    def __str__(self) -> str:
        return f"{self.job_id}"


class ExportState(models.TextChoices):
    """The life of an export; every change is a conditional update."""

    ASKED = "asked", _("Waiting for consent")
    REFUSED = "refused", _("Not agreed to")
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Being written")
    DONE = "done", _("Ready")
    FAILED = "failed", _("Failed")
    GONE = "gone", _("Gone")

    @property
    def colour(self) -> str:
        return EXPORT_COLOURS.get(self, "blue")


EXPORT_COLOURS = {
    ExportState.ASKED: "amber",
    ExportState.REFUSED: "red",
    ExportState.DONE: "green",
    ExportState.FAILED: "red",
    ExportState.GONE: "grey",
}


class ExportJob(OwnedModel):
    """T16: one table taken away: what was asked for, and the fingerprint of what was given."""

    class Form(models.TextChoices):
        XLSX = "xlsx", "xlsx"
        CSV = "csv", "csv"

    kind = models.CharField(_("kind"), max_length=40)
    form = models.CharField(_("format"), max_length=4, choices=Form, default=Form.XLSX)
    filters = models.CharField(max_length=1000, blank=True)
    with_contacts = models.BooleanField(default=False)
    reason = models.CharField(_("what for"), max_length=300, blank=True)
    decided_by = Link(Member, models.PROTECT, null=True, related_name="+", editable=False)
    decided_at = models.DateTimeField(null=True, editable=False)
    language = models.CharField(max_length=10, default="zh-hans")
    status = models.CharField(
        _("status"), max_length=8, choices=ExportState, default=ExportState.WAITING
    )
    total = models.PositiveIntegerField(default=0)
    done_rows = models.PositiveIntegerField(default=0)
    stored = models.CharField(max_length=80, blank=True, editable=False)
    # what of it rests on the owner's sight, asked again at the download: ids, or paths of units
    rests_on = models.JSONField(default=list, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    size = models.PositiveBigIntegerField(default=0, editable=False)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta(OwnedModel.Meta):
        verbose_name = _("export")
        verbose_name_plural = _("exports")

    def __str__(self) -> str:
        return f"{self.kind} · {self.form}"

    @property
    def state(self) -> ExportState:
        """A day later it is gone, whether or not a worker has come by."""
        if self.status == ExportState.DONE and self.expires_at <= timezone.now():
            return ExportState.GONE
        return ExportState(self.status)

    @property
    def is_running(self) -> bool:
        return self.status in {ExportState.WAITING, ExportState.RUNNING}

    @property
    def share(self) -> int:
        """Per cent of the rows written."""
        return 100 * self.done_rows // self.total if self.total else 0
