"""When mail may reach a member: quiet hours, and the day's mail within working hours."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kit.calendar import CLOSES, OPENS, Table, is_workday
from notices.models import Letterbox
from tenancy.params import param


@dataclass(frozen=True, slots=True)
class Hours:
    """One member's wishes, in the company's zone; equal ends mean no quiet hours at all."""

    is_daily: bool
    at: dt.time
    quiet_from: dt.time
    quiet_until: dt.time

    def is_quiet(self, at: dt.time) -> bool:
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= at < self.quiet_until
        return at >= self.quiet_from or at < self.quiet_until

    def heard_at(self, moment: dt.datetime) -> dt.datetime:
        """The moment itself, or the end of the quiet hours it falls into."""
        clock = moment.time()
        if not self.is_quiet(clock):
            return moment
        is_evening = self.quiet_from > self.quiet_until and clock >= self.quiet_from
        day = moment.date() + dt.timedelta(days=1 if is_evening else 0)
        return dt.datetime.combine(day, self.quiet_until, moment.tzinfo)

    def opens_on(self, day: dt.date, zone: dt.tzinfo) -> dt.datetime | None:
        """When the mail of a day may go at the earliest; None when no working hour is heard."""
        wanted = dt.datetime.combine(day, max(self.at, OPENS), zone)
        moment = self.heard_at(wanted)
        return moment if moment.date() == day and moment.time() < CLOSES else None

    def is_due(self, now: dt.datetime, table: Table) -> bool:
        """Whether the mail of this very day may go now; `now` is in the company's zone."""
        opens = self.opens_on(now.date(), now.tzinfo)
        if not self.is_daily or opens is None or not is_workday(now.date(), table):
            return False
        return opens <= now and now.time() < CLOSES and not self.is_quiet(now.time())


def company_hours() -> dict[str, dt.time]:
    """What holds for whoever chose nothing."""
    keys = {"at": "digest_hour", "quiet_from": "quiet_from_hour", "quiet_until": "quiet_until_hour"}
    return {name: dt.time(int(param(f"notices.{key}"))) for name, key in keys.items()}


def hours_with(box: Letterbox | None) -> Hours:
    usual = company_hours()
    if box is None:
        return Hours(is_daily=True, **usual)
    own = {"at": box.digest_at, "quiet_from": box.quiet_from, "quiet_until": box.quiet_until}
    given = {name: value for name, value in own.items() if value is not None}
    return Hours(is_daily=box.is_daily, **(usual | given))


def hours_of(people: Iterable[int]) -> Mapping[int, Hours]:
    """The hours of many members, in one statement."""
    people = list(people)
    boxes = {box.member_id: box for box in Letterbox.objects.filter(member__in=people)}
    return {pk: hours_with(boxes.get(pk)) for pk in people}
