"""What gathers about a customer: tiers, owners, talks, and who else may see it."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from customers.models.customer import Customer, Tier
from org.models import Member, OwnedModel, OwnedQuerySet, Unit
from tenancy.models import CompanyModel, Link


class TierChange(CompanyModel):
    """CUS-3.8: one change of tier with its reason. Added, never changed."""

    reach = ("customer",)

    customer = Link(Customer, models.PROTECT, related_name="tier_changes")
    old = models.CharField(max_length=1, choices=Tier)
    new = models.CharField(max_length=1, choices=Tier)
    reason = models.CharField(max_length=300)
    by = Link(Member, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["customer", "-at"], name="customers_tierchange_of")]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class OwnerHistory(CompanyModel):
    """CUS-1.10: one hand-over of one customer, with its reason. Added, never changed."""

    reach = ("customer",)

    customer = Link(Customer, models.PROTECT, related_name="owner_history")
    old = Link(Member, models.PROTECT, related_name="+")
    new = Link(Member, models.PROTECT, related_name="+")
    old_unit = Link(Unit, models.PROTECT, related_name="+")
    new_unit = Link(Unit, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    by = Link(Member, models.PROTECT, related_name="+")
    # one moment for all customers of one act, so that they can be told together
    at = models.DateTimeField(default=timezone.now)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-at"], name="customers_ownerhistory_of"),
            models.Index(fields=["old", "-at"], name="customers_ownerhistory_old"),
            models.Index(fields=["new", "-at"], name="customers_ownerhistory_new"),
        ]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"


class Note(OwnedModel):
    """T4.5: a call or a message without a visit; it counts as contact."""

    reach = ("self", "customer")

    class Kind(models.TextChoices):
        CALL = "call", _("Telephone call")
        WECHAT = "wechat", _("WeChat message")
        MAIL = "mail", _("E-mail")
        OTHER = "other", _("Other")

    customer = Link(Customer, models.PROTECT, related_name="talks")
    keeper = Link(Member, models.PROTECT, blank=True, editable=False, related_name="+")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind, default=Kind.CALL)
    text = models.TextField(_("what was said"), max_length=2000)

    class Meta(OwnedModel.Meta):
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [
            *OwnedModel.Meta.indexes,
            models.Index(fields=["customer", "-created_at", "-id"], name="customers_note_of"),
        ]

    def __str__(self) -> str:
        return f"{self.customer} · {self.get_kind_display()}"


class CustomerShareQuerySet(models.QuerySet):
    """Shares by time."""

    def in_force(self) -> "CustomerShareQuerySet":
        return self.filter(models.Q(valid_until=None) | models.Q(valid_until__gt=timezone.now()))


class CustomerShare(CompanyModel, UserObjectPermissionBase):
    """Sight of one customer for one login, stored by guardian; the rule reads `valid_until`."""

    content_object = Link(Customer, models.CASCADE, related_name="shares")
    valid_until = models.DateTimeField(null=True, blank=True)
    granted_by = Link(Member, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = CustomerShareQuerySet.as_manager()

    class Meta:
        unique_together = None
        constraints = [
            models.UniqueConstraint(
                fields=["company", "user", "permission", "content_object"],
                name="customers_share_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.content_object_id}"
