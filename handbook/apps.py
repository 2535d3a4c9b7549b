"""The handbook: reads the register at start-up and hands the clauses down to whoever cites them."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import bind, door, finish, manual

# built in full; docs/tour.md says how a clause comes onto this list
FINISHED = "ORG-1.1 ORG-1.3 ORG-1.6 CUS-3.2 CTR-1.1 CTR-1.2 CTR-1.3 CTR-1.5 CTR-1.6 CTR-2.4"


class HandbookConfig(AppConfig):
    name = "handbook"

    def ready(self) -> None:
        from handbook import access, citations, register  # noqa: F401

        manual.update(register.load())
        finish(FINISHED)
        bind("GOV-1.2 GOV-3.6", "log", N_("Every act stands in the chained log"), "measures")
        door(
            group=N_("Workplace"),
            label=N_("Handbook"),
            url="handbook:list",
            icon="book",
            rule="handbook.view",
            order=17,
        )
