"""Notices: the bell of the frame, the receiver of news, and a block of one's own settings."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import command, door, panel


class NoticesConfig(AppConfig):
    name = "notices"

    def ready(self) -> None:
        from notices import access, actions, panels, reading  # noqa: F401
        from tenancy.actions import handle

        handle("notices.tell", actions.receive)
        panel("account.settings", 50, panels.choices)
        # no group: the bell stands in the frame itself
        door(
            group="",
            label=N_("Notices"),
            url="notices:list",
            icon="bell",
            rule="notices.list",
            order=1,
            waiting=reading.unread_of,
        )
        command(
            label=N_("What I am told"),
            url="notices:choices",
            icon="bell",
            rule="notices.choose",
            order=32,
        )
