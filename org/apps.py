"""Organisation: the tree, its people and the one rule; hands its entries to the navigation."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import door


class OrgConfig(AppConfig):
    name = "org"

    def ready(self) -> None:
        door(
            group=N_("Administration"),
            label=N_("Organisation"),
            url="org:tree",
            icon="sitemap",
            rule="org.tree",
            order=80,
        )
        door(
            group=N_("Administration"),
            label=N_("Members"),
            url="org:members",
            icon="users-group",
            rule="org.members",
            order=81,
        )
        from org import rules  # noqa: F401
        from org.actions import move
        from tenancy.actions import handle, handle_long

        handle_long("org.move_unit", move.move_later)
        handle("org.follow_move", move.follow_move)
        self.open_doors()

    def open_doors(self) -> None:
        """What only the company's administrator is offered."""
        for label, url, icon, order in (
            (N_("Roles"), "org:roles", "shield", 82),
            (N_("Parameters"), "org:params", "adjustments", 83),
            (N_("Working calendar"), "org:calendar", "calendar", 84),
            (N_("Company"), "org:company", "building", 85),
        ):
            door(
                group=N_("Administration"),
                label=label,
                url=url,
                icon=icon,
                rule="org.administer",
                order=order,
            )
