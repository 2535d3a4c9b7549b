"""Figures: what can be counted, and the one function that counts it."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_


class FiguresConfig(AppConfig):
    name = "figures"

    def ready(self) -> None:
        from figures import access, actions  # noqa: F401
        from figures.models import Delta
        from tenancy.jobs import job

        job(
            key="figures.fold",
            label=N_("Adding up figures"),
            text=N_("Changes go into the sums of the figures within seconds."),
            pace="always",
            seconds=5,
            numbers={"waiting": N_("waiting")},
            state=lambda: {"waiting": Delta.objects.count()},
            order=12,
        )
        job(
            key="figures.reconcile",
            label=N_("Comparing figures with their rows"),
            text=N_("Every night each sum is compared with what it adds up, and put right."),
            pace="night",
            seconds=3600,
            work=lambda _after, _day: {"differences": len(actions.reconcile())},
            numbers={"differences": N_("differences")},
            order=40,
            clause="DAT-1.1",
        )
