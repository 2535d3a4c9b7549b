"""What a notice says to its reader now: from the record while it is seen, else a neutral word."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from kit.registry import Topic, places, topics
from notices.models import Notice
from org.models import Member


@dataclass(frozen=True, slots=True)
class Told:
    """One notice as it is shown; `url` is empty when its reader sees the record no more."""

    notice: Notice
    topic: Topic
    text: str
    url: str

    @property
    def is_unread(self) -> bool:
        return self.notice.read_at is None


def told(member: Member, notices: Iterable[Notice]) -> Iterator[Told]:
    """One statement for each kind of record among them."""
    notices = list(notices)
    wanted: dict[str, set[int]] = defaultdict(set)
    for notice in notices:
        if notice.kind in places:
            wanted[notice.kind].add(notice.target_id)
    seen: dict[tuple[str, int], Any] = {}
    for kind, ids in wanted.items():
        rows = apps.get_model(kind).objects.visible_to(member).filter(pk__in=ids)
        seen |= {(kind, row.pk): row for row in rows}
    for notice in notices:
        topic = topics.get(notice.topic)
        if topic is not None:
            yield one(notice, topic, seen.get((notice.kind, notice.target_id)))


def one(notice: Notice, topic: Topic, obj: Any) -> Told:
    if not notice.kind:
        return Told(notice, topic, sentence(notice, ""), reverse(topic.url) if topic.url else "")
    if obj is None:
        return Told(notice, topic, _(topic.gone), "")
    place = places[notice.kind]
    name = str(place.name(obj)) if "%(name)s" in notice.text else ""
    url = reverse(place.url) if place.is_own else reverse(place.url, args=[obj.pk])
    return Told(notice, topic, sentence(notice, name), url)


def sentence(notice: Notice, name: str) -> str:
    """Values ending in `_label` are msgids themselves, as in kit.because.Line."""
    values = {
        key: _(value) if key.endswith("_label") and value else value
        for key, value in notice.values.items()
    }
    return _(notice.text) % {**values, "name": name}


def unread_of(member: Member) -> QuerySet:
    return Notice.objects.visible_to(member).on_page().unread()
