"""The rows of a contract as typed: lines, filled by the product chosen, and instalments."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import MOST, Instalment, Line, Product, VatCategory, VatRate
from contracts.pricing import unit_price
from kit.forms import Lookup, number

MOST_ROWS = 200
FROM_PRODUCT = ("name", "specification", "unit", "list_price", "vat_category")


def one_of(rows: Any) -> int | None:
    """The id of the only row, or None."""
    found = list(rows.values_list("pk", flat=True)[:2])
    return found[0] if len(found) == 1 else None


class Catalogue:
    """The products that one form names and the tax rates of today, read once."""

    def __init__(self, ids: Iterable[Any] = (), member: Any = None) -> None:
        wanted = {number(pk) for pk in ids} - {None}
        self.rows = known_to(member, wanted) if wanted else {}
        names = dict(VatRate.objects.on(timezone.localdate()).values_list("category", "name"))
        self.rates = [(value, names.get(value, label)) for value, label in VatCategory.choices]

    def get(self, value: Any) -> Product | None:
        return self.rows.get(number(value))

    def label(self, value: Any) -> str:
        return str(self.get(value) or "")

    def find(self, text: str) -> int | None:
        """For browsers without script: by code, else by name."""
        sold = Product.objects.active()
        found = one_of(sold.filter(code=text)) or one_of(sold.filter(name=text))
        if found:
            self.rows |= Product.objects.in_bulk([found])
        return found


def known_to(member: Any, ids: Iterable[int]) -> dict[int, Product]:
    """Products on sale, and what was withdrawn since it stood in a contract the member sees."""
    lines = Line.objects.visible_to(member).filter(product__in=ids)
    offered = Product.objects.visible_to(member).filter(pk__in=ids)
    written = Product.objects.filter(pk__in=lines.values("product"))
    return {product.pk: product for product in (*offered, *written)}


class RowForm(forms.Form):
    """A row that is left out when nobody wrote into it."""

    told: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        said = any(cleaned.get(name) not in {None, ""} for name in self.told)
        self.is_blank = not said and not self.errors.keys() & set(self.told)
        if not self.is_blank and not cleaned.get("DELETE"):
            self.check_row(cleaned)
        return cleaned

    def check_row(self, cleaned: dict[str, Any]) -> None:
        raise NotImplementedError

    def need(self, name: str, text: str) -> None:
        if name not in self.errors and self.cleaned_data.get(name) in {None, ""}:
            self.add_error(name, text)


class LineForm(RowForm):
    """One line: a product fills the rest; a typed unit price wins over the discount."""

    told = ("product", "name", "specification", "list_price", "unit_price")

    product = forms.CharField(label=gettext_lazy("Product"), required=False)
    filled = forms.CharField(required=False, widget=forms.HiddenInput, max_length=20)
    name = forms.CharField(label=gettext_lazy("Product or service"), required=False, max_length=120)
    specification = forms.CharField(
        label=gettext_lazy("Specification"), required=False, max_length=120
    )
    quantity = forms.DecimalField(
        label=gettext_lazy("Quantity"),
        required=False,
        min_value=Decimal("0.001"),
        max_digits=12,
        decimal_places=3,
        initial=1,
    )
    unit = forms.CharField(label=gettext_lazy("Unit of measure"), required=False, max_length=10)
    list_price = forms.DecimalField(
        label=gettext_lazy("List price"),
        required=False,
        min_value=0,
        max_value=MOST,
        decimal_places=2,
    )
    discount = forms.DecimalField(
        label=gettext_lazy("Discount %"),
        required=False,
        min_value=0,
        max_value=999,
        decimal_places=2,
        initial=100,
    )
    unit_price = forms.DecimalField(
        label=gettext_lazy("Agreed unit price"),
        required=False,
        min_value=0,
        max_value=MOST,
        decimal_places=2,
    )
    vat_category = forms.ChoiceField(
        label=gettext_lazy("Tax category"),
        required=False,
        choices=VatCategory,
        initial=VatCategory.STANDARD,
    )

    def __init__(self, *args: Any, catalogue: Catalogue | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.catalogue = catalogue or Catalogue()
        self.fields["vat_category"].choices = self.catalogue.rates
        self.fields["product"].widget = Lookup(
            "contracts:product_lookup", label=self.catalogue.label, find=self.catalogue.find
        )

    def clean_product(self) -> Product | None:
        value = self.cleaned_data["product"]
        if not value:
            return None
        product = self.catalogue.get(value)
        if product is None:
            raise ValidationError(_("There is no such product."))
        return product

    def check_row(self, cleaned: dict[str, Any]) -> None:
        if not cleaned.get("product"):
            self.need("name", _("Please name the product or service."))
        self.need("quantity", _("Please fill in the quantity."))
        product = cleaned.get("product")
        if cleaned.get("list_price") is None and product:
            cleaned["list_price"] = product.list_price
        if cleaned.get("unit_price") is None:
            self.need("list_price", _("Please fill in a price."))


class InstalmentForm(RowForm):
    """One payment: a share or an amount, on a day or some days after its event."""

    told = ("percent", "amount", "due_on", "days_after", "note")

    basis = forms.ChoiceField(
        label=gettext_lazy("Payable"), choices=Instalment.Basis, required=False
    )
    percent = forms.DecimalField(
        label=gettext_lazy("Share %"),
        required=False,
        min_value=0,
        max_value=100,
        decimal_places=2,
    )
    amount = forms.DecimalField(
        label=gettext_lazy("Agreed amount"),
        required=False,
        min_value=0,
        max_value=MOST,
        decimal_places=2,
    )
    due_on = forms.DateField(label=gettext_lazy("Due on"), required=False, widget=forms.DateInput)
    days_after = forms.IntegerField(
        label=gettext_lazy("Days after"), required=False, min_value=0, max_value=3650
    )
    note = forms.CharField(label=gettext_lazy("Note"), required=False, max_length=120)

    def check_row(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("amount") is None:
            self.need("percent", _("Please fill in a share or an amount."))
        cleaned["basis"] = cleaned.get("basis") or Instalment.Basis.SIGNING


class RowSet(forms.BaseFormSet):
    """Rows in the order they stand; blank ones and those ticked off are left out."""

    def filled_forms(self) -> list[RowForm]:
        return [
            form
            for form in self.forms
            if hasattr(form, "cleaned_data")
            and not getattr(form, "is_blank", True)
            and not form.cleaned_data.get("DELETE")
        ]

    def rows(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.filled_forms()]


def row_set(form: type[RowForm], spare: int) -> type[RowSet]:
    return forms.formset_factory(
        form,
        formset=RowSet,
        extra=spare,
        can_delete=True,
        max_num=MOST_ROWS,
        absolute_max=MOST_ROWS,
        validate_max=True,
    )


def plain(number: Decimal | None) -> str:
    """2.000 as 2, the way a person types it."""
    return "" if number is None else f"{number.normalize():f}"


def line_initial(row: Mapping[str, Any]) -> dict[str, Any]:
    """A unit price that follows from list price and discount is not shown as typed."""
    product = row.get("product")
    follows = unit_price(row["list_price"], row["discount"]) == row["unit_price"]
    return {
        **row,
        "product": product.pk if product else "",
        "filled": product.pk if product else "",
        "quantity": plain(row["quantity"]),
        "discount": plain(row["discount"]),
        "unit_price": None if follows else row["unit_price"],
    }


def fill(data: QueryDict, catalogue: Catalogue) -> tuple[QueryDict, set[str]]:
    """What a newly chosen product says of its row, written into the data; and the names changed."""
    data, changed = data.copy(), set()
    total = data.get("lines-TOTAL_FORMS", "")
    lookup = Lookup("contracts:product_lookup", label=catalogue.label, find=catalogue.find)
    for place in range(min(int(total), MOST_ROWS) if total.isdecimal() and len(total) < 6 else 0):
        prefix = f"lines-{place}-"
        chosen = lookup.value_from_datadict(data, {}, f"{prefix}product") or ""
        product = catalogue.get(chosen)
        if product is None or str(product.pk) == data.get(f"{prefix}filled"):
            continue
        for name in FROM_PRODUCT:
            data[f"{prefix}{name}"] = str(getattr(product, name))
        data[f"{prefix}unit_price"] = ""
        data[f"{prefix}product"] = data[f"{prefix}filled"] = str(product.pk)
        changed |= {f"{prefix}{name}" for name in (*FROM_PRODUCT, "unit_price", "filled")}
    return data, changed
