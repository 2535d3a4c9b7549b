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
