"""What a person may type of a contract: header, lines, payment plan, signature, and products."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.actions import HEADER
from contracts.models import MOST, Contract, Instalment, Line, Product, VatCategory, VatRate
from contracts.pricing import unit_price
from customers.models import Customer
from kit.because import Refused
from kit.forms import Lookup, number

MOST_ROWS = 200
FROM_PRODUCT = ("name", "specification", "unit", "list_price", "vat_category")


class HeaderForm(forms.ModelForm):
    """Everything but the rows."""

    class Meta:
        model = Contract
        fields = HEADER
        widgets = {
            "payment_terms": forms.Textarea(attrs={"rows": 2}),
            "liability": forms.Textarea(attrs={"rows": 3}),
            "other_terms": forms.Textarea(attrs={"rows": 3}),
            "notes": forms.Textarea(attrs={"rows": 2}),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        first, last = cleaned.get("starts_on"), cleaned.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("A contract cannot end before it begins."))
        return cleaned


class DraftForm(HeaderForm):
    """The header of a new draft: the customer is chosen among those one may draft for."""

    customer = forms.ModelChoiceField(
        queryset=Customer.objects.none(), label=gettext_lazy("Customer")
    )

    class Meta(HeaderForm.Meta):
        fields = ("customer", *HEADER)

    def __init__(self, *args: Any, member: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member = member
        seen = Customer.objects.visible_to(member).active()
        field = self.fields["customer"]
        field.queryset = seen
        field.widget = Lookup(
            "customers:lookup",
            label=lambda value: str(seen.filter(pk=number(value)).first() or ""),
            find=lambda text: one_of(seen.filter(name=text)),
        )
        field.widget.is_required = True

    def clean_customer(self) -> Customer:
        """Beside the field, so that a whole draft is not lost to a refusal."""
        customer = self.cleaned_data["customer"]
        because = self.member.may("contracts.create", customer)
        if not because:
            raise ValidationError(str(because))
        return customer


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


class Paper:
    """Header, lines and plan of one page as one form."""

    def __init__(
        self,
        header: forms.ModelForm,
        *,
        member: Any,
        data: QueryDict | None = None,
        lines: list[dict[str, Any]] | None = None,
        plan: list[dict[str, Any]] | None = None,
    ) -> None:
        lines, plan = lines or [], plan or []
        self.header, self.changed = header, set()
        self.given_lines, self.given_plan = lines, plan
        if data is None:
            ids = [row["product"].pk for row in lines if row.get("product")]
            catalogue = Catalogue(ids, member)
        else:
            catalogue = Catalogue(_named(data), member)
            data, self.changed = fill(data, catalogue)
        spare = 1 if lines else 3
        self.lines = row_set(LineForm, spare)(
            data,
            prefix="lines",
            initial=[_line_initial(row) for row in lines],
            form_kwargs={"catalogue": catalogue},
        )
        self.plan = row_set(InstalmentForm, 1 if plan else 3)(
            data,
            prefix="plan",
            initial=[row | {"percent": plain(row["percent"])} for row in plan],
        )

    def is_valid(self) -> bool:
        # every part is asked, so that all errors show at once
        return all([self.header.is_valid(), self.lines.is_valid(), self.plan.is_valid()])

    def refuse(self, refused: Refused) -> None:
        """Put an action's refusal beside the fields it names."""
        rows = self.lines.filled_forms()
        for name, text in (refused.errors or {"": refused.detail}).items():
            kind, _dash, rest = name.partition("-")
            place, _dash, field = rest.partition("-")
            if kind == "lines" and place.isdecimal() and int(place) < len(rows):
                rows[int(place)].add_error(field if field in LineForm.base_fields else None, text)
            else:
                self.header.add_error(name if name in self.header.fields else None, text)


def _named(data: QueryDict) -> list[str]:
    return [data[key] for key in data if key.startswith("lines-") and key.endswith("-product")]


def plain(number: Decimal | None) -> str:
    """2.000 as 2, the way a person types it."""
    return "" if number is None else f"{number.normalize():f}"


def _line_initial(row: Mapping[str, Any]) -> dict[str, Any]:
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


class SignForm(forms.Form):
    """CTR-1.4: day and signatories."""

    signed_on = forms.DateField(label=gettext_lazy("Signed on"))
    signatory_ours = forms.CharField(label=gettext_lazy("Signed for us by"), max_length=60)
    signatory_theirs = forms.CharField(
        label=gettext_lazy("Signed for the customer by"), max_length=60
    )

    def clean_signed_on(self) -> Any:
        day = self.cleaned_data["signed_on"]
        if day > timezone.localdate():
            raise ValidationError(_("The day of signing cannot be in the future."))
        return day


class ArchiveForm(forms.Form):
    """CTR-1.5: where the paper itself lies."""

    place = forms.CharField(label=_("Kept at"), max_length=120)


class ProductForm(forms.ModelForm):
    """A product of the catalogue."""

    class Meta:
        model = Product
        fields = (
            "name", "code", "specification", "unit", "list_price", "vat_category", "is_active",
        )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            del self.fields["is_active"]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip()
        if Product.objects.filter(code=code).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("There is a product with this code already."))
        return code
