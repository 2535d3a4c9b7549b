"""Contracts: registers its kind of document, parameters, navigation, panels and measures."""

from datetime import time
from decimal import Decimal

from django.apps import AppConfig
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_noop as N_

from kit.registry import command, door, finder, panel, timeline, topic

STANDARD_DAYS = {
    "A": (60, N_("Standard credit days of tier A")),
    "B": (45, N_("Standard credit days of tier B")),
    "C": (30, N_("Standard credit days of tier C")),
    "D": (0, N_("Standard credit days of tier D")),
}
ENDING_DAYS = (  # T18
    (30, N_("Days before its end at which a contract is first marked")),
    (15, N_("Days before its end at which a contract is marked again")),
    (7, N_("Days before its end at which a contract is marked a last time")),
)
WAITS = (
    ("draft_days", 7, N_("Days a draft may lie still before its owner is told"), "CTR-1.1"),
    ("sign_days", 5, N_("Days an approved contract may wait to be signed"), "CTR-1.4"),
)


class ContractsConfig(AppConfig):
    name = "contracts"

    def ready(self) -> None:
        from approvals import kinds
        from approvals.access import documents_to_decide
        from contracts import (  # noqa: F401
            access,
            chain,
            exports,
            glossary,
            history,
            ownership,
            panels,
        )
        from contracts.models import Contract
        from customers.followers import Follower, follow
        from figures import measures
        from files.holders import Holder
        from files.holders import register as hold
        from org.access import duties
        from tenancy.params import declare

        glossary.ready()
        exports.ready()
        kinds.register(chain.KIND)
        text = N_("it waits for your decision")
        duties["contracts.contract"] = [(text, documents_to_decide("contracts.contract"))]
        declare(
            "contracts.discount_floor",
            Decimal(90),
            N_("Lowest discount without a warning"),
            unit="%",
            low=Decimal(0),
            high=Decimal(100),
            clause="CTR-1.3",
        )
        for tier, (days, label) in STANDARD_DAYS.items():
            declare(
                f"contracts.payment_days_{tier}",
                days,
                label,
                unit=N_("days"),
                low=Decimal(0),
                high=Decimal(365),
                clause="CTR-1.3",
            )
        papers = {"paper": "contracts.attach", "signed_copy": "contracts.attach_signed_copy"}
        hold(Holder("contracts.contract", Contract, "contracts:detail", papers))
        for step, (days, label) in enumerate(ENDING_DAYS, 1):
            declare(
                f"contracts.ending_days_{step}",
                days,
                label,
                unit=N_("days"),
                low=Decimal(0),
                high=Decimal(365),
                clause="CTR-1.5",
            )
        for key, days, label, clause in WAITS:
            bounds = {"unit": N_("days"), "low": 1, "high": 365, "clause": clause}
            declare(f"contracts.{key}", days, label, **bounds)
        self.remind()
        follow(Follower(N_("Open contracts"), ownership.items, ownership.move))
        self.doors()
        self.say_what_is_left()
        self.finders()
        topic(
            key="contracts.archived",
            label=N_("A contract of mine is archived"),
            gone=N_("A contract of yours was archived"),
            icon="archive",
            order=12,
        )
        topic(
            key="contracts.ending",
            label=N_("A contract of mine ends soon"),
            gone=N_("A contract of yours ends soon"),
            icon="calendar-due",
            order=13,
            colour="amber",
        )
        panel("customers.customer", 20, panels.purchases)
        panel("customers.customer.acts", 20, panels.acts)
        panel("contracts.contract.glance", 10, panels.glance)
        timeline("customers.customer", panels.events)
        timeline("contracts.contract", history.log)
        timeline("contracts.contract", history.term)
        binding = Q(status__in=("signed", "archived"))
        measures.register(
            measures.Measure(
                key="signed_amount",
                icon="file-text",
                label=N_("Signed amount"),
                model="contracts.Contract",
                at="signed_on",
                value=Sum("gross_amount"),
                where=binding,
                url="contracts:list",
                clause="CTR-1.4",
                is_money=True,
            )
        )
        measures.register(
            measures.Measure(
                key="contracts",
                icon="writing-sign",
                label=N_("Signed contracts"),
                model="contracts.Contract",
                at="signed_on",
                value=Count("pk"),
                where=binding,
                url="contracts:list",
                clause="CTR-1.4",
            )
        )

    @staticmethod
    def remind() -> None:
        """What owners are told by the clock."""
        from contracts import actions
        from tenancy.jobs import job

        job(
            key="contracts.remind",
            label=N_("Drafts lying still and contracts to be signed"),
            text=N_("Owners are told when a draft has not moved for days, and of what to sign."),
            pace="workday",
            starts=time(7),
            work=actions.remind,
            numbers={"drafts": N_("drafts"), "unsigned": N_("contracts to be signed")},
            order=31,
            clause="CTR-1.1 CTR-1.4",
        )
        job(
            key="contracts.tell_ending",
            label=N_("Contracts that end soon"),
            text=N_("Owners are told at each of three limits before a contract's validity ends."),
            pace="workday",
            starts=time(7),
            work=lambda _after, _day: {"told": actions.tell_ending()},
            numbers={"told": N_("contracts")},
            order=32,
            clause="CTR-1.5",
        )
        topic(
            key="contracts.lying",
            label=N_("A draft of mine lies still"),
            gone=N_("A draft of yours had lain still"),
            icon="file-time",
            order=14,
        )
        topic(
            key="contracts.unsigned",
            label=N_("A contract of mine waits to be signed"),
            gone=N_("A contract of yours waited to be signed"),
            icon="writing-sign",
            order=15,
            colour="amber",
        )

    @staticmethod
    def finders() -> None:
        from contracts import finders

        finder(
            key="contracts",
            label=N_("Contracts"),
            icon="file-text",
            order=30,
            source=finders.contracts,
            url="contracts:list",
        )
        finder(
            key="products",
            label=N_("Products"),
            icon="package",
            order=50,
            source=finders.products,
            url="contracts:products",
        )
        command(
            label=N_("New contract"),
            url="contracts:create",
            icon="file-plus",
            rule="contracts.create",
            order=11,
        )
        command(
            label=N_("New product"),
            url="contracts:create_product",
            icon="package",
            rule="contracts.keep_products",
            order=12,
        )

    @staticmethod
    def say_what_is_left() -> None:
        """What becomes of contracts when a person leaves."""
        from contracts.actions import succession
        from org.succession import leave

        name = "contracts.contract"
        leave(
            model=name,
            key="open",
            fate="goes",
            order=20,
            label=N_("Contracts with something left to do"),
            text=N_("Drafts, returned, approved and signed ones; their unit stays."),
            rows=succession.going,
            pass_on=succession.succeed,
        )
        leave(
            model=name,
            key="review",
            fate="waits",
            order=21,
            label=N_("Contracts in review"),
            text=N_("They are decided first, or taken back; then they go like the others."),
            rows=succession.in_review,
        )
        leave(
            model=name,
            key="finished",
            fate="stays",
            order=72,
            label=N_("Finished contracts"),
            text=N_("Archived and rejected ones say who concluded them."),
            rows=succession.finished,
        )

    @staticmethod
    def doors() -> None:
        door(
            group=N_("Business"),
            label=N_("Contracts"),
            url="contracts:list",
            icon="file-text",
            rule="contracts.list",
            order=30,
            phone=4,
        )
        door(
            group=N_("Business"),
            label=N_("Products"),
            url="contracts:products",
            icon="package",
            rule="contracts.products",
            order=35,
        )
