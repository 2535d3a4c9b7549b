"""KPI: registers the months, their notices, parameters and the kind of document that re-opens."""

from decimal import Decimal

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import door, place, topic


class KpiConfig(AppConfig):
    name = "kpi"

    def ready(self) -> None:
        from approvals import kinds
        from approvals.access import documents_to_decide
        from kpi import access, actions, chain, glossary  # noqa: F401
        from org.access import duties
        from tenancy.jobs import job
        from tenancy.params import declare

        glossary.ready()
        kinds.register(chain.KIND)
        text = N_("it waits for your decision")
        duties["kpi.reopening"] = [(text, documents_to_decide("kpi.reopening"))]
        bounds = {"unit": N_("working days"), "low": Decimal(1), "clause": "KPI-2.1"}
        declare(
            "kpi.freeze_day",
            3,
            N_("Working day of the following month with which a month freezes"),
            high=Decimal(15),
            **bounds,
        )
        declare(
            "kpi.reopened_days",
            2,
            N_("Working days a re-opened month takes documents in"),
            high=Decimal(10),
            **bounds,
        )
        job(
            key="kpi.close",
            label=N_("Closing the month"),
            text=N_("A month that is over collects its last documents and freezes on its day."),
            pace="always",
            seconds=300,
            work=lambda _after, _day: actions.run_clock(),
            numbers={"steps": N_("steps"), "reviews": N_("reviews")},
            order=41,
            clause="KPI-2.1",
        )
        place("kpi.period", "kpi:period")
        place("kpi.review", "kpi:review")
        self.topics()
        self.say_what_is_left()
        door(
            group=N_("Workplace"),
            label=N_("Monthly review"),
            url="kpi:list",
            icon="calendar-stats",
            rule="kpi.list",
            order=16,
        )

    @staticmethod
    def topics() -> None:
        topic(
            key="kpi.collecting",
            label=N_("A month is over and collects its last documents"),
            gone=N_("A month was over and collected its last documents"),
            icon="calendar-due",
            order=30,
            colour="amber",
        )
        topic(
            key="kpi.frozen",
            label=N_("A month is frozen"),
            gone=N_("A month was frozen"),
            icon="snowflake",
            order=31,
        )
        topic(
            key="kpi.comment",
            label=N_("Somebody comments on a month of mine or of my people"),
            gone=N_("Somebody commented on a monthly review"),
            icon="message",
            order=32,
        )

    @staticmethod
    def say_what_is_left() -> None:
        """What becomes of reviews when a person leaves."""
        from kpi.models import Reopening, Review
        from org.succession import leave

        leave(
            model="kpi.review",
            key="all",
            fate="stays",
            order=76,
            label=N_("Monthly reviews"),
            text=N_("They say what this person reached and what was said of it."),
            rows=lambda member: Review.objects.filter(owner=member),
        )
        leave(
            model="kpi.reopening",
            key="all",
            fate="stays",
            order=77,
            label=N_("Requests to re-open a month"),
            text=N_("They say who asked for what."),
            rows=lambda member: Reopening.objects.filter(owner=member),
        )
