"""Customers, their contacts, the visits paid to them, tier history and shares."""

from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from customers.regions import PROVINCES
from kit.names import pattern, query_grams, query_words
from org.models import Member, OwnedModel, OwnedQuerySet
from tenancy.models import CompanyModel, Link
from tenancy.params import param

# More hits than this mean a common term: then the visible list itself is walked.
MOST_MATCHES = 500
NAME_LENGTH = 120


class Tier(models.TextChoices):
    """CUS-3.2: the four tiers."""

    A = "A", _("Important large customer")
    B = "B", _("Main customer")
    C = "C", _("Ordinary customer")
    D = "D", _("Potential customer")


class Source(models.TextChoices):
    """CUS-1.1: how the customer was won."""

    PHONE = "phone", _("Telephone")
    VISIT = "visit", _("Visit")
    WEB = "web", _("Web")
    EVENT = "event", _("Event or exhibition")
    REFERRAL = "referral", _("Referral")
    IMPORT = "import", _("Import")
    OTHER = "other", _("Other")


class CustomerQuerySet(OwnedQuerySet):
    """Reads that chain with `visible_to`."""

    def active(self) -> "CustomerQuerySet":
        return self.filter(archived_at=None)

    def overdue(self, on: date) -> "CustomerQuerySet":
        """T2: the planned day has passed, or without a plan the tier's cadence since contact."""
        late = models.Q(next_visit_on__lt=on)
        for tier in Tier:
            since = on - timedelta(days=cadence(tier))
            late |= models.Q(next_visit_on=None, tier=tier, _contact__lt=since)
        return self.annotate(_contact=TruncDate(Coalesce("last_contact_at", "created_at"))).filter(
            late, archived_at=None
        )

    def search(self, q: str) -> "CustomerQuerySet":
        """By name, pinyin or initials, two characters at least; nothing for fewer."""
        wanted = query_grams(q)
        if not wanted:
            return self.none()
        with connection.cursor() as cursor:
            cursor.execute("SELECT customer_matches(%s::text[], %s)", [wanted, MOST_MATCHES])
            ids = [row[0] for row in cursor.fetchall()]
        found = self if len(ids) >= MOST_MATCHES else self.filter(pk__in=ids)
        for word in query_words(q):
            found = found.filter(search__regex=pattern(word))
        return found


def cadence(tier: str) -> int:
    """T2: days between contacts of any kind for a tier."""
    return param(f"customers.contact_days_{tier.lower()}")


class Customer(OwnedModel):
    """CUS-2.1: the file: basics, needs and preferences; purchases come from contracts."""

    name = models.CharField(_("customer name"), max_length=NAME_LENGTH)
    search = models.TextField(editable=False, default="")
    grams = ArrayField(models.TextField(), editable=False, default=list)
    name_key = models.CharField(max_length=NAME_LENGTH, editable=False, default="")
    bare_key = models.CharField(max_length=NAME_LENGTH, editable=False, default="")
    duplicate_reason = models.CharField(
        _("reason in spite of a similar customer"), max_length=300, blank=True
    )
    credit_code = models.CharField(_("credit code"), max_length=18, blank=True)
    tier = models.CharField(_("tier"), max_length=1, choices=Tier, default=Tier.D)
    industry = models.CharField(_("industry"), max_length=40, blank=True)
    province = models.CharField(_("province"), max_length=2, choices=PROVINCES, blank=True)
    city = models.CharField(_("city"), max_length=40, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    source = models.CharField(_("source"), max_length=10, choices=Source, blank=True)
    needs = models.TextField(_("needs"), max_length=2000, blank=True)
    preferences = models.TextField(_("preferences"), max_length=2000, blank=True)
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    is_focus = models.BooleanField(_("key follow-up"), default=False)
    last_contact_at = models.DateTimeField(_("last contact"), null=True, editable=False)
    next_visit_on = models.DateField(_("next visit"), null=True, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = CustomerQuerySet.as_manager()

    class Meta(OwnedModel.Meta):
        verbose_name = _("customer")
        verbose_name_plural = _("customers")
        default_permissions = ()
        permissions = [("see_customer", "see one customer that was shared")]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "credit_code"],
                condition=~models.Q(credit_code=""),
                name="cus_2_1_credit_code_once",
                violation_error_message=_("Another customer has this credit code."),
            )
        ]
        indexes = [
            *OwnedModel.Meta.indexes,
            models.Index(
                fields=["company", "tier", "-updated_at", "-id"], name="customers_customer_tier"
            ),
            models.Index(fields=["company", "name_key"], name="customers_customer_key"),
            models.Index(fields=["company", "bare_key"], name="customers_customer_bare"),
            GinIndex(fields=["company", "grams"], name="customers_customer_grams"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    @property
    def place(self) -> str:
        return self.city or str(self.get_province_display())

    @property
    def full_address(self) -> str:
        """Province, city and address, without what the address already says."""
        parts = [str(self.get_province_display()), self.city, self.address]
        said = [
            part for i, part in enumerate(parts) if part and part not in " ".join(parts[i + 1 :])
        ]
        return " ".join(said)

    @property
    def due_on(self) -> date:
        """The day by which the next contact is owed (see CustomerQuerySet.overdue)."""
        if self.next_visit_on:
            return self.next_visit_on
        last = timezone.localdate(self.last_contact_at or self.created_at)
        return last + timedelta(days=cadence(self.tier))

    @property
    def days_overdue(self) -> int:
        if self.archived_at:
            return 0
        return max((timezone.localdate() - self.due_on).days, 0)

    @property
    def state(self) -> "Shown":
        """What the pill says: where the contact with the customer stands."""
        if self.archived_at:
            return Shown(_("Archived"), "grey")
        if self.days_overdue:
            return Shown(_("Contact overdue"), "red")
        if self.last_contact_at is None:
            return Shown(_("Not contacted yet"), "grey")
        return Shown(_("In contact"), "green")


class Contact(CompanyModel):
    """A person at the customer's."""

    reach = ("customer",)

    customer = Link(Customer, models.PROTECT, related_name="contacts")
    name = models.CharField(_("name"), max_length=60)
    title = models.CharField(_("position"), max_length=60, blank=True)
    mobile = models.CharField(_("mobile"), max_length=11, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    wechat = models.CharField(_("WeChat"), max_length=40, blank=True)
    is_primary = models.BooleanField(_("main contact"), default=False)
    notes = models.CharField(_("notes"), max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "customer"],
                condition=models.Q(is_primary=True, archived_at=None),
                name="customers_contact_one_primary",
                violation_error_message=_("The customer has a main contact already."),
            )
        ]
        indexes = [
            models.Index(fields=["customer", "id"], name="customers_contact_of"),
            models.Index(
                fields=["company", "mobile"],
                condition=~models.Q(mobile=""),
                name="customers_contact_mobile",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class VisitQuerySet(OwnedQuerySet):
    """Visits by their state and day."""

    def planned(self) -> "VisitQuerySet":
        """Plans that still stand: those of an archived customer rest until it is restored."""
        return self.filter(status=Visit.Status.PLANNED, customer__archived_at=None)

    def overdue(self, on: date) -> "VisitQuerySet":
        return self.planned().filter(planned_on__lt=on)

    def of_day(self, day: date) -> "VisitQuerySet":
        """Planned for the day or under way or finished on it, as the day's round shows them."""
        rest = models.Q(status=Visit.Status.PLANNED, customer__archived_at__isnull=False)
        return self.filter(planned_on=day).exclude(status=Visit.Status.CANCELLED).exclude(rest)


class Visit(OwnedModel):
    """CUS-1.8: a contact with a customer, from its plan to its result. The owner is who visits."""

    reach = ("self", "customer")

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


class Shown:
    """A label with its colour, as the pill takes it."""

    def __init__(self, label: Any, colour: str) -> None:
        self.label, self.colour = label, colour


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
