"""Who is asked, and who stands in for whom: tasks and delegations."""

from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.kinds import kinds
from approvals.models.case import Case, Step
from org.access import after
from org.models import Member, Post, Role
from org.roles import LADDER, above
from tenancy.models import CompanyModel, Link

ADDED = ("before", "after", "parallel")
TOLD_FOR = timedelta(days=1)


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
        mine = models.Q(stand_in=member)
        side = models.Case(models.When(mine, value("stand_in")), default=value("stood_for"))
        return (
            self.in_force()
            .filter(mine | models.Q(principal=member))
            .order_by()
            .values_list(
                side, value(""), value(""), value(""), value(""), never,
                "principal_id", value(value=False), value(day), "pk",
            )
        )  # fmt: skip

    def visible_to(self, member: Member) -> "DelegationQuerySet":
        """One's own, those of one's staff, and all of them for the administrator."""
        if Role.COMPANY_ADMIN in member.scope.roles:
            return self.all()
        led, day = models.Q(pk__in=()), timezone.localdate()
        for low, high in member.scope.ranges("lead"):
            led |= models.Q(unit__path__gte=low, unit__path__lt=high)
        # the posts of today, as the rule asks them: also of somebody who was switched off
        today = models.Q(ends_on=None) | models.Q(ends_on__gte=day)
        staff = Post.objects.filter(led, today, starts_on__lte=day).values("member")
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
        mine = held(member)
        if Role.COMPANY_ADMIN in member.scope.roles or Role.MANAGEMENT in member.scope.roles:
            mine |= models.Q(member=None)
        is_open = models.Q(state=Task.State.OPEN)
        # ORG-1.3: who submitted it or wrote any of it is asked nothing about it
        own = models.Q(case__owner=member) | models.Q(case__writers__contains=member.pk)
        if not member.scope.stands_in:
            # nearly everybody, nearly always; the database takes 70 ms to plan the other half
            return self.filter(mine, is_open).exclude(own)
        found = Task.objects.filter(mine, is_open).order_by().values("pk")
        lent = Task.objects.filter(is_open).lent_to(member).order_by().values("pk")
        return self.filter(pk__in=found.union(lent)).exclude(own)

    def held_by(self, member: Member) -> "TaskQuerySet":
        """The member's own, in whatever state, as far as a post of today still covers them."""
        return self.filter(held(member))

    def seen_by(self, member: Member) -> "TaskQuerySet":
        """What waits for the member, and while he stands in what was answered for another.

        He whom the other forestalled reads for a day who did: a page left open is told (409), not
        shut (404).
        """
        if not member.scope.stands_in:
            return self.waiting_for(member)
        answered = Task.objects.filter(done_by=member).exclude(member=member).lent_to(member)
        forestalled = Task.objects.exclude(opened_at=None).lent_to(
            member,
            closed_at__gte=timezone.now() - TOLD_FOR,
            closed_at__gt=models.F("member__delegations__created_at"),
        )
        found = Task.objects.waiting_for(member).order_by().values("pk")
        late = forestalled.exclude(case__owner=member).order_by().values("pk")
        return self.filter(pk__in=found.union(answered.order_by().values("pk"), late))

    def of_oneself_first(self, member: Member) -> "TaskQuerySet":
        """One's own before what is lent, and both before the company's queue."""
        mine = models.Case(models.When(member=member, then=0), default=1)
        nobodys = models.Case(models.When(member=None, then=1), default=0)
        return self.order_by(nobodys, mine, "position", "id")

    def lent_to(self, member: Member, **more: Any) -> "TaskQuerySet":
        """T8: tasks of those for whom the member stands in today.

        He holds the step's role or a higher one himself, the other still holds his post, and the
        submitter is not the stand-in's own superior.
        """
        roles = {role for seat in member.scope.seats for role in steps_for(seat.role)}
        superior = models.Q(pk__in=())
        for seat in member.scope.seats:
            superior |= models.Q(unit_id__in=ids_of(seat.path), role__in=above(seat.role))
        bosses = Post.objects.in_force().filter(superior).values("member")
        lent = self.lent(member__delegations__stand_in=member, step__role__in=roles, **more)
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


def held(member: Member) -> models.Q:
    """Asked by name, and by a post of today or in addition to somebody."""
    holds = models.Q(way__in=ADDED)
    for seat in member.scope.seats:
        answers = models.Q(step__role__in=steps_for(seat.role))
        if seat.role in LADDER:
            # asked as one of those on the way up to the step's role
            answers |= models.Q(step__mode=Step.Mode.UPWARD)
        low, high = seat.path, after(seat.path)
        holds |= models.Q(answers, case__org_path__gte=low, case__org_path__lt=high)
    return models.Q(member=member) & holds


def ids_of(path: str) -> list[int]:
    """Ids of the units from the root down to the end of a path."""
    return [int(part) for part in path.split("/") if part]


class Task(CompanyModel):
    """One person asked at one step of one round; without a member it stands in the company's queue.

    `way` says how the person came to it; `source` is the task it was moved from or added to.
    """

    class Way(models.TextChoices):
        CHAIN = "", _("by the chain")
        TRANSFER = "transfer", _("transferred")
        BEFORE = "before", _("signs before me")
        AFTER = "after", _("signs after me")
        PARALLEL = "parallel", _("signs beside me")

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
    way = models.CharField(max_length=8, choices=Way, default=Way.CHAIN, blank=True)
    source = Link("self", models.PROTECT, null=True, related_name="+")
    because = models.JSONField(default=dict)
    opened_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    told = models.JSONField(default=list)

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

    @property
    def is_added(self) -> bool:
        return self.way in ADDED
