"""Approvals: the engine; adds the inbox to the navigation and its duties to the one rule."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import door

DECIDERS = frozenset(
    {"management", "director", "regional_manager", "supervisor", "finance", "company_admin"}
)


class ApprovalsConfig(AppConfig):
    name = "approvals"

    def ready(self) -> None:
        from approvals import access, glossary
        from approvals.actions import ask_again
        from org.access import duties
        from org.actions import SEATS_CHANGED
        from tenancy.actions import handle

        glossary.ready()
        handle(SEATS_CHANGED, ask_again)

        text = N_("it waits for your decision")
        duties["approvals.case"] = [(text, access.cases_to_decide)]
        door(
            group=N_("Workplace"),
            label=N_("To approve"),
            url="approvals:inbox",
            icon="checkbox",
            rule="approvals.inbox",
            order=11,
            count=waiting_count,
            phone=2,
            phone_roles=DECIDERS,
        )


def waiting_count(member: Any) -> int:
    from approvals.models import Task

    return Task.objects.waiting_for(member)[:99].count()
