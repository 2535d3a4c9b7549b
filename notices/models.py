"""One notice for one member, the mail it goes into, and what each member wants to be told."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from org.models import Member
from tenancy.models import CompanyModel, Link


class NoticeQuerySet(models.QuerySet):
    """A notice is its reader's alone, whatever posts others hold."""

    def visible_to(self, member: Member) -> "NoticeQuerySet":
        return self.filter(member=member)

    def on_page(self) -> "NoticeQuerySet":
        return self.filter(is_on_page=True)

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)

    def to_mail(self) -> "NoticeQuerySet":
        """What a mail has still to tell: chosen, unread, and in no mail yet."""
        return self.unread().filter(mail=None).exclude(way="")


class Channel(models.TextChoices):
    """By what a member learns of a topic."""

    PAGE = "page", _("On the page")
    MAIL = "mail", _("In the daily mail")
    NOW = "now", _("By mail at once")


class Mail(CompanyModel):
    """One e-mail to one member: what waits is looked up when it goes out.

    `period` is the day of a daily mail, and the first notice of one that goes at once.
    """

    class Kind(models.TextChoices):
        DAY = "day", _("Daily mail")
        NOW = "now", _("Mail at once")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        SENT = "sent", _("Sent")
        DROPPED = "dropped", _("Not needed any more")
        FAILED = "failed", _("Given up")

    member = Link(Member, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=4, choices=Kind)
    period = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            # two beats at once make one mail
            models.UniqueConstraint(
                fields=["company", "member", "kind", "period"], name="notices_mail_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["company", "due_at"],
                condition=models.Q(state="waiting"),
                name="notices_mail_waiting",
            ),
            models.Index(fields=["company", "-created_at"], name="notices_mail_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.period} {self.member_id}"


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
    is_on_page = models.BooleanField(default=True, db_default=True)
    # how it is mailed, if at all, and the mail that told it
    way = models.CharField(max_length=4, blank=True, default="", db_default="")
    mail = Link(Mail, models.SET_NULL, null=True, related_name="notices")
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
            models.Index(
                fields=["member"],
                condition=models.Q(read_at=None, mail=None) & ~models.Q(way=""),
                name="notices_notice_to_mail",
            ),
            models.Index(fields=["company", "created_at"], name="notices_notice_age"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.pk}"


class Choice(CompanyModel):
    """Whether a member wants one topic by one channel; without a row it is told, not at once."""

    Channel = Channel

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


class Letterbox(CompanyModel):
    """When mail may reach a member, where it differs from the company's hours."""

    member = Link(Member, models.CASCADE, related_name="+")
    is_daily = models.BooleanField(default=True)
    digest_at = models.TimeField(null=True)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)

    class Meta:
        verbose_name = _("letterbox")
        verbose_name_plural = _("letterboxes")
        constraints = [
            models.UniqueConstraint(fields=["company", "member"], name="notices_letterbox_once")
        ]

    def __str__(self) -> str:
        return f"{self.member_id}"
