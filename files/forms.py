"""What a person says about an upload: the file, the unit and the owner of the rows."""

from pathlib import PurePath

from django import forms
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from files.access import Target, may_contacts
from files.actions import MOST_BYTES
from files.exporters import exporters
from files.importers import importers
from files.models import ExportJob
from kit.sheets import SUFFIXES
from org.models import Member, Post, Unit
from org.roles import SELLING


class UploadForm(forms.Form):
    """Units and people are those the reader may import for."""

    kind = forms.ChoiceField(label=_("What it holds"))
    file = forms.FileField(
        label=_("File"), widget=forms.FileInput(attrs={"accept": ",".join(sorted(SUFFIXES))})
    )
    owner = forms.ModelChoiceField(Member.objects.none(), label=_("Owner of the rows"))
    unit = forms.ModelChoiceField(
        Unit.objects.none(),
        label=_("Unit"),
        required=False,
        empty_label=_("The owner's own unit"),
    )

    def __init__(self, member, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.member = member
        self.fields["kind"].choices = [
            (name, gettext(item.label)) for name, item in importers.items() if member.may(item.rule)
        ]
        self.fields["owner"].queryset = owners(member)
        self.fields["owner"].initial = member.pk
        self.fields["unit"].queryset = units(member)

    def clean_file(self):
        file = self.cleaned_data["file"]
        if PurePath(file.name).suffix.lower() not in SUFFIXES:
            raise forms.ValidationError(_("Only csv, txt, xlsx and xls files can be read."))
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB: split it."))
        return file

    def clean(self):
        data = super().clean()
        owner = data.get("owner")
        if owner is None or self.errors:
            return data
        if data.get("unit") is None:
            if owner.scope.home is None:
                self.add_error("owner", _("This person holds no post."))
                return data
            data["unit"] = Unit.objects.get(pk=owner.scope.home.unit_id)
        verdict = self.member.may("files.upload", Target(data["unit"], owner))
        if not verdict:
            self.add_error("unit", str(verdict))
        return data


def ranges(member, prefix):
    found = Q(pk__in=())
    for low, high in (*member.scope.ranges("lead"), *member.scope.ranges("assist")):
        found |= Q(**{f"{prefix}path__gte": low, f"{prefix}path__lt": high})
    return found


def units(member):
    own = Q(pk__in=[seat.unit_id for seat in member.scope.seats])
    return Unit.objects.filter(ranges(member, "") | own, is_active=True).order_by("path")


def owners(member):
    """The reader, and whoever sells where the reader leads or assists."""
    posts = Post.objects.in_force().filter(ranges(member, "unit__"), role__in=SELLING)
    people = Q(pk=member.pk) | Q(pk__in=posts.values("member_id"))
    return Member.objects.filter(people, is_active=True).order_by("name", "id")


class AttachForm(forms.Form):
    """A paper to hang on a record."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.xlsx,.docx,.txt"}),
    )


class PictureForm(forms.Form):
    """A logo or a seal."""

    file = forms.FileField(
        label=_("Picture"), widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"})
    )


class ExportForm(forms.Form):
    """What a person says about a table to take away; which rows is said by the list's filters."""

    kind = forms.ChoiceField(widget=forms.HiddenInput)
    filters = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)
    form = forms.ChoiceField(label=_("Format"), choices=ExportJob.Form.choices)
    with_contacts = forms.BooleanField(
        label=_("With telephone numbers and contacts"),
        required=False,
        help_text=_("Of your own customers and those you lead or keep the records of."),
    )
    reason = forms.CharField(
        label=_("What for"),
        max_length=300,
        required=False,
        help_text=_("Your superior reads it when consent is needed."),
    )

    def __init__(self, member, kind, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(name, name) for name in exporters]
        if not may_contacts(member, kind):
            del self.fields["with_contacts"]
