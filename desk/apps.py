"""The desk: today and the figures, the first two entries of the navigation."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import door, finder


class DeskConfig(AppConfig):
    name = "desk"

    def ready(self) -> None:
        from desk import access, exports, finders  # noqa: F401
        from kit import terms
        from tenancy.params import declare

        exports.ready()
        declare(
            "desk.behind",
            80,
            N_("Share of the pace below which somebody is named as behind"),
            unit="%",
            low=1,
            high=100,
            clause="PLAN-2.4",
        )
        declare(
            "desk.quiet_days",
            5,
            N_("Working days without a visit after which a person is named"),
            unit=N_("days"),
            low=1,
            high=60,
            clause="CUS-1.9",
        )
        terms.page = "desk:terms"

        door(
            group=N_("Workplace"),
            label=N_("My day"),
            url="desk:home",
            icon="home",
            rule="desk.home",
            order=10,
            phone=1,
        )
        door(
            group=N_("Workplace"),
            label=N_("Figures"),
            url="desk:figures",
            icon="chart-bar",
            rule="figures.view",
            order=15,
            phone=2,
            phone_roles=frozenset({"management", "director", "analyst"}),
        )
        finder(key="pages", label=N_("Pages"), icon="arrow-right", order=60, source=finders.pages)
