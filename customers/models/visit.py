"""Visits, from the plan to the result."""

from datetime import date
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer, Shown
from org.models import Member, OwnedModel, OwnedQuerySet
from tenancy.models import Link
from tenancy.params import param


def archived() -> models.QuerySet:
    """The few customers whose plans rest: asked for apart, so that no list of visits joins them."""
    return Customer.objects.exclude(archived_at=None).order_by().values("pk")


class VisitQuerySet(OwnedQuerySet):
    """Visits by their state and day."""

    def planned(self) -> "VisitQuerySet":
        """Plans that still stand: those of an archived customer rest until it is restored."""
        return self.filter(status=Visit.Status.PLANNED).exclude(customer__in=archived())

    def overdue(self, on: date) -> "VisitQuerySet":
        return self.planned().filter(planned_on__lt=on)

    def by_day(self) -> "VisitQuerySet":
        """The latest day first, along the index of a state and its days."""
        return self.order_by("-planned_on", "-id")

    def of_day(self, day: date) -> "VisitQuerySet":
        """Planned for the day or under way or finished on it, as the day's round shows them."""
        return self.filter(planned_on=day).standing()

    def standing(self) -> "VisitQuerySet":
        """Neither cancelled nor the plan of an archived customer."""
        rest = models.Q(status=Visit.Status.PLANNED, customer__in=archived())
        return self.exclude(status=Visit.Status.CANCELLED).exclude(rest)


class Visit(OwnedModel):
    """CUS-1.8: a contact with a customer, from its plan to its result. The owner is who visits."""

    reach = ("self", "customer")
    shown_with = ("owner", "unit", "customer")

    class Kind(models.TextChoices):
        FIELD = "field", _("On site")
        PHONE = "phone", _("By telephone")
        WECHAT = "wechat", _("By WeChat")
        VIDEO = "video", _("By video")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        OPEN = "open", _("Under way")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

        @property
        def colour(self) -> str:
            return {"planned": "info", "open": "blue", "done": "green"}.get(self, "grey")

    customer = Link(Customer, models.PROTECT, related_name="visits", verbose_name=_("customer"))
    # whose customer it is, kept by the database: its owner sees the visits others make there
    keeper = Link(Member, models.PROTECT, blank=True, editable=False, related_name="+")
    kind = models.CharField(_("kind of visit"), max_length=8, choices=Kind, default=Kind.FIELD)
    purpose = models.CharField(_("purpose"), max_length=200, blank=True)
    # for a visit without a plan the day of the check-in, so that one column orders every list
    planned_on = models.DateField(_("day"), default=timezone.localdate)
    planned_time = models.TimeField(_("time"), null=True, blank=True)
    is_planned = models.BooleanField(default=True, editable=False)
    status = models.CharField(
        _("status"), max_length=10, choices=Status, default=Status.PLANNED, editable=False
    )
    checked_in_at = models.DateTimeField(null=True, editable=False)
    checked_out_at = models.DateTimeField(null=True, editable=False)
    is_unclosed = models.BooleanField(default=False, editable=False)
    lat = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    lng = models.DecimalField(max_digits=9, decimal_places=6, null=True, blank=True)
    accuracy = models.DecimalField(max_digits=8, decimal_places=1, null=True, blank=True)
    # T1.3: browsers give WGS-84; points of other origin must say so
    datum = models.CharField(max_length=8, default="WGS-84", editable=False)
    met = models.CharField(_("people met"), max_length=200, blank=True)
    summary = models.TextField(_("what was discussed"), max_length=4000, blank=True)
    rival_news = models.TextField(_("news of rivals"), max_length=2000, blank=True)
    next_step = models.CharField(_("next step"), max_length=200, blank=True)
    next_on = models.DateField(_("next visit on"), null=True, blank=True)
    cancel_reason = models.CharField(_("reason"), max_length=200, blank=True)
    client_uuid = models.UUIDField(null=True, blank=True, editable=False)

    objects = VisitQuerySet.as_manager()

    class Meta(OwnedModel.Meta):
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "client_uuid"],
                condition=models.Q(client_uuid__isnull=False),
                name="customers_visit_sent_once",
            ),
            models.UniqueConstraint(
                fields=["company", "owner"],
                condition=models.Q(status="open"),
                name="customers_visit_one_open",
                violation_error_message=_("Another visit is still under way."),
            ),
            models.CheckConstraint(
                condition=models.Q(lat__isnull=True, lng__isnull=True)
                | models.Q(lat__range=(-90, 90), lng__range=(-180, 180)),
                name="customers_visit_position",
                violation_error_message=_("This is not a position on the earth."),
            ),
        ]
        indexes = [
            *OwnedModel.Meta.indexes,
            models.Index(fields=["owner", "planned_on", "id"], name="customers_visit_own_day"),
            models.Index(fields=["customer", "-planned_on", "-id"], name="customers_visit_of"),
            models.Index(
                fields=["company", "status", "-planned_on", "-id"], name="customers_visit_day"
            ),
            models.Index(fields=["company", "-planned_on", "-id"], name="customers_visit_any_day"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} · {self.planned_on}"

    @property
    def is_overdue(self) -> bool:
        return self.status == self.Status.PLANNED and self.planned_on < timezone.localdate()

    @property
    def state(self) -> "Shown":
        """T2: what the pill says; overdue is computed, never stored."""
        if self.is_overdue:
            return Shown(_("Overdue"), "red")
        if self.is_unclosed:
            return Shown(_("Not checked out"), "amber")
        status = self.Status(self.status)
        return Shown(status.label, status.colour)

    @property
    def stay_minutes(self) -> int | None:
        """T1.6: unknown when nobody checked out."""
        if self.is_unclosed or not (self.checked_in_at and self.checked_out_at):
            return None
        return int((self.checked_out_at - self.checked_in_at).total_seconds() // 60)

    @property
    def position_note(self) -> Any:
        """T1.2: how far the stored position can be trusted."""
        if self.lat is None:
            return _("without position")
        if self.accuracy is None or self.accuracy > param("visits.weak_accuracy"):
            return _("no valid position")
        if self.accuracy > param("visits.rough_accuracy"):
            return _("rough position")
        return _("with position")
