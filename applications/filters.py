"""Filters of the list, shared by page and API."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from applications.declaring import forms
from applications.models import Application
from approvals.models import Status

STATES = [(state.value, state.label) for state in (
    Status.DRAFT, Status.IN_REVIEW, Status.RETURNED, Status.WITHDRAWN, Status.REJECTED,
    Status.APPROVED,
)]  # fmt: skip


def kinds() -> list[tuple[str, Any]]:
    return [(form.key, _(form.label)) for form in forms.values()]


class ApplicationFilter(django_filters.FilterSet):
    """By form, state, person and days; `on` is a day that lies within."""

    form = django_filters.ChoiceFilter(
        field_name="kind", choices=kinds, label=_("Form"), empty_label=_("Every form")
    )
    status = django_filters.ChoiceFilter(
        choices=STATES, label=_("Status"), empty_label=_("Every status")
    )
    owner = django_filters.NumberFilter(field_name="owner_id")
    on = django_filters.DateFilter(method="within", label=_("On the day"))
    q = django_filters.CharFilter(method="search", label=_("Number, title or name"))

    class Meta:
        model = Application
        fields = ("status",)

    def within(self, rows: QuerySet, _name: str, day: Any) -> QuerySet:
        return rows.filter(begins_on__lte=day, ends_on__gte=day)

    def search(self, rows: QuerySet, _name: str, value: Any) -> QuerySet:
        words = str(value).replace("\0", "").strip()[:60]
        if not words:
            return rows
        found = Q(number__icontains=words) | Q(title__icontains=words)
        return rows.filter(found | Q(owner__name__icontains=words))
