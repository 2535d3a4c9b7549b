"""When a member looked into the inbox last."""

from django.db import models

from org.models import Member
from tenancy.models import CompanyModel, Link


class InboxVisit(CompanyModel):
    """One row a member: the last look, and the end of the visit before the present one."""

    member = Link(Member, models.CASCADE, related_name="+")
    at = models.DateTimeField()
    before = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "member"], name="approvals_inbox_visit_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.at:%Y-%m-%d %H:%M}"
