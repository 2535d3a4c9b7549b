"""Audit lines, the head of each company's chain, and refusals."""

from django.db import models
from django.utils import timezone

from tenancy.models import CompanyModel


class AuditLine(CompanyModel):
    """GOV-1.2: one business act. The application may add lines, never change or remove them."""

    seq = models.BigIntegerField()
    at = models.DateTimeField()
    verb = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60, blank=True)
    behalf_id = models.BigIntegerField(null=True)
    behalf_name = models.CharField(max_length=60, blank=True)
    object_kind = models.CharField(max_length=60)
    object_id = models.BigIntegerField(null=True)
    object_name = models.CharField(max_length=120, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    note = models.TextField(blank=True)
    ip = models.GenericIPAddressField(null=True)
    channel = models.CharField(max_length=10)
    previous = models.CharField(max_length=66)
    hash = models.CharField(max_length=66)

    class Meta:
        ordering = ("seq",)
        constraints = [
            models.UniqueConstraint(fields=["company", "seq"], name="audit_line_seq_once")
        ]
        indexes = [
            models.Index(
                fields=["company", "object_kind", "object_id", "-seq"], name="audit_line_of_object"
            ),
            models.Index(fields=["company", "actor_id", "-at"], name="audit_line_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.verb}"


class Head(CompanyModel):
    """The end of a company's chain; its row lock is what keeps the chain single."""

    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=66, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company"], name="audit_head_once")]

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"


class Refusal(CompanyModel):
    """ORG-1.6: a request that was refused. Written after the rollback, in its own transaction."""

    at = models.DateTimeField(default=timezone.now)
    member_id = models.BigIntegerField(null=True)
    status = models.PositiveSmallIntegerField()
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=300)
    rule = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=40, blank=True)
    ip = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [models.Index(fields=["company", "-at"], name="audit_refusal_recent")]

    def __str__(self) -> str:
        return f"{self.status} {self.path}"
