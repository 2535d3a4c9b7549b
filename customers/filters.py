"""What lists of customers and visits can be narrowed by, on the page and in the API."""

from datetime import date
from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Tier, Visit
from customers.regions import PROVINCES
from org.access import after
from org.models import Member, Post, Unit
from org.roles import SELLING

MOST_CHOICES = 300


def within(queryset: QuerySet, name: str, unit: Unit) -> QuerySet:
    """Records of the unit and everything below it."""
    return queryset.filter(org_path__gte=unit.path, org_path__lt=after(unit.path))


class CountedFilter(filters.BooleanFilter):
    """What the figures add up of what the member sees: without shares and tasks."""

    def filter(self, queryset: QuerySet, wanted: Any) -> QuerySet:
        if not wanted:
            return queryset
        return queryset.filter(self.parent.request.member.scope.counts())


def sellers_under(member: Member, *permissions: str) -> QuerySet[Member]:
    """Members with a selling post in the reach of a permission, and the member when selling too."""
    reach = Q(member=member)
    for permission in permissions:
        for low, high in member.scope.ranges(permission):
            reach |= Q(unit__path__gte=low, unit__path__lt=high)
    posts = Post.objects.in_force().filter(reach, role__in=SELLING)
    return Member.objects.filter(pk__in=posts.values("member")).order_by("name", "pk")


def units_under(member: Member) -> QuerySet[Unit]:
    """Units whose records the member sees by a post."""
    reach = Q(pk__in=())
    for low, high in member.scope.ranges("see"):
        reach |= Q(path__gte=low, path__lt=high)
    return Unit.objects.filter(reach, is_active=True).order_by("path")


class CustomerFilter(filters.FilterSet):
    """CUS-2.3: one set for the list and the API; archived customers only when asked for."""

    q = filters.CharFilter(method="by_text", label=_("Search"), max_length=60)
    tier = filters.ChoiceFilter(choices=Tier.choices, label=_("tier"))
    owner = filters.ModelChoiceFilter(queryset=Member.objects.all(), label=_("owner"))
    unit = filters.ModelChoiceFilter(queryset=Unit.objects.all(), method=within, label=_("unit"))
    at_unit = filters.NumberFilter("unit_id")
    province = filters.ChoiceFilter(choices=PROVINCES, label=_("province"))
    industry = filters.CharFilter(lookup_expr="iexact", max_length=40, label=_("industry"))
    overdue = filters.BooleanFilter(method="by_overdue", label=_("overdue"))
    focus = filters.BooleanFilter(field_name="is_focus", label=_("key follow-up"))
    archived = filters.BooleanFilter(method="by_archived", label=_("archived"))
    created_from = filters.DateFilter("created_at", "date__gte", label=_("added from"))
    created_to = filters.DateFilter("created_at", "date__lte", label=_("added to"))
    counted = CountedFilter(label=_("only what the figures count"))

    class Meta:
        model = Customer
        fields: tuple[str, ...] = ()

    def by_text(self, queryset: Any, name: str, text: str) -> QuerySet:
        return queryset.search(text)

    def by_overdue(self, queryset: Any, name: str, wanted: bool) -> QuerySet:
        return queryset.overdue(timezone.localdate()) if wanted else queryset

    def by_archived(self, queryset: Any, name: str, wanted: bool) -> QuerySet:
        return queryset.filter(archived_at__isnull=not wanted)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        if self.form.cleaned_data.get("archived") is None:
            queryset = queryset.active()
        return super().filter_queryset(queryset)


class VisitFilter(filters.FilterSet):
    """Visits by person, place in the tree, customer, state and day."""

    q = filters.CharFilter(method="by_text", label=_("Search"), max_length=60)
    owner = filters.ModelChoiceFilter(queryset=Member.objects.all(), label=_("owner"))
    unit = filters.ModelChoiceFilter(queryset=Unit.objects.all(), method=within, label=_("unit"))
    at_unit = filters.NumberFilter("unit_id")
    customer = filters.NumberFilter("customer_id", label=_("customer"))
    kind = filters.ChoiceFilter(choices=Visit.Kind.choices, label=_("kind of visit"))
    status = filters.ChoiceFilter(choices=Visit.Status.choices, label=_("status"))
    planned_from = filters.DateFilter("planned_on", "gte", label=_("planned from"))
    planned_to = filters.DateFilter("planned_on", "lte", label=_("planned to"))
    checked_in_from = filters.DateFilter("checked_in_at", "date__gte", label=_("visited from"))
    checked_in_to = filters.DateFilter("checked_in_at", "date__lte", label=_("visited to"))
    counted = CountedFilter(label=_("only what the figures count"))

    class Meta:
        model = Visit
        fields: tuple[str, ...] = ()

    def by_text(self, queryset: Any, name: str, text: str) -> QuerySet:
        return queryset.filter(customer__in=Customer.objects.search(text))


BOXES = ("today", "overdue", "planned", "done", "all")


def box_of(queryset: Any, box: str, on: date) -> QuerySet:
    """The visits of one chip; today's round holds also what is under way since an earlier day."""
    Status = Visit.Status  # noqa: N806  shorter than its path
    if box == "today":
        return queryset.filter(Q(status=Status.OPEN) | Q(planned_on=on)).standing()
    if box == "overdue":
        return queryset.overdue(on).by_day()
    if box == "planned":
        return queryset.planned().filter(planned_on__gte=on).by_day()
    if box == "done":
        return queryset.filter(status=Status.DONE)
    return queryset
