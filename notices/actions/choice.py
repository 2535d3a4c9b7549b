"""What a member wants to be told, by which channel, and when mail may come."""

from collections.abc import Mapping
from typing import Any

from audit.actions import record
from kit.registry import topics
from notices.models import Channel, Choice, Letterbox, Mail
from org.access import check
from org.models import Member

Wanted = Mapping[tuple[str, str], bool]
TIMES = ("digest_at", "quiet_from", "quiet_until")


def choose(wanted: Wanted, *, by: Member, box: Mapping[str, Any] | None = None) -> None:
    """One's own choice, topic by topic and channel by channel, and one's hours."""
    check(by, "notices.choose")
    before = chosen(by)
    changed = {key: is_on for key, is_on in wanted.items() if before[key] != is_on}
    rows = [
        Choice(member=by, topic=topic, channel=way, is_on=is_on)
        for (topic, way), is_on in changed.items()
    ]
    Choice.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["company", "member", "topic", "channel"],
        update_fields=["is_on"],
    )
    old = {name_of(key): before[key] for key in changed}
    new = {name_of(key): is_on for key, is_on in changed.items()}
    if box is not None:
        was, now = _keep(by, box)
        old, new = old | was, new | now
    if new:
        record("notices.choose", by, by=by, before=old, after=new)


def name_of(key: tuple[str, str]) -> str:
    """A topic's choice as the log names it."""
    topic, way = key
    return topic if way == Channel.PAGE else f"{topic}:{way}"


def _keep(member: Member, box: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    row, _is_new = Letterbox.objects.get_or_create(member=member)
    changed = {name: value for name, value in box.items() if getattr(row, name) != value}
    said = {name: shown(getattr(row, name)) for name in changed}
    if changed:
        Letterbox.objects.filter(pk=row.pk).update(**changed)
    return said, {name: shown(value) for name, value in changed.items()}


def shown(value: Any) -> Any:
    return value if value is None or isinstance(value, bool) else f"{value:%H:%M}"


def chosen(member: Member) -> dict[tuple[str, str], bool]:
    """Every topic and channel; what was never chosen is told, only nothing goes at once."""
    rows = Choice.objects.filter(member=member).values_list("topic", "channel", "is_on")
    said = {(topic, way): is_on for topic, way, is_on in rows}
    return {
        (key, way): said.get((key, way), way != Channel.NOW)
        for key, topic in topics.items()
        for way in Channel.values
        if way != Channel.NOW or topic.is_urgent
    }


def stop(member: Member, kind: str) -> None:
    """The link in a mail: no more of this kind; nothing else changes, and nobody logs in."""
    if kind == Mail.Kind.DAY:
        choose({}, by=member, box={"is_daily": False})
    else:
        choose({key: False for key in chosen(member) if key[1] == Channel.NOW}, by=member)


def begin_again(member: Member, kind: str) -> None:
    """Undo of `stop`."""
    if kind == Mail.Kind.DAY:
        choose({}, by=member, box={"is_daily": True})
    else:
        choose({key: True for key in chosen(member) if key[1] == Channel.NOW}, by=member)
