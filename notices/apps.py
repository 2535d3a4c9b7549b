"""Notices: the bell of the frame, the receiver of news, and a block of one's own settings."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import command, door, panel

PARAMS = (
    ("digest", 1, N_("A daily mail of what is unread, for whoever wants it: 1 on, 0 off"), 1),
    ("digest_hour", 9, N_("Hour of the daily mail, on working days between 9 and 18"), 17),
    ("quiet_from_hour", 21, N_("Hour from which no mail is sent"), 23),
    ("quiet_until_hour", 8, N_("Hour until which no mail is sent"), 23),
)


class NoticesConfig(AppConfig):
    name = "notices"

    def ready(self) -> None:
        from notices import access, actions, glossary, panels, reading  # noqa: F401
        from tenancy.actions import handle
        from tenancy.params import declare

        handle("notices.tell", actions.receive)
        glossary.ready()
        for key, default, label, high in PARAMS:
            declare(f"notices.{key}", default, label, low=0, high=high, clause="RPT-3.4")
        panel("account.settings", 90, panels.choices)
        panel("org.company", 60, panels.mail)
        self.jobs()
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

    @staticmethod
    def jobs() -> None:
        from notices import actions
        from tenancy.jobs import job

        job(
            key="notices.mail",
            label=N_("Mail of notices"),
            text=N_("Whoever has unread notices gets one mail a working day; some also at once."),
            pace="always",
            seconds=60,
            work=lambda _after, _day: {"planned": actions.plan_mail()},
            numbers={
                "planned": N_("new mails"),
                "waiting": N_("waiting"),
                "failed": N_("given up"),
            },
            state=actions.mail_waiting,
            order=15,
            clause="RPT-3.4",
        )
        job(
            key="notices.tidy",
            label=N_("Letting go of old notices"),
            text=N_("Notices and mails of more than ninety days ago go."),
            pace="day",
            work=lambda _after, _day: actions.tidy(),
            numbers={"notices": N_("notices"), "mails": N_("mails")},
            order=91,
        )
