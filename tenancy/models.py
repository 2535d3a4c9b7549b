"""The company, the base of every business table, and the company-wide plumbing rows."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _

from tenancy import context
from tenancy.constraints import Link

__all__ = ["Company", "CompanyModel", "IdempotencyKey", "JobRun", "Link", "Outbox", "Param"]


class Company(models.Model):
    """A tenant. The one table of business meaning without row security: it is the row security."""

    name = models.CharField(_("company name"), max_length=100)
    slug = models.SlugField(_("short name"), max_length=40, unique=True)
    credit_code = models.CharField(_("credit code"), max_length=18, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    bank_name = models.CharField(_("bank"), max_length=100, blank=True)
    bank_account = models.CharField(_("account number"), max_length=40, blank=True)
    # standing clauses of its contracts, a paragraph a line; a submitted contract keeps its own copy
    terms = models.TextField(_("standing clauses"), max_length=20_000, blank=True)
    zone = models.CharField(_("time zone"), max_length=40, default="Asia/Shanghai")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.name


class CompanyModel(models.Model):
    """Base of every business table: its company, row security and company-wide keys."""

    is_company_model = True

    company = models.ForeignKey(
        Company, models.PROTECT, default=context.current, editable=False, related_name="+"
    )

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field: models.Field) -> Any:  # noqa: N802
        """Django hashes every choice, which translates every label, to find the one."""
        value = getattr(self, field.attname)
        return force_str(dict(field.flatchoices).get(value, value), strings_only=True)


class Param(CompanyModel):
    """A company's value of one parameter for a range of days."""

    key = models.CharField(max_length=60)
    value = models.JSONField()
    during = DateRangeField()
    document = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="tenancy_param_no_overlap",
                expressions=[
                    ("company", RangeOperators.EQUAL),
                    ("key", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class Sequence(CompanyModel):
    """The last number taken of one kind of document in one period (T15)."""

    key = models.CharField(max_length=40)
    period = models.CharField(max_length=10, blank=True)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "key", "period"], name="tenancy_sequence_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.period} {self.last}"


class WorkDay(CompanyModel):
    """A day that differs from Monday-to-Friday in the company's calendar (T11)."""

    date = models.DateField()
    is_workday = models.BooleanField()
    name = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "date"], name="tenancy_workday_once")
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class Outbox(CompanyModel):
    """News to be delivered after the transaction that wrote it: the truth behind every message."""

    topic = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["company", "due_at"],
                name="tenancy_outbox_waiting",
                condition=models.Q(sent_at=None),
            )
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


class IdempotencyKey(CompanyModel):
    """The answer once given to a key: a repeated request repeats the answer, not the act."""

    member_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    location = models.CharField(max_length=500, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "member_id", "key"], name="tenancy_idempotency_once"
            )
        ]

    def __str__(self) -> str:
        return self.key


class JobRun(CompanyModel):
    """One claim of (job, period, subject): whoever inserts it does the work, exactly once."""

    job = models.CharField(max_length=60)
    period = models.CharField(max_length=20)
    subject = models.CharField(max_length=60, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    did = models.JSONField(default=dict)
    error = models.CharField(max_length=100, blank=True, default="", db_default="")
    tries = models.PositiveSmallIntegerField(default=0, db_default=0)
    # the member who wanted it now
    asked_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "job", "period", "subject"], name="tenancy_jobrun_once"
            )
        ]
        indexes = [
            models.Index(fields=["company", "job", "-started_at"], name="tenancy_jobrun_last")
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.period} {self.subject}"
