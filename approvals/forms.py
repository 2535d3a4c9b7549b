"""What people type about stand-ins."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.access import is_above
from approvals.kinds import kinds
from org.models import Member, Post, Role
from org.roles import LADDER


class DelegationForm(forms.Form):
    """Who stands in for whom, from when to when, for what."""

    principal = forms.ModelChoiceField(Member.objects.none(), label=_("Decided for"))
    stand_in = forms.ModelChoiceField(
        Member.objects.none(),
        label=_("Stand-in"),
        help_text=_("Holds the same role or a higher one."),
    )
    starts_on = forms.DateField(label=_("First day"))
    ends_on = forms.DateField(label=_("Last day"))
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of document"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked means all kinds."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, member: Member, principal: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Member.objects.order_by("name", "id")
        # whoever decides something; representatives alone would make the list endless
        deciding = Post.objects.exclude(role=Role.REP).values("member")
        self.fields["stand_in"].queryset = people.filter(is_active=True, pk__in=deciding)
        self.fields["principal"].queryset = people.filter(pk__in=self._led(member))
        self.fields["principal"].initial = principal.pk
        self.fields["principal"].empty_label = None
        self.fields["starts_on"].initial = timezone.localdate
        self.fields["kinds"].choices = [(kind.name, _now(kind.label)) for kind in kinds.values()]

    @staticmethod
    def _led(member: Member) -> set[int]:
        """Whose stand-in the member may set: his own, his staff's, the administrator anybody's."""
        posts = Post.objects.exclude(role=Role.REP).values_list("member_id", "role", "unit__path")
        if Role.COMPANY_ADMIN in member.scope.roles:
            return {member.pk, *(pk for pk, _role, _path in posts)}
        mine = [(seat.role, seat.path) for seat in member.scope.seats]
        if not any(role in LADDER for role, _path in mine):
            return {member.pk}
        return {member.pk, *(pk for pk, role, path in posts if is_above(mine, [(role, path)]))}
