"""Chains as data, the running case of a document, its tasks, versions and decisions."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from org.access import after
from org.models import Member, OwnedModel, OwnedQuerySet, Role
from org.roles import LADDER
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


class Chain(CompanyModel):
    """One version of the steps a kind of document passes; running cases keep theirs."""

    kind = models.CharField(max_length=40)
    version = models.PositiveIntegerField(default=1)
    starts_on = models.DateField(default=timezone.localdate)

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

    chain = Link(Chain, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    role = models.CharField(max_length=20, choices=Role)
    clause = models.CharField(max_length=20, blank=True)
    is_fixed = models.BooleanField(default=True)
    hours = models.PositiveSmallIntegerField(default=24)
    checklist = models.JSONField(default=list)

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "chain", "key"], name="approvals_step_key_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


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


def steps_for(role: str) -> tuple[str, ...]:
    """Roles of steps that a post may answer: its own, and those below it in the line (T8)."""
    return LADDER[: LADDER.index(role) + 1] if role in LADDER else (role,)


class TaskQuerySet(models.QuerySet):
    """Tasks as the inbox reads them."""

    def waiting_for(self, member: Member) -> "TaskQuerySet":
        """Open tasks of the member, and the company's queue for whoever administers it.

        A task follows the post: whoever has left it since is not asked any more (ORG-1.6).
        """
        holds = models.Q(pk__in=())
        for seat in member.scope.seats:
            holds |= models.Q(
                step__role__in=steps_for(seat.role),
                case__org_path__gte=seat.path,
                case__org_path__lt=after(seat.path),
            )
        mine = models.Q(member=member) & holds
        if Role.COMPANY_ADMIN in member.scope.roles or Role.MANAGEMENT in member.scope.roles:
            mine |= models.Q(member=None)
        return self.filter(mine, state=Task.State.OPEN).exclude(case__owner=member)


class Task(CompanyModel):
    """One person asked at one step of one round; without a member it stands in the company's queue.

    Several open tasks of one step mean: any one of them decides, the others become void.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        OPEN = "open", _("To be decided")
        DONE = "done", _("Done")
        VOID = "void", _("No longer needed")

    case = Link(Case, models.PROTECT, related_name="tasks")
    round = models.PositiveSmallIntegerField()
    step = Link(Step, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    member = Link(Member, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    because = models.JSONField(default=dict)
    opened_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        indexes = [
            models.Index(
                fields=["company", "member", "due_at"],
                name="approvals_task_open",
                condition=models.Q(state="open"),
            ),
            models.Index(fields=["case", "round"], name="approvals_task_of_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.step_id} {self.state}"


class Version(CompanyModel):
    """What exactly was submitted in a round; resubmission shows what changed."""

    case = Link(Case, models.PROTECT, related_name="versions")
    round = models.PositiveSmallIntegerField()
    snapshot = models.JSONField()
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


class Decision(CompanyModel):
    """One act on a case, with the hash of what was shown. Added, never changed."""

    case = Link(Case, models.PROTECT, related_name="decisions")
    round = models.PositiveSmallIntegerField()
    task = Link(Task, models.PROTECT, null=True, related_name="+")
    step_name = models.CharField(max_length=60, blank=True)
    verb = models.CharField(max_length=20)
    by = Link(Member, models.PROTECT, related_name="+")
    behalf = Link(Member, models.PROTECT, null=True, related_name="+")
    comment = models.TextField(blank=True)
    checklist = models.JSONField(default=dict)
    content_hash = models.CharField(max_length=66)
    because = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    ip = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ("at", "id")
        indexes = [models.Index(fields=["case", "at"], name="approvals_decision_of_case")]

    def __str__(self) -> str:
        return f"{self.verb} {self.case_id}"


CaseQuerySet = OwnedQuerySet
Snapshot = dict[str, Any]
