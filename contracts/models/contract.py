"""The contract itself: parties, terms, sums, signature and archive."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from approvals.models import Document, Status
from contracts.models.product import amount
from customers.models import Customer, matches, says
from kit.money import in_words
from kit.names import query_grams, query_words
from org.models import OwnedQuerySet
from tenancy.models import Link

BINDING = (Status.SIGNED, Status.ARCHIVED)


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
