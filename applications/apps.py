"""Applications: declares every form of its folder, and hands down navigation, search, papers."""

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import command, door, finder, timeline


class ApplicationsConfig(AppConfig):
    name = "applications"

    def ready(self) -> None:
        from applications import access, finders, forms, glossary, history  # noqa: F401
        from applications.models import Application
        from approvals.access import documents_to_decide
        from files.holders import Holder, register
        from org.access import duties

        forms.load()
        glossary.ready()
        label = "applications.application"
        text = N_("it waits for your decision")
        duties[label] = [(text, documents_to_decide(label))]
        papers = {"paper": "applications.attach"}
        register(Holder(label, Application, "applications:detail", papers))
        timeline(label, history.log)
        say_what_is_left(label)
        door(
            group=N_("Workplace"),
            label=N_("Applications"),
            url="applications:list",
            icon="forms",
            rule="applications.list",
            order=14,
        )
        command(
            label=N_("New application"),
            url="applications:create",
            icon="file-plus",
            rule="applications.create",
            order=13,
        )
        finder(
            key="applications",
            label=N_("Applications"),
            icon="forms",
            order=60,
            source=finders.applications,
            url="applications:list",
        )


def say_what_is_left(model: str) -> None:
    """What becomes of applications when a person leaves."""
    from applications.models import Application
    from approvals.models import Status
    from org.succession import leave

    def of(member: Any, **which: Any) -> Any:
        return Application.objects.filter(owner=member, **which)

    leave(
        model=model,
        key="review",
        fate="waits",
        order=24,
        label=N_("Applications in review"),
        text=N_("They are decided first, or taken back."),
        rows=lambda member: of(member, status=Status.IN_REVIEW),
    )
    leave(
        model=model,
        key="applications",
        fate="stays",
        order=74,
        label=N_("Applications"),
        text=N_("They say what the person asked for; nobody else goes on with them."),
        rows=lambda member: of(member).exclude(status=Status.IN_REVIEW),
    )
