"""The customer's file and the people at the customer's."""

from datetime import date, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import F, Func, IntegerField, Value
from django.db.models.functions import Coalesce, StrIndex, TruncDate
from django.db.models.lookups import GreaterThan
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg import sql

from customers.regions import PROVINCES
from kit.codes import phone
from kit.names import pattern, query_grams, query_words
from org.models import OwnedModel, OwnedQuerySet
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


def matches(function: str, wanted: list[str]) -> list[int] | None:
    """What a search function of the database names; None when it is a common term."""
    with connection.cursor() as cursor:
        text = sql.SQL("SELECT {}(%s::text[], %s)").format(sql.Identifier(function))
        cursor.execute(text, [wanted, MOST_MATCHES])
        ids = [row[0] for row in cursor.fetchall()]
    return None if len(ids) >= MOST_MATCHES else ids


def says(field: str, word: str) -> GreaterThan:
    """Whether a search text has a word of `query_words`.

    As a count, of which the planner takes every third row to have some: of a regular expression it
    believes in a handful, and sorts a hundred thousand rows to show the first of them.
    """
    if word.isascii():
        args = F(field), Value(pattern(word))
        found = Func(*args, function="regexp_count", output_field=IntegerField())
        return GreaterThan(found, 0)
    return GreaterThan(StrIndex(field, Value(word)), 0)


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
        ids = matches("customer_matches", wanted)
        found = self if ids is None else self.filter(pk__in=ids)
        for word in query_words(q):
            found = found.filter(says("search", word))
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
            models.Index(
                fields=["company"],
                condition=~models.Q(archived_at=None),
                name="customers_customer_archived",
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
            return Shown(_("Archived"), "grey", "archived")
        if self.days_overdue:
            return Shown(_("Contact overdue"), "red", "overdue")
        if self.last_contact_at is None:
            return Shown(_("Not contacted yet"), "grey", "new")
        return Shown(_("In contact"), "green", "active")


class ContactQuerySet(OwnedQuerySet):
    """People of customers that are in use."""

    def active(self) -> "ContactQuerySet":
        return self.filter(archived_at=None, customer__archived_at=None)

    def search(self, q: str) -> "ContactQuerySet":
        """By name, two characters at least, or by one whole telephone number; never by a part."""
        found = models.Q(pk__in=())
        if words := query_words(q):
            ids = matches("contact_matches", words)
            found = models.Q(pk__in=ids) if ids is not None else models.Q(name__icontains=q)
        try:
            number = phone(q)
        except ValueError:
            return self.filter(found)
        return self.filter(found | models.Q(mobile=number) | models.Q(phone=number))


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

    objects = ContactQuerySet.as_manager()

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
            models.Index(
                fields=["company", "phone"],
                condition=~models.Q(phone=""),
                name="customers_contact_phone",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Shown:
    """A label with its colour, as the pill takes it; `key` names its term."""

    def __init__(self, label: Any, colour: str, key: str = "") -> None:
        self.label, self.colour, self.key = label, colour, key
