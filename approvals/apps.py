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
        from approvals import access
        from approvals.actions import ask_again
        from org.access import duties
        from org.actions import SEATS_CHANGED
        from tenancy.actions import handle

        handle(SEATS_CHANGED, ask_again)

        say_what_is_left()
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


def say_what_is_left() -> None:
    """What becomes of approvals when a person leaves."""
    from approvals.models import Case, Task
    from org.succession import leave

    leave(
        model="approvals.task",
        key="waiting",
        fate="itself",
        order=50,
        label=N_("Approvals that wait for this person"),
        text=N_("They pass to whoever holds the post or the one above, when the person is out."),
        rows=Task.objects.waiting_for,
    )
    leave(
        model="approvals.case",
        key="submitted",
        fate="stays",
        order=73,
        label=N_("Submissions"),
        text=N_("They say who submitted what."),
        rows=lambda member: Case.objects.filter(owner=member),
    )


def waiting_count(member: Any) -> int:
    from approvals.models import Task

    return Task.objects.waiting_for(member)[:99].count()
