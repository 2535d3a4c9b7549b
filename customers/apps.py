"""Customers: pages for the navigation, sources for the timeline, shares for the rule."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import door, timeline  # noqa: F401
from tenancy.params import declare

CONTACT_DAYS = {"a": 7, "b": 14, "c": 30, "d": 14}


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        for tier, days in CONTACT_DAYS.items():
            declare(
                f"customers.contact_days_{tier}",
                days,
                N_("Days between contacts with customers of a tier"),
                unit="days",
                low=1,
                high=365,
                clause="CUS-1.9",
            )
        declare("visits.rough_accuracy", 100, N_("A position beyond this is rough"), unit="m")
        declare("visits.weak_accuracy", 500, N_("A position beyond this does not count"), unit="m")
        declare(
            "visits.frozen_after_hours",
            24,
            N_("Hours after which the result of a visit is frozen"),
            unit="hours",
            low=1,
            high=240,
        )
        from customers import access
        from org import access as org_access

        org_access.duties["customers.customer"] = [
            (N_("it was shared with you"), access.shared_with)
        ]
