"""Writing notices from news, and reading them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from kit.registry import Topic, topics
from notices.models import Channel, Choice, Mail, Notice
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
    about = {"text": text, "event": event, "kind": kind, "target_id": target, "by_id": by}
    news = [
        Notice(member_id=pk, topic=topic, values=dict(values or {}), **about)
        for pk in set(to) - {by}
    ]
    return write_many(topic, news)


def remind_of(topic: str, text: str, kind: str, rows: Iterable[tuple[int, int, date, str]]) -> int:
    """Owners of records are told of a day; a row is (owner, record, day, what makes it this spell).

    `text` is a msgid with `%(name)s` and `%(day)s`; each spell is told once.
    """
    news = [
        Notice(
            member_id=owner,
            topic=topic,
            text=text,
            event=f"{topic}:{spell}",
            kind=kind,
            target_id=record,
            values={"day": f"{day:%Y-%m-%d}"},
        )
        for owner, record, day, spell in rows
    ]
    return write_many(topic, news)


def write_many(topic: str, news: list[Notice]) -> int:
    """Many events of one topic, by the same few statements as one; how many were new."""
    known = topics[topic]
    people = Member.objects.filter(pk__in={one.member_id for one in news}, is_active=True)
    ways = ways_of(known, set(people.values_list("pk", flat=True)))
    told = set(
        Notice.objects.filter(event__in={one.event for one in news}).values_list(
            "member_id", "event"
        )
    )
    made = []
    for one in news:
        if one.member_id in ways and (one.member_id, one.event) not in told:
            one.is_on_page, one.way = ways[one.member_id]
            made.append(one)
    Notice.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def ways_of(topic: Topic, people: set[int]) -> dict[int, tuple[bool, str]]:
    """Member -> (stands on the page, by which mail); whoever wants neither is not in it."""
    rows = Choice.objects.filter(topic=topic.key, member__in=people)
    said = {(pk, way): is_on for pk, way, is_on in rows.values_list("member", "channel", "is_on")}
    found = {}
    for pk in people:
        way = Channel.MAIL if said.get((pk, Channel.MAIL), True) else ""
        if topic.is_urgent and said.get((pk, Channel.NOW), False):
            way = Channel.NOW
        is_on_page = said.get((pk, Channel.PAGE), True)
        if is_on_page or way:
            found[pk] = (is_on_page, way)
    return found


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
    rows = Notice.objects.visible_to(by).on_page().unread()
    return rows.update(read_at=now), now


def unread_all(*, by: Member, at: datetime) -> int:
    """Undo of `read_all`: what was read at that very moment."""
    check(by, "notices.read")
    return Notice.objects.visible_to(by).filter(read_at=at).update(read_at=None)


def tidy() -> dict[str, int]:
    """Let go of what was told long ago."""
    long_ago = timezone.now() - KEPT
    old = Notice.objects.filter(created_at__lt=long_ago).delete()[0]
    mails = Mail.objects.filter(created_at__lt=long_ago).delete()[0]
    return {"notices": old, "mails": mails}
