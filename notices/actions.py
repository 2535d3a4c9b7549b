"""Writing notices from news, reading them, and choosing what to be told."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from audit.actions import record
from kit.registry import topics
from notices.models import Choice, Notice
from org.access import check
from org.models import Member

KEPT = timedelta(days=90)


def write(
    *,
    topic: str,
    to: Iterable[int],
    text: str,
    event: str,
    kind: str = "",
    target: int | None = None,
    by: int | None = None,
    values: Mapping[str, Any] | None = None,
) -> int:
    """A notice for each of the members, except the actor and whoever does not want the topic.

    `event` names what happened: each member is told of it once, however often this is called.
    """
    known = topics[topic].key
    off = Choice.objects.filter(topic=known, channel=Choice.Channel.PAGE, is_on=False)
    people = Member.objects.filter(pk__in=set(to) - {by}, is_active=True)
    wanted = people.exclude(pk__in=off.values("member")).values_list("pk", flat=True)
    told = set(Notice.objects.filter(event=event).values_list("member_id", flat=True))
    made = [
        Notice(
            member_id=pk, topic=known, text=text, event=event, kind=kind, target_id=target,
            by_id=by, values=dict(values or {}),
        )
        for pk in wanted
        if pk not in told
    ]  # fmt: skip
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def receive(news: Mapping[str, Any]) -> None:
    """Receiver of notices.tell (tenancy.actions.tell): news of the floors below and beside."""
    said = {name: value for name, value in news.items() if name != "news"}
    write(event=f"news:{news['news']}", **said)


def settle(topic: str, *, kind: str, target: int, keep: Iterable[int] = ()) -> int:
    """What is no longer asked of somebody need not be read any more."""
    rows = Notice.objects.unread().filter(topic=topic, kind=kind, target_id=target)
    return rows.exclude(member__in=list(keep)).update(read_at=timezone.now())


def read(notice: Notice, *, by: Member) -> None:
    check(by, "notices.read", notice)
    Notice.objects.unread().filter(pk=notice.pk).update(read_at=timezone.now())


def unread(notice: Notice, *, by: Member) -> None:
    check(by, "notices.read", notice)
    Notice.objects.filter(pk=notice.pk).update(read_at=None)


def read_all(*, by: Member) -> tuple[int, datetime]:
    """How many, and the moment by which they are found again."""
    check(by, "notices.read")
    now = timezone.now()
    return Notice.objects.visible_to(by).unread().update(read_at=now), now


def unread_all(*, by: Member, at: datetime) -> int:
    """Undo of `read_all`: what was read at that very moment."""
    check(by, "notices.read")
    return Notice.objects.visible_to(by).filter(read_at=at).update(read_at=None)


def choose(wanted: Mapping[str, bool], *, by: Member) -> None:
    """One's own choice, topic by topic."""
    check(by, "notices.choose")
    before = chosen(by)
    for key, is_on in wanted.items():
        Choice.objects.update_or_create(
            member=by, topic=topics[key].key, channel=Choice.Channel.PAGE, defaults={"is_on": is_on}
        )
    changed = {key: is_on for key, is_on in wanted.items() if before[key] != is_on}
    if changed:
        old = {key: before[key] for key in changed}
        record("notices.choose", by, by=by, before=old, after=changed)


def chosen(member: Member) -> dict[str, bool]:
    """Every topic with the member's choice; what was never chosen is told."""
    rows = Choice.objects.filter(member=member, channel=Choice.Channel.PAGE)
    said = dict(rows.values_list("topic", "is_on"))
    return {key: said.get(key, True) for key in topics}


def tidy() -> dict[str, int]:
    """Let go of what was told long ago."""
    old = Notice.objects.filter(created_at__lt=timezone.now() - KEPT)
    return {"notices": old.delete()[0]}
