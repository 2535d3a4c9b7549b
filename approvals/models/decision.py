"""What was done on a case, added and never changed, and who was given a copy."""

from django.db import models
from django.utils import timezone

from approvals.models.case import Case
from approvals.models.task import Task
from org.models import Member
from tenancy.models import CompanyModel, Link


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
    people = models.JSONField(default=list)
    content_hash = models.CharField(max_length=66)
    because = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)
    ip = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ("at", "id")
        indexes = [models.Index(fields=["case", "at"], name="approvals_decision_of_case")]

    def __str__(self) -> str:
        return f"{self.verb} {self.case_id}"


class Copy(CompanyModel):
    """T8 抄送: somebody who may read a case and decides nothing."""

    case = Link(Case, models.PROTECT, related_name="copies")
    member = Link(Member, models.PROTECT, related_name="+")
    by = Link(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-id")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "case", "member"], name="approvals_copy_once"
            )
        ]
        indexes = [models.Index(fields=["company", "member", "-at"], name="approvals_copy_of")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.member_id}"
