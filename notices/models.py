"""One notice for one member, and what each member wants to be told."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from org.models import Member
from tenancy.models import CompanyModel, Link


class NoticeQuerySet(models.QuerySet):
    """A notice is its reader's alone, whatever posts others hold."""

    def visible_to(self, member: Member) -> "NoticeQuerySet":
        return self.filter(member=member)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class Notice(CompanyModel):
    """News for one member about one record; the sentence is made when it is read.

    `text` is a msgid, filled from `values` (nothing that the reader may lose sight of) and, while
    the reader sees the record, from its name. Without a `kind` it is about no single record.
    """

    member = Link(Member, models.PROTECT, related_name="+")
    topic = models.CharField(max_length=40)
    text = models.CharField(max_length=200)
    values = models.JSONField(default=dict)
    kind = models.CharField(max_length=40, blank=True)
    target_id = models.BigIntegerField(null=True)
    by = Link(Member, models.PROTECT, null=True, related_name="+")
    event = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    read_at = models.DateTimeField(null=True, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            # news may be delivered twice, and is told once
            models.UniqueConstraint(
                fields=["company", "member", "event"], name="notices_notice_once"
            )
        ]
        indexes = [
            models.Index(fields=["member", "-created_at", "-id"], name="notices_notice_of"),
            models.Index(
                fields=["member"],
                condition=models.Q(read_at=None),
                name="notices_notice_unread",
            ),
            models.Index(fields=["company", "created_at"], name="notices_notice_age"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


class Choice(CompanyModel):
    """Whether a member wants one topic by one channel; without a row it is told."""

    class Channel(models.TextChoices):
        PAGE = "page", _("On the page")

    member = Link(Member, models.CASCADE, related_name="+")
    topic = models.CharField(max_length=40)
    channel = models.CharField(max_length=8, choices=Channel, default=Channel.PAGE)
    is_on = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("choice of notices")
        verbose_name_plural = _("choices of notices")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "member", "topic", "channel"], name="notices_choice_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.member_id} {self.topic} {self.channel}"
