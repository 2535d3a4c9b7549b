"""Tenancy attaches its constraints to every company model as the class is made."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_


class TenancyConfig(AppConfig):
    name = "tenancy"

    def ready(self) -> None:
        from tenancy import actions
        from tenancy.jobs import job, run_asked

        actions.handle("tenancy.job", run_asked)

        def tidy(_after: Any, _day: Any) -> dict[str, int]:
            return actions.tidy()

        job(
            key="tenancy.tidy",
            label=N_("Letting go of delivered news"),
            text=N_("News that was delivered a month ago and old answers to repeated requests go."),
            pace="day",
            work=tidy,
            numbers={
                "outbox": N_("pieces of news"),
                "idempotency": N_("kept answers"),
                "runs": N_("old runs"),
            },
            order=90,
        )
        job(
            key="tenancy.sweep",
            label=N_("Delivering news"),
            text=N_("What an act left to be told or done afterwards is taken up within seconds."),
            pace="always",
            seconds=2,
            numbers={"waiting": N_("waiting"), "failed": N_("given up")},
            state=actions.news_waiting,
            order=10,
        )
