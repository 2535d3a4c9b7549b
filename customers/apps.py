"""Customers: pages for the navigation, sources for the timeline, shares for the rule."""

from datetime import time
from typing import Any

from django.apps import AppConfig
from django.db.models import Count, Q
from django.utils.translation import gettext_noop as N_

from kit.registry import command, door, finder, panel, place, timeline, topic
from tenancy.params import declare

CONTACT_DAYS = {
    "a": (7, N_("Days between contacts with tier A")),
    "b": (14, N_("Days between contacts with tier B")),
    "c": (30, N_("Days between contacts with tier C")),
    "d": (14, N_("Days between contacts with tier D")),
}
REMINDERS = (
    ("visit_ahead_days", 0, N_("Days before a visit at which its owner is told"), "CUS-1.8"),
    ("overdue_days", 0, N_("Days a contact may be late before the owner is told"), "CUS-1.9"),
)


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
        for key, days, label, clause in REMINDERS:
            unit = N_("days")
            declare(f"customers.{key}", days, label, unit=unit, low=0, high=60, clause=clause)
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
        self.say_what_is_left()
        self.be_found()
        self.remind()

    @staticmethod
    def remind() -> None:
        """What owners are told by the clock."""
        from customers.actions import reminders
        from tenancy.jobs import job

        job(
            key="customers.remind",
            label=N_("Visits due and customers left too long"),
            text=N_("Owners are told of a visit on its day, and when a tier's days have run out."),
            pace="workday",
            starts=time(7),
            work=reminders.remind,
            numbers={"visits": N_("visits"), "contacts": N_("customers")},
            order=30,
            clause="CUS-1.9",
        )
        topic(
            key="customers.visit_due",
            label=N_("A visit of mine is due"),
            gone=N_("A visit of yours was due"),
            icon="map-pin",
            order=23,
        )
        topic(
            key="customers.contact_due",
            label=N_("A customer of mine has waited too long"),
            gone=N_("A customer of yours had waited too long"),
            icon="clock-exclamation",
            order=24,
            colour="amber",
        )

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

    @staticmethod
    def say_what_is_left() -> None:
        """What becomes of these records when a person leaves."""
        from customers.actions import ownership
        from customers.models import Customer, CustomerShare, Note, Visit
        from org.succession import leave

        def plans(member: Any) -> Any:
            return Visit.objects.filter(owner=member, status=Visit.Status.PLANNED)

        def lent(member: Any) -> Any:
            return CustomerShare.objects.filter(user_id=member.user_id)

        leave(
            model="customers.customer",
            key="customers",
            fate="goes",
            order=10,
            label=N_("Customers"),
            text=N_("With contact persons, plans, visits and notes; the history stays readable."),
            rows=lambda member: Customer.objects.filter(owner=member),
            pass_on=ownership.succeed,
        )
        leave(
            model="customers.visit",
            key="plans",
            fate="goes",
            order=11,
            label=N_("Planned visits"),
            text=N_("Also those at customers of others."),
            rows=plans,
            pass_on=ownership.succeed_visits,
        )
        leave(
            model="customers.customershare",
            key="shares",
            fate="ends",
            order=60,
            label=N_("Customers shared with this person"),
            text=N_("The shares end; their owners keep them."),
            rows=lent,
            pass_on=ownership.end_shares,
        )
        leave(
            model="customers.visit",
            key="visits",
            fate="stays",
            order=70,
            label=N_("Visits made"),
            text=N_("They say who was there; the next owner of the customer reads them."),
            rows=lambda m: Visit.objects.filter(owner=m).exclude(status=Visit.Status.PLANNED),
        )
        leave(
            model="customers.note",
            key="notes",
            fate="stays",
            order=71,
            label=N_("Notes of talks"),
            text=N_("They say who spoke; the next owner of the customer reads them."),
            rows=lambda member: Note.objects.filter(owner=member),
        )

    def hand_down(self) -> None:
        """The timeline, the duty of a share, the import and the two measures of this floor."""
        from customers import access, exports, glossary, history, imports
        from customers.models import Customer, Visit
        from figures.measures import Measure, register
        from files.holders import Holder
        from files.holders import register as hold
        from files.panels import attachments
        from org.access import duties

        duties["customers.customer"] = [(access.SHARED, access.shared_with)]
        glossary.ready()
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
                icon="user-plus",
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
                icon="map-pin",
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
                icon="map-pin-check",
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
        place("customers.customer", "customers:detail")
        place("customers.visit", "customers:visit")
        topic(
            key="customers.shared",
            label=N_("A customer is shared with me"),
            gone=N_("A customer was shared with you"),
            icon="share",
            order=20,
        )
        topic(
            key="customers.received",
            label=N_("Customers are handed over to me"),
            gone=N_("A customer was handed over to you"),
            icon="user-share",
            order=21,
            url="customers:list",
        )
        topic(
            key="customers.passed_on",
            label=N_("Customers of mine go to somebody else"),
            gone=N_("A customer of yours was handed over"),
            icon="user-share",
            order=22,
            colour="amber",
            url="desk:home",
        )
