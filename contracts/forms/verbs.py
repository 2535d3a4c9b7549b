"""What the later verbs of a contract ask for, and a product of the catalogue."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contracts.models import Product


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

    place = forms.CharField(label=gettext_lazy("Kept at"), max_length=120)


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
