"""Customers: pages for the navigation, sources for the timeline, shares for the rule."""

from django.apps import AppConfig
from django.db.models import Count, Q
from django.utils.translation import gettext_noop as N_

from kit.registry import command, door, finder, panel, timeline
from tenancy.params import declare

CONTACT_DAYS = {
    "a": (7, N_("Days between contacts with tier A")),
    "b": (14, N_("Days between contacts with tier B")),
    "c": (30, N_("Days between contacts with tier C")),
    "d": (14, N_("Days between contacts with tier D")),
}


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        for tier, (days, label) in CONTACT_DAYS.items():
            declare(
                f"customers.contact_days_{tier}",
                days,
                label,
                unit=N_("days"),
                low=1,
                high=365,
                clause="CUS-1.9",
            )
        declare(
            "customers.searches_per_day",
            100,
            N_("Searches through the whole company a person may make in a day"),
            low=1,
            high=10_000,
            clause="CUS-2.1",
        )
        declare(
            "customers.reveals_per_day",
            50,
            N_("Masked telephone numbers a person may have shown in a day"),
            low=1,
            high=10_000,
            clause="CUS-2.1",
        )
        declare("visits.rough_accuracy", 100, N_("A position beyond this is rough"), unit="m")
        declare("visits.weak_accuracy", 500, N_("A position beyond this does not count"), unit="m")
        declare(
            "visits.frozen_after_hours",
            24,
            N_("Hours after which the result of a visit is frozen"),
            unit=N_("hours"),
            low=1,
            high=240,
        )
        self.open_doors()
        self.hand_down()
        self.be_found()

    def open_doors(self) -> None:
        """Customers and visits for everybody, the check-in tab for those who sell."""
        door(
            group=N_("Business"),
            label=N_("Customers"),
            url="customers:list",
            icon="users",
            rule="customers.list",
            order=20,
            phone=2,
        )
        door(
            group=N_("Business"),
            label=N_("Visits"),
            url="customers:visits",
            icon="map-pin",
            rule="customers.visit_list",
            order=21,
        )
        door(
            group=N_("Workplace"),
            label=N_("Check in"),
            url="customers:today",
            icon="map-pin-check",
            rule="customers.visit_list",
            order=12,
            phone=3,
            is_centre=True,
            roles=frozenset({"rep", "supervisor", "regional_manager"}),
        )

    def hand_down(self) -> None:
        """The timeline, the duty of a share, the import and the two measures of this floor."""
        from customers import access, exports, history, imports
        from customers.models import Customer, Visit
        from figures.measures import Measure, register
        from files.holders import Holder
        from files.holders import register as hold
        from files.panels import attachments
        from org.access import duties

        duties["customers.customer"] = [(access.SHARED, access.shared_with)]
        imports.ready()
        exports.ready()
        papers = {"paper": "customers.attach"}
        hold(Holder("customers.customer", Customer, "customers:detail", papers))
        pictures = {"paper": "customers.attach_visit"}
        hold(Holder("customers.visit", Visit, "customers:visit", pictures))
        panel("customers.customer", 90, attachments)
        sources = (
            history.visits,
            history.notes,
            history.tier_changes,
            history.owners,
            history.log,
        )
        for source in sources:
            timeline("customers.customer", source)
        timeline("org.member", history.handed_over)
        register(
            Measure(
                key="new_customers",
                label=N_("New customers"),
                model="customers.customer",
                at="created_at",
                value=Count("pk"),
                where=Q(archived_at=None),
                url="customers:list",
                clause="CUS-1.1",
            )
        )
        register(
            Measure(
                key="visits",
                label=N_("Visits"),
                model="customers.visit",
                at="checked_in_at",
                value=Count("pk"),
                where=Q(status="done"),
                url="customers:visits",
                clause="CUS-1.9",
                fixed={"box": "done", "who": "all"},
            )
        )
        register(
            Measure(
                key="effective_visits",
                label=N_("Effective visits"),
                model="customers.visit",
                at="checked_in_at",
                value=Count("pk"),
                # T2: with a result; a visit left open and never written up is none
                where=Q(status="done") & ~Q(summary=""),
                clause="CUS-1.9",
            )
        )

    def be_found(self) -> None:
        """What the search everywhere asks this floor."""
        from customers import finders

        finder(
            key="customers",
            label=N_("Customers"),
            icon="users",
            order=10,
            source=finders.customers,
            url="customers:list",
        )
        finder(
            key="contacts",
            label=N_("Contacts"),
            icon="address-book",
            order=20,
            source=finders.contacts,
        )
        command(
            label=N_("New customer"),
            url="customers:create",
            icon="user-plus",
            rule="customers.create",
            order=10,
        )
