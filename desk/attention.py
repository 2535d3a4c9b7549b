"""Who needs a leader's attention, and why: below the pace, without visits, with work overdue."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.models import Case, Task
from customers.models import Customer
from desk.dashboard import Period, limits, table
from desk.pending import listed
from figures.totals import Row, figures, region_of
from kit.calendar import workdays_between
from kit.templatetags.so import money_short
from org.access import after
from org.models import Member, Unit
from tenancy.calendar import work_table
from tenancy.params import param

MOST = 8
FEW_DAYS = 3  # so early in a period nobody is behind yet


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence with its clause, and the list that shows it."""

    text: str
    clause: str
    url: str = ""


@dataclass(slots=True)
class Concern:
    """A region, team or person that is named, with every reason for it."""

    key: int
    name: str
    is_person: bool
    reasons: list[Reason] = field(default_factory=list)
    short: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Groups:
    """How rows are put together: as the table of the page does."""

    member: Member
    way: str
    within: Unit | None
    owner: Member | None

    def count(self, rows: QuerySet) -> Counter[int]:
        """How many of the rows that count for the reader belong to each group; one statement."""
        rows = rows.filter(self.member.scope.counts())
        if unit := self.within:
            rows = rows.filter(org_path__gte=unit.path, org_path__lt=after(unit.path))
        name = {"member": "owner", "team": "unit", "region": "unit__path"}[self.way]
        found: Counter[int] = Counter()
        for key, number in rows.order_by().values_list(name).annotate(Count("pk")):
            found[region_of(key) if self.way == "region" else key] += number
        return found

    def args(self, key: int) -> dict[str, Any]:
        if self.way == "member":
            return limits(self.within, None) | {"owner": key}
        return {"counted": "true", "unit": key}


def concerns(
    member: Member, period: Period, within: Unit | None, owner: Member | None, seat: Unit | None
) -> list[Concern]:
    """PLAN-2.4: the groups of the page's table with something to look at, the largest gap first."""
    way, rows = table(member, period, within, owner, seat)
    if way == "month" or not rows:
        return []
    limit = within or seat
    groups = Groups(member, way, limit, owner)
    old = figures(member, ("signed_amount",), *period.before, by=way, within=limit)
    before = {row.key: row.values for row in old}
    found = {row.key: Concern(row.key, row.label, is_person=way == "member") for row in rows}
    done = workdays_between(period.first, period.last, work_table())
    for row in rows:
        behind(found[row.key], row, before.get(row.key, {}), period, done)
        if way == "member" and row.key != member.pk:
            quiet(found[row.key], row, done)
    overdue(found, groups, timezone.localdate())
    waiting(found, groups)
    named = [concern for concern in found.values() if concern.reasons]
    named.sort(key=lambda one: (-one.short, -len(one.reasons), one.name))
    return named[:MOST]


def behind(concern: Concern, row: Row, old: dict[str, Any], period: Period, done: int) -> None:
    """Less signed than the period before had at the same share of its working days."""
    value = Decimal(row.values["signed_amount"])
    wanted = (Decimal(old.get("signed_amount", 0)) * period.pace).quantize(Decimal("0.01"))
    if done < FEW_DAYS or value * 100 >= wanted * param("desk.behind"):
        return
    concern.short = wanted - value
    text = _("%(now)s signed; at this pace of the period before it was %(then)s")
    said = text % {"now": money_short(value), "then": money_short(wanted)}
    concern.reasons.append(Reason(said, "PLAN-2.4", row.urls["signed_amount"]))


def quiet(concern: Concern, row: Row, done: int) -> None:
    """Nobody visited since the period began, and it began a while ago."""
    if row.values["visits"] or done < param("desk.quiet_days"):
        return
    text = ngettext("no visit in %(n)s working day", "no visit in %(n)s working days", done)
    concern.reasons.append(Reason(text % {"n": done}, "CUS-1.9", row.urls["visits"]))


def overdue(found: dict[int, Concern], groups: Groups, day: date) -> None:
    for key, number in among(found, groups.count(Customer.objects.overdue(day))):
        text = ngettext(
            "%(n)s customer not contacted in time", "%(n)s customers not contacted in time", number
        )
        url = listed("customers:list", overdue="true", **groups.args(key))
        found[key].reasons.append(Reason(text % {"n": number}, "CUS-1.9", url))


def waiting(found: dict[int, Concern], groups: Groups) -> None:
    """Documents of the group whose deadline somebody has let pass."""
    open_ = Task.objects.filter(state=Task.State.OPEN, due_at__lt=timezone.now())
    cases = Case.objects.filter(state=Case.State.RUNNING, pk__in=open_.values("case"))
    for key, number in among(found, groups.count(cases)):
        text = ngettext(
            "%(n)s document waits for a decision past its deadline",
            "%(n)s documents wait for a decision past their deadline",
            number,
        )
        found[key].reasons.append(Reason(text % {"n": number}, "CTR-1.3"))


def among(found: dict[int, Concern], numbers: Counter[int]) -> Iterable[tuple[int, int]]:
    return [(key, number) for key, number in numbers.items() if key in found]
