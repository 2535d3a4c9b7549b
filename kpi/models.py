"""The month, its freezes with what they counted, the review of each person, the re-opening."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.models import Document
from org.models import ColleagueQuerySet, Member, OwnedModel, Role, Unit
from tenancy.models import CompanyModel, Link

LONGEST = 2000
RUNNING = ("in_review",)


class PeriodQuerySet(ColleagueQuerySet):
    """Months by what has become of them."""

    def frozen(self) -> "PeriodQuerySet":
        return self.filter(state=Period.State.FROZEN)

    def unfrozen(self) -> "PeriodQuerySet":
        return self.exclude(state=Period.State.FROZEN)


class Period(CompanyModel):
    """KPI-2.1: one month, by its first day; `freeze` is the one in force, none after re-opening."""

    class State(models.TextChoices):
        OPEN = "open", _("Running")
        COLLECTING = "collecting", _("Collecting")
        FROZEN = "frozen", _("Frozen")

        @property
        def colour(self) -> str:
            return {"open": "blue", "collecting": "amber"}.get(self.value, "green")

    month = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    freeze = Link("kpi.Freeze", models.PROTECT, null=True, related_name="+")
    versions = models.PositiveSmallIntegerField(default=0)
    collects_until = models.DateField(null=True)
    opened_at = models.DateTimeField(default=timezone.now)
    collecting_at = models.DateTimeField(null=True)
    frozen_at = models.DateTimeField(null=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("period")
        verbose_name_plural = _("periods")
        ordering = ("-month",)
        constraints = [
            models.UniqueConstraint(fields=["company", "month"], name="kpi_period_once"),
            models.CheckConstraint(
                condition=models.Q(state="frozen", freeze__isnull=False)
                | (~models.Q(state="frozen") & models.Q(freeze=None)),
                name="kpi_period_frozen_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"

    @property
    def stage(self) -> "Period.State":
        return Period.State(self.state)

    @property
    def is_frozen(self) -> bool:
        return self.state == Period.State.FROZEN


class Freeze(CompanyModel):
    """One freezing of a month; added, never changed. Without `by` it was the clock.

    `prints` holds, for each measure and month up to this one, the fingerprint of the rollup it saw:
    the next freeze looks for late documents only where it differs.
    """

    period = Link(Period, models.PROTECT, related_name="freezes")
    version = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)
    by = Link(Member, models.PROTECT, null=True, related_name="+")
    measures = models.JSONField(default=list)
    prints = models.JSONField(default=dict)

    class Meta:
        ordering = ("version",)
        constraints = [
            models.UniqueConstraint(fields=["company", "period", "version"], name="kpi_freeze_once")
        ]

    def __str__(self) -> str:
        return f"{self.period_id} v{self.version}"


class CountedQuerySet(models.QuerySet):
    """Rows of a freeze, seen as the live figures are: one's own, and those of units one covers."""

    def visible_to(self, member: Member) -> "CountedQuerySet":
        """The tree is joined when it is read, so a team that moves takes its months along."""
        if member.scope.sees_all():
            return self.all()
        found = models.Q(owner=member)
        for low, high in member.scope.ranges("see"):
            found |= models.Q(unit__path__gte=low, unit__path__lt=high)
        return self.filter(found)

    def in_force(self) -> "CountedQuerySet":
        return self.filter(freeze__period__freeze=models.F("freeze"))


class Standing(CompanyModel):
    """Where somebody, or without an owner a unit, stood when the month was frozen; never changed.

    `place` is the unit's path of that day, so the tree of the month is known whatever moves later.
    """

    freeze = Link(Freeze, models.PROTECT, related_name="standings")
    owner = Link(Member, models.PROTECT, null=True, related_name="+")
    unit = Link(Unit, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role, blank=True)
    name = models.CharField(max_length=60)
    place = models.TextField(db_collation="C")

    objects = CountedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "freeze", "owner", "unit"],
                name="kpi_standing_once",
                nulls_distinct=False,
            )
        ]
        indexes = [models.Index(fields=["freeze", "place"], name="kpi_standing_place")]

    def __str__(self) -> str:
        return self.name


class Value(CompanyModel):
    """One frozen number of a person at a unit or, without an owner, of a unit and all below it.

    `month` is the true month of the documents: earlier than the period's for those that came late.
    `ids` and `numbers` are the documents counted, so that none is counted twice. Never changed.
    """

    freeze = Link(Freeze, models.PROTECT, related_name="values", db_index=False)
    measure = models.CharField(max_length=40)
    month = models.DateField()
    unit = Link(Unit, models.PROTECT, related_name="+", db_index=False)
    owner = Link(Member, models.PROTECT, null=True, related_name="+", db_index=False)
    number = models.DecimalField(max_digits=20, decimal_places=2)
    ids = ArrayField(models.BigIntegerField(), default=list)
    numbers = ArrayField(models.DecimalField(max_digits=20, decimal_places=2), default=list)

    objects = CountedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "freeze", "measure", "month", "unit", "owner"],
                name="kpi_value_once",
                nulls_distinct=False,
            )
        ]
        indexes = [
            models.Index(fields=["freeze", "owner", "unit"], name="kpi_value_of"),
            models.Index(fields=["owner", "month"], name="kpi_value_of_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.month:%Y-%m} {self.number}"


class Review(OwnedModel):
    """KPI-2.8: one person's month: the post of that month, and what is said about it."""

    period = Link(Period, models.PROTECT, related_name="reviews")
    role = models.CharField(max_length=20, choices=Role, blank=True)

    class Meta(OwnedModel.Meta):
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            models.UniqueConstraint(fields=["company", "period", "owner"], name="kpi_review_once")
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.owner}"

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label) if self.role else ""


class Comment(CompanyModel):
    """What one person says of a review: the reviewed one or a leader, each only his own words."""

    review = Link(Review, models.PROTECT, related_name="comments")
    by = Link(Member, models.PROTECT, related_name="+")
    text = models.TextField(_("comment"), max_length=LONGEST)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("created_at", "id")
        constraints = [
            models.UniqueConstraint(fields=["company", "review", "by"], name="kpi_comment_once")
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Reopening(Document):
    """KPI-2.1: the wish to re-open the month frozen last, with its reason."""

    period = Link(Period, models.PROTECT, related_name="reopenings", verbose_name=_("month"))
    reason = models.TextField(_("reason"), max_length=LONGEST)

    class Meta(OwnedModel.Meta):
        verbose_name = _("re-opening of a month")
        verbose_name_plural = _("re-openings of months")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "period"],
                condition=models.Q(status__in=RUNNING),
                name="kpi_reopening_one",
                violation_error_message=_("There is a request for this month already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.period}".strip()
