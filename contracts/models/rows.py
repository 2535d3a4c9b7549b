"""The rows of a contract: what is sold, and when which part is paid."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contracts.models.contract import Contract
from contracts.models.product import MOST, Product, VatCategory, amount
from org.models import OwnedQuerySet
from tenancy.models import CompanyModel, Link


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
