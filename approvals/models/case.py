"""Chains as data, the document's base, its running case and the versions that were submitted."""

from decimal import Decimal

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from org.models import Member, OwnedModel, Role
from tenancy.models import CompanyModel, Link


class Status(models.TextChoices):
    """The life of a document; only the engine writes it."""

    DRAFT = "draft", _("Draft")
    IN_REVIEW = "in_review", _("In review")
    RETURNED = "returned", _("Returned")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    REJECTED = "rejected", _("Rejected")
    APPROVED = "approved", _("Approved")
    SIGNED = "signed", _("Signed")
    ARCHIVED = "archived", _("Archived")

    @property
    def colour(self) -> str:
        return COLOURS[self]


COLOURS = {
    Status.DRAFT: "grey",
    Status.IN_REVIEW: "blue",
    Status.RETURNED: "amber",
    Status.WITHDRAWN: "grey",
    Status.REJECTED: "red",
    Status.APPROVED: "green",
    Status.SIGNED: "info",
    Status.ARCHIVED: "grey",
}
OPEN_TO_EDIT = (Status.DRAFT, Status.RETURNED, Status.WITHDRAWN)


class ChainQuerySet(models.QuerySet):
    """Who decides what is no secret inside a company."""

    def visible_to(self, _member: Member) -> "ChainQuerySet":
        return self.all()


class Chain(CompanyModel):
    """One version of the steps a kind of document passes; running cases keep theirs."""

    kind = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    starts_on = models.DateField(default=timezone.localdate)

    objects = ChainQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "version"], name="approvals_chain_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"


class Step(CompanyModel):
    """One step: a role sought upward from the submitter; equal positions run side by side."""

    class Mode(models.TextChoices):
        """T8 或签, 会签, 依次: how many of the people of one step decide."""

        ANY = "any", _("any one of them")
        ALL = "all", _("all of them")
        IN_ORDER = "in_order", _("all of them, one after the other")
        UPWARD = "upward", _("each superior in turn, up to this role")

    chain = Link(Chain, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=20, choices=Role)
    clause = models.CharField(max_length=20, blank=True)
    is_fixed = models.BooleanField(default=True)
    mode = models.CharField(max_length=8, choices=Mode, default=Mode.ANY)
    hours = models.PositiveSmallIntegerField(default=24)
    checklist = models.JSONField(default=list)
    # when a step of the company's own is asked; the database keeps the fixed ones free of it
    amount_from = models.DecimalField(max_digits=17, decimal_places=2, null=True)
    amount_below = models.DecimalField(max_digits=17, decimal_places=2, null=True)
    categories = models.JSONField(default=list)
    conditions = models.JSONField(default=list)

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "chain", "key"], name="approvals_step_key_once"
            ),
            models.CheckConstraint(
                condition=models.Q(is_fixed=False)
                | models.Q(amount_from=None, amount_below=None, categories=[], conditions=[])
                & ~models.Q(mode="upward"),
                name="approvals_step_fixed_always",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def goes_in_order(self) -> bool:
        return self.mode in {Step.Mode.IN_ORDER, Step.Mode.UPWARD}


class Document(OwnedModel):
    """Base of everything that goes through approval."""

    status = models.CharField(
        _("status"), max_length=12, choices=Status, default=Status.DRAFT, editable=False
    )
    number = models.CharField(_("number"), max_length=40, blank=True, editable=False)
    case = Link("approvals.Case", models.PROTECT, null=True, editable=False, related_name="+")

    class Meta(OwnedModel.Meta):
        abstract = True

    @property
    def kind_name(self) -> str:
        """The name of its `Kind`; a table that holds several kinds says which one it is."""
        return self._meta.label_lower

    @property
    def state(self) -> Status:
        return Status(self.status)

    @property
    def is_open_to_edit(self) -> bool:
        return self.status in OPEN_TO_EDIT


class Case(OwnedModel):
    """The running state of one document in approval; the inbox reads nothing else."""

    class State(models.TextChoices):
        RUNNING = "running", _("In review")
        RETURNED = "returned", _("Returned")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        REJECTED = "rejected", _("Rejected")
        APPROVED = "approved", _("Approved")

    kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    chain = Link(Chain, models.PROTECT, related_name="cases")
    number = models.CharField(max_length=40, blank=True)
    title = models.CharField(max_length=160)
    party = models.CharField(max_length=120, blank=True)
    amount = models.DecimalField(max_digits=17, decimal_places=2, default=Decimal(0))
    risks = models.JSONField(default=list)
    # ORG-1.3: ids of those who wrote it beside the submitter; they decide nothing on it either
    writers = models.JSONField(default=list, editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    round = models.PositiveSmallIntegerField(default=1)
    position = models.PositiveSmallIntegerField(default=0)
    content_hash = models.CharField(max_length=66)
    submitted_at = models.DateTimeField(default=timezone.now)
    decided_at = models.DateTimeField(null=True)
    moves = models.PositiveIntegerField(default=0)

    class Meta(OwnedModel.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["company", "kind", "object_id"], name="approvals_case_once"
            )
        ]

    def __str__(self) -> str:
        return self.number or self.title

    @property
    def authors(self) -> set[int]:
        """Who submitted it and who wrote any of it."""
        return {self.owner_id, *self.writers}


class Version(CompanyModel):
    """What exactly was submitted in a round; resubmission shows what changed."""

    case = Link(Case, models.PROTECT, related_name="versions")
    round = models.PositiveSmallIntegerField()
    snapshot = models.JSONField()
    # what routing asked of it, frozen with it; empty before there were conditions
    facts = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=66)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("round",)
        constraints = [
            models.UniqueConstraint(
                fields=["company", "case", "round"], name="approvals_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.case_id} r{self.round}"
