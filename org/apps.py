"""Organisation: the tree, its people and the one rule; hands its entries to the navigation."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import command, door, finder


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
        from org import finders, rules  # noqa: F401
        from org.actions import move
        from tenancy.actions import handle, handle_long
        from tenancy.params import declare

        handle_long("org.move_unit", move.move_later)
        handle("org.follow_move", move.follow_move)
        declare(
            "org.watermark",
            1,
            N_("Name of the reader as a faint mark on pages and papers: 1 on, 0 off"),
            low=0,
            high=1,
        )
        self.open_doors()
        finder(
            key="colleagues",
            label=N_("Colleagues"),
            icon="user",
            order=40,
            source=finders.colleagues,
            url="org:members",
        )
        command(
            label=N_("My posts and rights"),
            url="org:profile",
            icon="user",
            rule="org.profile",
            order=30,
        )
        command(
            label=N_("Invite a member"),
            url="org:invite",
            icon="user-plus",
            rule="org.administer",
            order=31,
        )

    def open_doors(self) -> None:
        """What only the company's administrator is offered."""
        offered = {"group": N_("Administration"), "rule": "org.administer"}
        door(label=N_("Roles"), url="org:roles", icon="shield", order=82, **offered)
        door(label=N_("Parameters"), url="org:params", icon="adjustments", order=83, **offered)
        door(label=N_("Working calendar"), url="org:calendar", icon="calendar", order=84, **offered)
        door(label=N_("Company"), url="org:company", icon="building", order=85, **offered)
        door(label=N_("Support access"), url="org:supports", icon="lifebuoy", order=86, **offered)
