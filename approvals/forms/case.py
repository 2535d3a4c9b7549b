"""What people type about stand-ins, and about a case beside a decision."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from approvals.access import is_above, own_task
from approvals.kinds import kinds
from approvals.models import Case, Task, steps_for
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


class PersonChoice(forms.ModelChoiceField):
    """A colleague, with the post that tells people of one name apart."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Member.objects.none(), **kwargs)
        self.posts: dict[int, str] = {}

    def offer(self, posts: Any) -> None:
        """The holders of these posts."""
        self.posts = {}
        for post in posts.in_force().select_related("unit").order_by("is_acting", "id"):
            self.posts.setdefault(post.member_id, f"{post.get_role_display()} · {post.unit.name}")
        found = Member.objects.filter(is_active=True, pk__in=list(self.posts))
        self.queryset = found.order_by("name", "id")

    def label_from_instance(self, member: Member) -> str:
        return f"{member.name}（{self.posts.get(member.pk, '')}）"


class CaseForm(forms.Form):
    """A person and a few words; the action checks both."""

    to = PersonChoice(label=_("Person"))
    comment = forms.CharField(
        label=_("Comment"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, case: Case, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].offer(self.posts(case, member))

    def posts(self, case: Case, member: Member) -> Any:
        """Everybody but representatives, the authors and oneself."""
        others = Post.objects.exclude(role=Role.REP)
        return others.exclude(member__in=[member.pk, *case.authors])


class TransferForm(CaseForm):
    """T8: whoever holds the role of the step or a higher one on the submitter's line."""

    def posts(self, case: Case, member: Member) -> Any:
        task = own_task(member, case)
        wanted = [role for role in Role.values if task and task.step.role in steps_for(role)]
        line = Post.objects.filter(role__in=wanted, unit__in=case.unit.ancestor_ids)
        return line.exclude(member__in=[member.pk, *case.authors])


class SignerForm(CaseForm):
    """T8: somebody in addition, before, after or beside me."""

    way = forms.ChoiceField(
        label=_("How"),
        choices=[(way.value, way.label) for way in (
            Task.Way.BEFORE, Task.Way.PARALLEL, Task.Way.AFTER)],
        initial=Task.Way.BEFORE,
        widget=forms.RadioSelect,
    )  # fmt: skip
    field_order = ("to", "way", "comment")


class CopyForm(CaseForm):
    """T8: a reader."""


class CommentForm(forms.Form):
    """Words for everybody, and who is to look at them."""

    text = forms.CharField(
        label=_("Comment"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )
    mentions = forms.ModelMultipleChoiceField(
        Member.objects.none(),
        label=_("For the attention of"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, case: Case, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = case.tasks.exclude(member=None).values_list("member_id", flat=True)
        said = case.decisions.values_list("by_id", flat=True)
        parties = {case.owner_id, *asked, *said} - {member.pk}
        found = Member.objects.filter(pk__in=parties, is_active=True)
        self.fields["mentions"].queryset = found.order_by("name", "id")
