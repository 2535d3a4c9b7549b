"""Figures: what can be counted, and the one function that counts it."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "figures"

    def ready(self) -> None:
        from figures import access  # noqa: F401
