"""A contract's page as one form: header, lines and payment plan together."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.actions import HEADER
from contracts.forms.rows import (
    Catalogue,
    InstalmentForm,
    LineForm,
    fill,
    line_initial,
    one_of,
    plain,
    row_set,
)
from contracts.models import Contract
from customers.models import Customer
from kit.because import Refused
from kit.forms import Lookup, number


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
            initial=[line_initial(row) for row in lines],
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
