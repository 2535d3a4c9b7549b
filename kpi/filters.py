"""Filters of the lists of the API."""

import django_filters

from kpi.models import Reopening, Review


class ReviewFilter(django_filters.FilterSet):
    """By month and person."""

    month = django_filters.DateFilter(field_name="period__month")
    period = django_filters.NumberFilter(field_name="period_id")
    owner = django_filters.NumberFilter(field_name="owner_id")
    unit = django_filters.NumberFilter(field_name="unit_id")

    class Meta:
        model = Review
        fields = ("month", "period", "owner", "unit")


class ReopeningFilter(django_filters.FilterSet):
    """By month."""

    period = django_filters.NumberFilter(field_name="period_id")

    class Meta:
        model = Reopening
        fields = ("period",)
