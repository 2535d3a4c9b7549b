"""What people type about customers, contacts and visits."""

from datetime import timedelta
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from customers.filters import sellers_under
from customers.models import NAME_LENGTH, Contact, Customer, Note, Tier, Visit
from kit.forms import Lookup, number
from org.models import Member


class CodeForm(forms.ModelForm):
    """Numbers may be typed with gaps and signs: the action stores their short form."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.declared_fields.keys() & {"mobile", "credit_code"}:
            self.fields[name].initial = getattr(self.instance, name)


class CustomerForm(CodeForm):
    """CUS-2.1: basics, needs and preferences."""

    credit_code = forms.CharField(
        label=_("Credit code"),
        max_length=40,
        required=False,
        help_text=_("18 characters; may stay empty."),
    )

    class Meta:
        model = Customer
        fields = [
            "name",
            "industry",
            "source",
            "province",
            "city",
            "address",
            "phone",
            "is_focus",
            "needs",
            "preferences",
            "notes",
        ]
        widgets = {
            name: forms.Textarea(attrs={"rows": 3}) for name in ("needs", "preferences", "notes")
        }
        help_texts = {
            "is_focus": _("Put on the list of prospects that are followed up first."),
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("source", "province"):
            choices = list(self.fields[name].choices)[1:]
            self.fields[name].choices = [("", _("Please choose")), *choices]


class SearchForm(forms.Form):
    """T3.3: the name to look for before a file is made."""

    q = forms.CharField(label=_("Name of the customer"), max_length=NAME_LENGTH)


class NewCustomerForm(CustomerForm):
    """The file together with the first contact, and the owner when it is not whoever adds it."""

    duplicate_reason = forms.CharField(
        label=_("Why it is another customer all the same"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("It is kept with the file and in the log."),
    )

    contact_name = forms.CharField(label=_("Main contact"), max_length=60, required=False)
    contact_title = forms.CharField(label=_("Position"), max_length=60, required=False)
    contact_mobile = forms.CharField(label=_("Mobile"), max_length=20, required=False)
    owner = forms.ModelChoiceField(Member.objects.none(), label=_("Owner"), empty_label=None)

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        owners = sellers_under(member, "lead", "assist")
        self.fields["owner"].queryset = owners
        self.fields["owner"].initial = member.pk
        if not (member.scope.ranges("lead") or member.scope.ranges("assist")):
            del self.fields["owner"]


class TierForm(forms.Form):
    """CUS-3.2: the tier and why."""

    tier = forms.ChoiceField(
        label=_("Tier"),
        choices=[(tier, format_lazy("{} {}", tier.value, tier.label)) for tier in Tier],
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("At least five characters; it stays in the customer's history."),
    )


class ContactForm(CodeForm):
    """A person at the customer's."""

    mobile = forms.CharField(label=_("Mobile"), max_length=20, required=False)

    class Meta:
        model = Contact
        fields = ["name", "title", "phone", "email", "wechat", "is_primary", "notes"]


class PlanForm(forms.ModelForm):
    """CUS-1.8: date, customer and purpose."""

    class Meta:
        model = Visit
        fields = ["planned_on", "planned_time", "kind", "purpose"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["planned_on"].initial = timezone.localdate() + timedelta(days=1)


class CheckInForm(forms.Form):
    """T1: what the phone sends; everything but the kind is optional."""

    kind = forms.ChoiceField(label=_("Kind of visit"), choices=Visit.Kind.choices)
    purpose = forms.CharField(label=_("Purpose"), max_length=200, required=False)
    lat = forms.DecimalField(required=False, widget=forms.HiddenInput)
    lng = forms.DecimalField(required=False, widget=forms.HiddenInput)
    accuracy = forms.DecimalField(
        required=False, min_value=0, max_value=9999999, widget=forms.HiddenInput
    )
    client_uuid = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)


class StartForm(CheckInForm):
    """A check-in from a plan, which knows kind and purpose."""

    kind = purpose = None


class ResultForm(forms.ModelForm):
    """T1.10: the result, and the next date that makes the next plan."""

    class Meta:
        model = Visit
        fields = ["summary", "met", "rival_news", "next_step", "next_on"]
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4}),
            "rival_news": forms.Textarea(attrs={"rows": 2}),
        }
        help_texts = {"next_on": _("A date here plans the next visit.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["summary"].required = True


class CorrectForm(ResultForm):
    """T1.11: the result again; the next date has become a plan of its own."""

    class Meta(ResultForm.Meta):
        fields = ["summary", "met", "rival_news", "next_step"]


class NoteForm(forms.ModelForm):
    """T4.5: a call or a message."""

    class Meta:
        model = Note
        fields = ["kind", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 4})}
        help_texts = {"text": _("It counts as the last contact.")}


class ShareForm(forms.Form):
    """One colleague, to the end of a day."""

    member = forms.ModelChoiceField(Member.objects.none(), label=_("Colleague"))
    until = forms.DateField(label=_("Until the end of"))

    def __init__(self, *args, customer, **kwargs):
        super().__init__(*args, **kwargs)
        colleagues = Member.objects.filter(is_active=True).exclude(pk=customer.owner_id)
        self.fields["member"].queryset = colleagues.order_by("name", "pk")
        self.fields["until"].initial = timezone.localdate() + timedelta(days=30)


class HandOverForm(forms.Form):
    """CUS-1.10: to whom, and why."""

    to = forms.ModelChoiceField(Member.objects.none(), label=_("New owner"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("At least five characters; it stays in the customer's history."),
    )

    take = forms.BooleanField(
        label=_("Open contracts go along"),
        required=False,
        initial=True,
        help_text=_(
            "Drafts, returned and approved ones. What is in review, signed or archived stays."
        ),
    )

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = sellers_under(member, "lead", "assist")


class CancelForm(forms.Form):
    """T2: the reason."""

    reason = forms.CharField(label=_("Reason"), min_length=2, max_length=200)


class PickForm(forms.Form):
    """The customer to check in at, by name, pinyin or initials."""

    customer = forms.IntegerField(label=_("Customer"), min_value=1, required=True)

    def __init__(self, *args, member, **kwargs):
        super().__init__(*args, **kwargs)
        visible = Customer.objects.visible_to(member).active()

        def name_of(pk):
            return visible.filter(pk=number(pk)).values_list("name", flat=True).first() or ""

        def found(text):
            hits = list(visible.search(text).values_list("pk", flat=True)[:2])
            return hits[0] if len(hits) == 1 else None

        self.fields["customer"].widget = Lookup("customers:lookup", label=name_of, find=found)
