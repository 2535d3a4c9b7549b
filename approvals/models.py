"""Chains as data, the running case of a document, its tasks, versions and decisions."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.kinds import kinds
from org.access import after
from org.models import Member, OwnedModel, OwnedQuerySet, Post, Role
from org.roles import LADDER, above
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


class DelegationQuerySet(models.QuerySet):
    """Stand-ins by time and by who may look at them."""

    def in_force(self, on: date | None = None) -> "DelegationQuerySet":
        day = on or timezone.localdate()
        return self.filter(
            starts_on__lte=day, ends_on__gte=day, ended_at=None, stand_in__is_active=True
        )

    def told_to_scope(self, member: Member) -> models.QuerySet:
        """Rows for `org.access.stand_ins`."""
        value, day = models.Value, timezone.localdate()
        never = value(None, output_field=models.DateTimeField())
        return (
            self.in_force()
            .filter(stand_in=member)
            .order_by()
            .values_list(
                value("stand_in"), value(""), value(""), value(""), value(""), never,
                "principal_id", value(value=False), value(day), "pk",
            )
        )  # fmt: skip

    def visible_to(self, member: Member) -> "DelegationQuerySet":
        """One's own, those of one's staff, and all of them for the administrator."""
        if Role.COMPANY_ADMIN in member.scope.roles:
            return self.all()
        led = models.Q(pk__in=())
        for low, high in member.scope.ranges("lead"):
            led |= models.Q(unit__path__gte=low, unit__path__lt=high)
        staff = Post.objects.filter(led).values("member")
        mine = models.Q(principal=member) | models.Q(stand_in=member) | models.Q(made_by=member)
        return self.filter(mine | models.Q(principal__in=staff))


class Delegation(CompanyModel):
    """T8: one member decides for another from a first to a last day; the other stays responsible.

    No kinds of document means all of them. There are no chains: what somebody holds for another is
    not passed on to his own stand-in.
    """

    principal = Link(
        Member, models.PROTECT, related_name="delegations", verbose_name=_("decided for")
    )
    stand_in = Link(Member, models.PROTECT, related_name="+", verbose_name=_("stand-in"))
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    kinds = models.JSONField(_("kinds of document"), default=list, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    made_by = Link(Member, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = Link(Member, models.PROTECT, null=True, editable=False, related_name="+")

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = _("stand-in")
        verbose_name_plural = _("stand-ins")
        ordering = ("-starts_on", "-id")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="approvals_delegation_order",
                violation_error_message=_("The last day cannot be before the first."),
            ),
            models.CheckConstraint(
                condition=~models.Q(principal=models.F("stand_in")),
                name="approvals_delegation_two",
                violation_error_message=_("Nobody stands in for himself."),
            ),
        ]
        indexes = [
            models.Index(fields=["company", "stand_in", "ends_on"], name="approvals_stand_in"),
            models.Index(fields=["company", "principal", "ends_on"], name="approvals_principal"),
        ]

    def __str__(self) -> str:
        return f"{self.stand_in} → {self.principal}"

    @property
    def stage(self) -> str:
        """ahead, now or over."""
        today = timezone.localdate()
        if self.ended_at or self.ends_on < today:
            return "over"
        return "ahead" if self.starts_on > today else "now"


class TaskQuerySet(models.QuerySet):
    """Tasks as the inbox reads them."""

    def waiting_for(self, member: Member) -> "TaskQuerySet":
        """Open tasks of the member, of whom he stands in for, and of the company's queue.

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
        is_open = models.Q(state=Task.State.OPEN)
        if not member.scope.stands_in:
            # nearly everybody, nearly always; the database takes 70 ms to plan the other half
            return self.filter(mine, is_open).exclude(case__owner=member)
        found = Task.objects.filter(mine, is_open).order_by().values("pk")
        lent = Task.objects.filter(is_open).lent_to(member).order_by().values("pk")
        return self.filter(pk__in=found.union(lent)).exclude(case__owner=member)

    def seen_by(self, member: Member) -> "TaskQuerySet":
        """What waits for the member, and what he has answered for another while he stands in."""
        answered = Task.objects.filter(done_by=member).exclude(member=member)
        answered = answered.lent_to(member).order_by().values("pk")
        return self.filter(
            pk__in=Task.objects.waiting_for(member).order_by().values("pk").union(answered)
        )

    def of_oneself_first(self, member: Member) -> "TaskQuerySet":
        """One's own before what is lent, and both before the company's queue."""
        mine = models.Case(models.When(member=member, then=0), default=1)
        nobodys = models.Case(models.When(member=None, then=1), default=0)
        return self.order_by(nobodys, mine, "position", "id")

    def lent_to(self, member: Member) -> "TaskQuerySet":
        """T8: tasks of those for whom the member stands in today.

        He holds the step's role or a higher one himself, the other still holds his post, and the
        submitter is not the stand-in's own superior.
        """
        roles = {role for seat in member.scope.seats for role in steps_for(seat.role)}
        superior = models.Q(pk__in=())
        for seat in member.scope.seats:
            superior |= models.Q(unit_id__in=ids_of(seat.path), role__in=above(seat.role))
        bosses = Post.objects.in_force().filter(superior).values("member")
        lent = self.lent(member__delegations__stand_in=member, step__role__in=roles)
        return lent.exclude(case__owner__in=bosses)

    def lent(self, **more: Any) -> "TaskQuerySet":
        """Tasks of members who have a stand-in today for this kind of document."""
        day = timezone.localdate()
        of_kind = models.Q(member__delegations__kinds=[])
        for name in kinds:
            of_kind |= models.Q(member__delegations__kinds__contains=[name], case__kind=name)
        seat = models.Q(member__posts__role=models.F("step__role"))
        for role in LADDER:
            seat |= models.Q(member__posts__role=role, step__role__in=steps_for(role))
        open_ended = models.Q(member__posts__ends_on=None) | models.Q(
            member__posts__ends_on__gte=day
        )
        # one call: all conditions are about the same delegation and the same post
        return self.filter(
            of_kind,
            seat,
            open_ended,
            member__posts__starts_on__lte=day,
            case__org_path__startswith=models.F("member__posts__unit__path"),
            member__delegations__starts_on__lte=day,
            member__delegations__ends_on__gte=day,
            member__delegations__ended_at=None,
            member__delegations__stand_in__is_active=True,
            **more,
        )


def ids_of(path: str) -> list[int]:
    """Ids of the units from the root down to the end of a path."""
    return [int(part) for part in path.split("/") if part]


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
    done_by = Link(Member, models.PROTECT, null=True, related_name="+")
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
