"""What is sold, its list price, and the rates of value added tax by day."""

from datetime import date
from decimal import Decimal

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from org.models import Member, Role
from tenancy.models import CompanyModel

MOST = Decimal("999999999999.99")
KEEPERS = frozenset({Role.SALES_OPS, Role.COMPANY_ADMIN})


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
