"""Products, dated tax rates, and the contract with its lines and its payment plan."""

from datetime import date
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.models import Document, Status
from customers.models import Customer, matches, says
from kit.money import in_words
from kit.names import query_grams, query_words
from org.models import Member, OwnedQuerySet, Role
from tenancy.models import CompanyModel, Link

MOST = Decimal("999999999999.99")
KEEPERS = frozenset({Role.SALES_OPS, Role.COMPANY_ADMIN})
BINDING = (Status.SIGNED, Status.ARCHIVED)


def amount(label: object = None, **kwargs: object) -> models.DecimalField:
    """A column of yuan; results of a sum are never typed, so they are not editable."""
    return models.DecimalField(label, max_digits=17, decimal_places=2, **kwargs)


class VatCategory(models.TextChoices):
    """T13: kinds of value-added tax; exempt is not the same as zero."""

    STANDARD = "standard", _("Standard rate")
    LOWER = "lower", _("Lower rate")
    SERVICES = "services", _("Rate of services")
    ZERO = "zero", _("Zero rate")
    EXEMPT = "exempt", _("Exempt")
    LEVY = "levy", _("Levy of small taxpayers")
    LEVY_REDUCED = "levy_reduced", _("Reduced levy")


class VatRateQuerySet(models.QuerySet):
    """Rates by day."""

    def on(self, day: date) -> "VatRateQuerySet":
        return self.filter(during__contains=day)


class VatRate(CompanyModel):
    """T13: the rate of a category for a range of days; a fraction, 13 % is 0.13."""

    category = models.CharField(_("category"), max_length=12, choices=VatCategory)
    name = models.CharField(_("name"), max_length=60)
    rate = models.DecimalField(_("rate"), max_digits=6, decimal_places=4)
    during = DateRangeField(_("in force"))

    objects = VatRateQuerySet.as_manager()

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        constraints = [
            ExclusionConstraint(
                name="contracts_vatrate_no_overlap",
                expressions=[
                    ("company", RangeOperators.EQUAL),
                    ("category", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("Two rates of a category cannot overlap."),
            ),
            models.CheckConstraint(
                condition=Q(rate__gte=0, rate__lt=1),
                name="contracts_vatrate_fraction",
                violation_error_message=_("A tax rate is a fraction between 0 and 1."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet):
    """The catalogue is open to every member of the company."""

    def active(self) -> "ProductQuerySet":
        return self.filter(is_active=True)

    def visible_to(self, member: Member) -> "ProductQuerySet":
        """Withdrawn products are shown only to whoever keeps the catalogue."""
        return self.all() if KEEPERS & member.scope.roles else self.active()


class Product(CompanyModel):
    """What the company sells, with its list price."""

    name = models.CharField(_("product"), max_length=120)
    code = models.CharField(_("product code"), max_length=40)
    specification = models.CharField(_("specification"), max_length=120, blank=True)
    unit = models.CharField(_("unit of measure"), max_length=10, default="台")
    list_price = amount(_("list price"), validators=[MinValueValidator(0)])
    vat_category = models.CharField(
        _("tax category"), max_length=12, choices=VatCategory, default=VatCategory.STANDARD
    )
    is_active = models.BooleanField(_("on sale"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    updated_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "code"],
                name="contracts_product_code_once",
                violation_error_message=_("There is a product with this code already."),
            ),
            models.CheckConstraint(
                condition=Q(list_price__gte=0),
                name="contracts_product_price",
                violation_error_message=_("A price cannot be below zero."),
            ),
        ]
        indexes = [
            models.Index(fields=["company", "-updated_at", "-id"], name="contracts_product_all")
        ]

    def __str__(self) -> str:
        return self.name


class PriceMode(models.TextChoices):
    """T13: whether typed prices contain the tax."""

    GROSS = "gross", _("Prices include tax")
    NET = "net", _("Prices without tax")


class ContractQuerySet(OwnedQuerySet):
    """Contracts as figures and files of customers read them."""

    def signed(self) -> "ContractQuerySet":
        return self.filter(status__in=BINDING)

    def search(self, q: str) -> "ContractQuerySet":
        """By any part of number, archive number or title, or as the customer is found (T23)."""
        words = query_words(q)
        if not words:
            return self.none()
        ids = matches("contract_matches", words)
        own = Q(pk__in=ids)
        if ids is None:
            own = Q(number__icontains=q) | Q(title__icontains=q)
        grams = query_grams(q)
        customers = matches("customer_matches", grams)
        theirs = Q() if customers is None else Q(customer__in=customers)
        for word in words:
            theirs &= Q(says("customer__search", word))
        return self.filter(own | theirs)

    def ending(self, first: date, last: date) -> "ContractQuerySet":
        """T18: binding contracts whose validity ends between two days."""
        return self.signed().filter(ends_on__range=(first, last))


class Contract(Document):
    """CTR-1.1: a sales contract from its draft to its signature. The owner drafted it."""

    shown_with = ("owner", "unit", "customer")

    customer = Link(Customer, models.PROTECT, related_name="contracts", verbose_name=_("customer"))
    title = models.CharField(_("title"), max_length=120)
    buyer = models.CharField(_("buyer (party A)"), max_length=120, blank=True)
    seller = models.CharField(_("seller (party B)"), max_length=120, blank=True)
    delivery_on = models.DateField(_("delivery date"), null=True, blank=True)
    delivery_place = models.CharField(_("place of delivery"), max_length=200, blank=True)
    payment_terms = models.TextField(_("payment terms"), max_length=1000, blank=True)
    payment_days = models.PositiveSmallIntegerField(
        _("credit days after delivery"), default=0, editable=False
    )
    liability = models.TextField(_("liability for breach"), max_length=4000, blank=True)
    other_terms = models.TextField(_("other clauses"), max_length=4000, blank=True)
    starts_on = models.DateField(_("valid from"), null=True, blank=True)
    ends_on = models.DateField(_("valid to"), null=True, blank=True)
    price_mode = models.CharField(
        _("prices"), max_length=5, choices=PriceMode, default=PriceMode.GROSS
    )
    net_amount = amount(_("amount without tax"), default=Decimal(0), editable=False)
    tax_amount = amount(_("tax"), default=Decimal(0), editable=False)
    gross_amount = amount(_("contract amount"), default=Decimal(0), editable=False)
    lowest_discount = models.DecimalField(
        _("lowest discount"), max_digits=7, decimal_places=2, null=True, editable=False
    )
    signed_on = models.DateField(_("signed on"), null=True, editable=False)
    signatory_ours = models.CharField(
        _("signed for us by"), max_length=60, blank=True, editable=False
    )
    signatory_theirs = models.CharField(
        _("signed for the customer by"), max_length=60, blank=True, editable=False
    )
    archive_number = models.CharField(
        _("archive number"), max_length=40, blank=True, editable=False
    )
    archive_place = models.CharField(_("kept at"), max_length=120, blank=True, editable=False)
    archive_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    # also what the database's own guard asks: a row with it changes no more (CTR-1.5)
    archived_at = models.DateTimeField(_("archived on"), null=True, editable=False)
    # what a submission freezes beside the text: our head, standing clauses, who drafted it where
    frozen = models.JSONField(default=dict, editable=False)
    notes = models.TextField(_("notes"), max_length=2000, blank=True)
    copied_from = Link("self", models.PROTECT, null=True, editable=False, related_name="copies")

    objects = ContractQuerySet.as_manager()

    class Meta(Document.Meta):
        abstract = False
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["company", "number"],
                condition=~Q(number=""),
                name="contracts_contract_number_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None)
                | Q(starts_on=None)
                | Q(ends_on__gte=models.F("starts_on")),
                name="contracts_contract_term",
                violation_error_message=_("A contract cannot end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(gross_amount=models.F("net_amount") + models.F("tax_amount")),
                name="contracts_contract_sums",
            ),
            # CTR-1.4: a signature needs a number, so a submission, and a day
            models.CheckConstraint(
                condition=~Q(status__in=("signed", "archived"))
                | (Q(signed_on__isnull=False, case__isnull=False) & ~Q(number="")),
                name="ctr_1_4_signed_after_approval",
            ),
            # CTR-1.5: an archive is a number, a place and the checksum of the signed copy
            models.CheckConstraint(
                condition=Q(archived_at=None)
                | (
                    Q(status="archived", archive_sha256__regex="^[0-9a-f]{64}$")
                    & ~Q(archive_number="")
                    & ~Q(archive_place="")
                ),
                name="ctr_1_5_archived_complete",
            ),
            models.UniqueConstraint(
                fields=["company", "archive_number"],
                condition=~Q(archive_number=""),
                name="contracts_contract_archive_once",
            ),
        ]
        indexes = [
            *Document.Meta.indexes,
            models.Index(
                fields=["company", "status", "-updated_at", "-id"], name="contracts_contract_status"
            ),
            # the sums of what is on its way, read from the index alone
            models.Index(
                fields=["company", "status"],
                include=["owner", "org_path", "gross_amount"],
                condition=models.Q(status__in=("draft", "returned", "in_review", "approved")),
                name="contracts_contract_on_its_way",
            ),
            models.Index(fields=["customer", "-updated_at", "-id"], name="contracts_contract_of"),
            models.Index(
                fields=["company", "signed_on", "unit"],
                name="contracts_contract_signed",
                condition=Q(signed_on__isnull=False),
            ),
            models.Index(
                fields=["company", "ends_on"],
                name="contracts_contract_ending",
                condition=Q(ends_on__isnull=False, status__in=("signed", "archived")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}".strip()

    @property
    def is_binding(self) -> bool:
        return self.status in BINDING

    @property
    def amount_in_words(self) -> str:
        """T14: 大写, in Chinese whatever language the page has."""
        return in_words(self.gross_amount, prefixed=True)


class Line(CompanyModel):
    """One line of goods or services; the amounts are computed, never typed."""

    reach = ("contract",)

    contract = Link(Contract, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField(default=1)
    product = Link(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    name = models.CharField(_("product or service"), max_length=120)
    specification = models.CharField(_("specification"), max_length=120, blank=True)
    quantity = models.DecimalField(
        _("quantity"),
        max_digits=12,
        decimal_places=3,
        default=Decimal(1),
        validators=[MinValueValidator(Decimal("0.001"))],
    )
    unit = models.CharField(_("unit of measure"), max_length=10, blank=True)
    list_price = amount(_("list price"), validators=[MinValueValidator(0), MaxValueValidator(MOST)])
    discount = models.DecimalField(
        _("discount %"), max_digits=7, decimal_places=2, default=Decimal(100)
    )
    unit_price = amount(_("unit price"), validators=[MinValueValidator(0), MaxValueValidator(MOST)])
    vat_category = models.CharField(
        _("tax category"), max_length=12, choices=VatCategory, default=VatCategory.STANDARD
    )
    vat_rate = models.DecimalField(
        _("tax rate"), max_digits=6, decimal_places=4, default=Decimal(0)
    )
    net = amount(_("net"), default=Decimal(0))
    tax = amount(_("tax"), default=Decimal(0))
    gross = amount(_("amount"), default=Decimal(0))

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "contract", "position"], name="contracts_line_position_once"
            ),
            models.CheckConstraint(
                condition=Q(gross=models.F("net") + models.F("tax")), name="contracts_line_sums"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0, list_price__gte=0),
                name="contracts_line_not_negative",
                violation_error_message=_("Quantities and prices cannot be below zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def vat_percent(self) -> Decimal:
        return self.vat_rate * 100


class Instalment(CompanyModel):
    """T5: one payment of the plan: by its day, or some days after what it waits for."""

    class Basis(models.TextChoices):
        SIGNING = "signing", _("On signing")
        DELIVERY = "delivery", _("On delivery")
        ACCEPTANCE = "acceptance", _("On acceptance")
        WARRANTY = "warranty", _("After the warranty")

    reach = ("contract",)

    contract = Link(Contract, models.PROTECT, related_name="instalments")
    position = models.PositiveSmallIntegerField(default=1)
    basis = models.CharField(_("payable"), max_length=10, choices=Basis, default=Basis.SIGNING)
    percent = models.DecimalField(
        _("share %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    amount = amount(_("amount"), validators=[MinValueValidator(0), MaxValueValidator(MOST)])
    due_on = models.DateField(_("due on"), null=True, blank=True)
    days_after = models.PositiveSmallIntegerField(
        _("days after"), null=True, blank=True, validators=[MaxValueValidator(3650)]
    )
    note = models.CharField(_("note"), max_length=120, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("instalment")
        verbose_name_plural = _("payment plan")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(
                fields=["company", "contract", "position"],
                name="contracts_instalment_once",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="contracts_instalment_amount",
                violation_error_message=_("An instalment cannot be below zero."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_basis_display()} {self.amount}"
