"""Filters of the lists, shared by page and API."""

import re
from datetime import date, timedelta
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.models import Status
from contracts.models import Contract, Product
from contracts.terms import Term, farthest, in_term
from customers.filters import CountedFilter
from customers.models import MOST_MATCHES, Customer, Tier
from customers.regions import PROVINCES
from kit.calendar import month_of
from org.access import after
from org.models import Member, Unit

MOST_OWNERS = 200
MONTH = re.compile(r"(\d{4})-(\d{2})")


class MonthInput(forms.TextInput):
    """The browser's own month; where it has none, 2026-11 is typed."""

    input_type = "month"


class ContractFilter(django_filters.FilterSet):
    """`unit` is a subtree, `at_unit` the unit alone; month and days are those of the signature."""

    status = django_filters.ChoiceFilter(
        choices=Status, label=_("Status"), empty_label=_("Every status")
    )
    owner = django_filters.ModelChoiceFilter(
        queryset=lambda _request: Member.objects.order_by("name", "id"),
        label=_("Owner"),
        empty_label=_("Everybody"),
    )
    unit = django_filters.ModelChoiceFilter(
        queryset=lambda _request: Unit.objects.order_by("path"),
        method="within",
        label=_("Unit"),
        empty_label=_("Every unit"),
    )
    at_unit = django_filters.NumberFilter(field_name="unit_id")
    tier = django_filters.ChoiceFilter(
        field_name="customer__tier", choices=Tier, label=_("Tier"), empty_label=_("Every tier")
    )
    customer = django_filters.NumberFilter(field_name="customer_id")
    province = django_filters.ChoiceFilter(field_name="customer__province", choices=PROVINCES)
    month = django_filters.CharFilter(method="signed_in", label=_("Signed in"), widget=MonthInput)
    signed_from = django_filters.DateFilter(field_name="signed_on", lookup_expr="gte")
    term = django_filters.ChoiceFilter(
        choices=Term.choices, method="by_term", label=_("Term"), empty_label=_("Every term")
    )
    ending = django_filters.BooleanFilter(method="ends_soon", label=_("Ends soon"))
    signed_to = django_filters.DateFilter(field_name="signed_on", lookup_expr="lte")
    counted = CountedFilter(label=_("only what the figures count"))
    q = django_filters.CharFilter(method="search", label=_("Number, title or customer"))

    class Meta:
        model = Contract
        fields = ("status",)

    def within(self, rows: QuerySet, _name: str, unit: Unit) -> QuerySet:
        return rows.filter(org_path__gte=unit.path, org_path__lt=after(unit.path))

    def signed_in(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        found = MONTH.fullmatch(value.strip())
        if not found or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
            return rows
        return rows.filter(signed_on__range=month_of(date(int(found[1]), int(found[2]), 1)))

    def by_term(self, rows: QuerySet, _name: str, term: str) -> QuerySet:
        return in_term(rows, term, timezone.localdate())

    def ends_soon(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        today = timezone.localdate()
        return rows.ending(today, today + timedelta(farthest())) if value else rows

    def search(self, rows: QuerySet, _name: str, value: Any) -> QuerySet:
        words = str(value).replace("\0", "").strip()[:60]
        if not words:
            return rows
        found = Q(number__icontains=words) | Q(title__icontains=words)
        found |= Q(archive_number__icontains=words)
        # by pinyin and initials too, as customers are found everywhere else
        ids = Customer.objects.search(words).values_list("pk", flat=True)[:MOST_MATCHES]
        return rows.filter(
            found | Q(customer__name__icontains=words) | Q(customer_id__in=list(ids))
        )


def owners_for(member: Member) -> list[Member]:
    """People the reader may choose among: of the units he sees, none when too many to list."""
    inside = Q(pk__in=())
    for low, high in member.scope.ranges("see"):
        inside |= Q(posts__unit__path__gte=low, posts__unit__path__lt=high)
    people = Member.objects.filter(inside, is_active=True).distinct().order_by("name", "id")
    found = list(people[: MOST_OWNERS + 1])
    return found if len(found) <= MOST_OWNERS else []


class ProductFilter(django_filters.FilterSet):
    """Products by name, code or specification."""

    q = django_filters.CharFilter(method="search", label=_("Name or code"))

    class Meta:
        model = Product
        fields = ()

    def search(self, rows: QuerySet, _name: str, value: Any) -> QuerySet:
        words = str(value).replace("\0", "").strip()[:60]
        found = Q(name__icontains=words) | Q(code__icontains=words)
        return rows.filter(found | Q(specification__icontains=words)) if words else rows
