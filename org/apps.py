"""Organisation: the tree, its people and the one rule; hands its entries to the navigation."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import command, door, finder, panel, place, topic


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
        from org import finders, glossary, rules  # noqa: F401
        from org.actions import move, succession
        from org.actions.company import record_param
        from tenancy.actions import handle, handle_long, witnesses
        from tenancy.params import declare

        witnesses[:] = [record_param]
        handle_long("org.move_unit", move.move_later)
        handle("org.follow_move", move.follow_move)
        handle_long(succession.TOPIC, succession.hand_over_later)
        from accounts.news import followers
        from org.actions.token import follow_login
        from org.views.token import tokens_panel

        followers.append(follow_login)
        panel("account.settings", 50, tokens_panel)
        declare(
            "org.watermark",
            1,
            N_("Name of the reader as a faint mark on pages and papers: 1 on, 0 off"),
            low=0,
            high=1,
        )
        glossary.ready()
        self.open_doors()
        self.say_what_is_left()
        finder(
            key="colleagues",
            label=N_("Colleagues"),
            icon="user",
            order=40,
            source=finders.colleagues,
            url="org:members",
        )
        place("org.post", "org:profile", is_own=True)
        topic(
            key="org.post",
            label=N_("I am given a post"),
            gone=N_("You were given a post that is over"),
            icon="shield",
            order=50,
        )
        command(
            label=N_("My posts and rights"),
            url="org:profile",
            icon="user",
            rule="org.profile",
            order=30,
        )
        command(
            label=N_("My account"),
            url="accounts:account",
            icon="settings",
            rule="accounts.own",
            order=32,
        )
        command(
            label=N_("Invite a member"),
            url="org:invite",
            icon="user-plus",
            rule="org.administer",
            order=31,
        )

    @staticmethod
    def say_what_is_left() -> None:
        """The keys of a person who leaves."""
        from org.models import ApiToken
        from org.succession import leave

        leave(
            model="org.apitoken",
            key="keys",
            fate="itself",
            order=90,
            label=N_("Keys for other systems"),
            text=N_("They end when the person is switched off."),
            rows=lambda m: ApiToken.objects.filter(member_id=m.pk, revoked_at=None),
        )

    def open_doors(self) -> None:
        """What only the company's administrator is offered."""
        offered = {"group": N_("Administration"), "rule": "org.administer"}
        door(label=N_("Roles"), url="org:roles", icon="shield", order=82, **offered)
        door(label=N_("Parameters"), url="org:params", icon="adjustments", order=83, **offered)
        door(label=N_("Working calendar"), url="org:calendar", icon="calendar", order=84, **offered)
        door(label=N_("Company"), url="org:company", icon="building", order=85, **offered)
        door(label=N_("Jobs of the clock"), url="org:jobs", icon="clock-play", order=87, **offered)
        door(label=N_("Support access"), url="org:supports", icon="lifebuoy", order=86, **offered)
