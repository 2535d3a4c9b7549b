"""One table for all applications: the answers to a declared form, and what is reckoned of them."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from applications.declaring import APP, Form, forms
from approvals.models import Document, Status
from org.models import Member
from tenancy.models import Link

STANDING = (Status.IN_REVIEW, Status.APPROVED)


class Application(Document):
    """One filled-in form. `kind` is the key of its declaration, which says what `answers` hold."""

    kind = models.CharField(_("form"), max_length=20)
    answers = models.JSONField(_("answers"), default=dict)
    # reckoned of the answers whenever they are saved
    title = models.CharField(_("title"), max_length=160, editable=False)
    begins_on = models.DateField(_("first day"), null=True, editable=False)
    ends_on = models.DateField(_("last day"), null=True, editable=False)
    days = models.DecimalField(
        _("working days"), max_digits=5, decimal_places=1, null=True, editable=False
    )
    amount = models.DecimalField(
        _("amount"), max_digits=17, decimal_places=2, default=Decimal(0), editable=False
    )
    # who asked and where, as they were called when it was submitted
    frozen = models.JSONField(default=dict, editable=False)
    copied_from = Link("self", models.PROTECT, null=True, editable=False, related_name="copies")

    class Meta(Document.Meta):
        abstract = False
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["company", "number"],
                condition=~Q(number=""),
                name="applications_number_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=models.F("begins_on")),
                name="applications_days_in_order",
                violation_error_message=_("The end cannot be before the beginning."),
            ),
        ]
        indexes = [
            *Document.Meta.indexes,
            models.Index(fields=["owner", "kind", "ends_on"], name="applications_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()

    @property
    def declared(self) -> Form:
        return forms[self.kind]

    @property
    def kind_name(self) -> str:
        return f"{APP}.{self.kind}"

    def standing(self) -> models.QuerySet["Application"]:
        """The person's others of this form that are in review or approved.

        Whoever asks holds the person's row, so that two submissions cannot both find a day free.
        """
        person = Member.objects.select_for_update(no_key=True, of=("self",))
        person.get(pk=self.owner_id)
        others = Application.objects.filter(owner=self.owner_id, kind=self.kind)
        return others.filter(status__in=STANDING).exclude(pk=self.pk)

    def meeting(self, said: Any) -> "Application | None":
        """The first of those that shares a half-day with the days said."""
        span = self.declared.span(said)
        near = self.standing().filter(begins_on__lte=span.last, ends_on__gte=span.first)
        for other in near.order_by("begins_on", "id"):
            if other.declared.span(other.declared.said(other.answers)).meets(span):
                return other
        return None
