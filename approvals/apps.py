"""Approvals: the engine; adds the inbox to the navigation and its duties to the one rule."""

from decimal import Decimal
from typing import Any

from django.apps import AppConfig
from django.db.models import Count, DecimalField, F, Func, Q, Sum
from django.utils.translation import gettext_noop as N_

from kit.registry import door, panel, topic

DECIDERS = frozenset(
    {"management", "director", "regional_manager", "supervisor", "finance", "company_admin"}
)
PARAMS = (
    ("delegation_days", 366, N_("Longest time for one stand-in"), N_("days"), 1, 3660),
    ("remind_hours", 8, N_("Working hours before an approver is reminded"), N_("hours"), 1, 80),
    ("remind_pause", 4, N_("Pause between two reminders by the submitter"), N_("hours"), 1, 72),
    ("reminds_a_day", 3, N_("Reminders by the submitter in a day"), N_("times"), 0, 24),
    ("batch_cap", Decimal(200000), N_("Largest amount approved together with others"), "¥", 0,
     1_000_000_000),
    ("withdraw_late", 0,
     N_("Withdrawal until the last approval: 1 yes, 0 before the first alone"), "", 0, 1),
)  # fmt: skip


class ApprovalsConfig(AppConfig):
    name = "approvals"

    def ready(self) -> None:
        from approvals import access, chain, glossary, kinds, news, panels
        from approvals.actions import ask_again, ask_below
        from approvals.models import Delegation
        from org.access import duties, stand_ins
        from org.actions import SEATS_CHANGED, UNIT_MOVED
        from tenancy.actions import handle
        from tenancy.params import declare

        glossary.ready()
        handle(SEATS_CHANGED, ask_again)
        handle(UNIT_MOVED, ask_below)
        stand_ins.append(Delegation.objects.told_to_scope)
        handle("approvals.delegated", news.delegated)
        asked = ("submitted", "asked", "withdraw", "transfer")
        for news_of in (*asked, "add_before", "add_after", "add_parallel"):
            handle(f"approvals.{news_of}", news.submitted)
        for verb in ("remind", "comment", "copy"):
            handle(f"approvals.{verb}", news.said)
        for news_of in ("due_soon", "escalated"):
            handle(f"approvals.{news_of}", news.late)
        for verb in ("approve", "return", "reject"):
            handle(f"approvals.{verb}", news.decided)
        self.topics()
        self.measure()
        self.watch()

        say_what_is_left()
        for key, default, label, unit, low, high in PARAMS:
            bounds = {"low": Decimal(low), "high": Decimal(high), "clause": "ORG-1.3"}
            declare(f"approvals.{key}", default, label, unit=unit, **bounds)
        text = N_("it waits for your decision")
        panel("org.member", 30, panels.stand_ins)
        kinds.register(chain.KIND)
        duties[chain.KIND.name] = [
            (text, access.documents_to_decide(chain.KIND.name)),
            (N_("administrators keep the chains together"), access.changes_kept),
        ]
        duties["approvals.case"] = [(text, access.cases_to_decide)]
        door(
            group=N_("Workplace"),
            label=N_("To approve"),
            url="approvals:inbox",
            icon="checkbox",
            rule="approvals.inbox",
            order=11,
            waiting=waiting_of,
            phone=2,
            phone_roles=DECIDERS,
            always=DECIDERS,
        )

        door(
            group=N_("Administration"),
            label=N_("Approval chains"),
            url="approvals:chains",
            icon="route",
            rule="approvals.chains",
            order=87,
        )

    @staticmethod
    def watch() -> None:
        from approvals import actions
        from tenancy.jobs import job

        job(
            key="approvals.clock",
            label=N_("Deadlines of approvals"),
            text=N_("Whoever sits on a document is reminded; at its deadline superiors are told."),
            pace="always",
            seconds=300,
            work=lambda _after, _day: actions.run_clock(),
            numbers={"reminded": N_("reminded"), "escalated": N_("told upward")},
            order=20,
            clause="CTR-1.2 CTR-1.3",
        )

    @staticmethod
    def topics() -> None:
        topic(
            key="approvals.asked",
            label=N_("A document waits for my decision"),
            gone=N_("A document waited for your decision"),
            icon="checkbox",
            order=10,
            colour="amber",
            is_urgent=True,
        )
        topic(
            key="approvals.ended",
            label=N_("My document was decided on"),
            gone=N_("A document you submitted was decided on"),
            icon="gavel",
            order=11,
        )
        topic(
            key="approvals.talk",
            label=N_("Somebody reminds me, mentions me or sends me a copy"),
            gone=N_("Somebody meant you at a document"),
            icon="message",
            order=12,
        )
        topic(
            key="approvals.stands_in",
            label=N_("I decide for somebody else"),
            gone=N_("You decided for somebody else"),
            icon="user-share",
            order=14,
            url="approvals:inbox",
        )

    @staticmethod
    def measure() -> None:
        """CTR-1.2, CTR-1.3: how many documents were decided, and how long that took."""
        from figures.measures import Measure, register

        decided = Q(state__in=("approved", "rejected"))
        hours = Func(
            F("decided_at"),
            F("submitted_at"),
            template="round(extract(epoch FROM %(expressions)s) / 3600, 2)",
            arg_joiner=" - ",
            output_field=DecimalField(max_digits=20, decimal_places=2),
        )
        facts = {"model": "approvals.case", "at": "decided_at", "where": decided}
        register(
            Measure(
                "decided_cases", N_("Decided documents"), value=Count("pk"), icon="gavel", **facts
            )
        )
        register(
            Measure(
                "approval_hours", N_("Hours of approval"), value=Sum(hours), is_hours=True,
                icon="clock", **facts,
            )
        )  # fmt: skip


def say_what_is_left() -> None:
    """What becomes of approvals when a person leaves."""
    from approvals.models import Case, ChainChange, Task
    from org.succession import leave

    leave(
        model="approvals.chainchange",
        key="changes",
        fate="stays",
        order=75,
        label=N_("Changes of chains"),
        text=N_("Another administrator gives up what is undecided and drafts it anew."),
        rows=lambda member: ChainChange.objects.filter(owner=member),
    )

    leave(
        model="approvals.task",
        key="waiting",
        fate="itself",
        order=50,
        label=N_("Approvals that wait for this person"),
        text=N_("They pass to whoever holds the post or the one above, when the person is out."),
        rows=lambda m: Task.objects.filter(
            member=m, state=Task.State.OPEN, case__state=Case.State.RUNNING
        ),
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


def waiting_of(member: Any) -> Any:
    """The tasks that wait, or how many where the inbox has just counted them."""
    from approvals.models import Task
    from approvals.waiting import COUNTED
    from tenancy.context import memo

    known = memo().get((COUNTED, member.pk))
    return Task.objects.waiting_for(member) if known is None else known
