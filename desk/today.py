"""What lies on a person's desk today: each block is a short list, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from operator import itemgetter
from typing import Any

from django.db.models import Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.kinds import document_url
from approvals.models import Case, Decision, Status, Task
from contracts.models import Contract
from customers.models import Customer, Visit
from desk.pending import Notice, notices
from figures.totals import figures
from files.models import ImportJob
from kit.calendar import month_of
from kit.registry import Event, timeline_of
from org.models import Member, Role
from org.roles import SELLING
from tenancy.calendar import missing_year

FEW = 5
MOST_VISITS = 30
MOST_LOOKED_AT = 200
MOST_PEOPLE = 10
STRIP = ("signed_amount", "contracts", "visits", "new_customers")
LEADERS = frozenset(
    {Role.MANAGEMENT, Role.DIRECTOR, Role.REGIONAL_MANAGER, Role.SUPERVISOR, Role.ANALYST}
)


@dataclass(slots=True)
class Work:
    """One line to act on."""

    icon: str
    colour: str
    title: str
    note: str
    url: str
    pill: str


@dataclass(slots=True)
class Desk:
    """Everything templates/desk/home.html draws; empty blocks are left out."""

    quick: list[dict[str, str]] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    late: list[Visit] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    tasks: list[dict[str, Any]] = field(default_factory=list)
    tasks_count: int = 0
    queue: list[dict[str, Any]] = field(default_factory=list)
    team: list[dict[str, Any]] = field(default_factory=list)
    strip: Any = None
    customers: list[Customer] = field(default_factory=list)
    newest: list[Customer] = field(default_factory=list)
    imports: list[ImportJob] = field(default_factory=list)
    drafts: list[Contract] = field(default_factory=list)
    decided: list[dict[str, Any]] = field(default_factory=list)
    attention: list[Notice] = field(default_factory=list)
    notice: str = ""
    news: list[Event] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        blocks = (
            self.visits, self.late, self.works, self.tasks, self.queue, self.team,
            self.customers, self.newest, self.imports, self.drafts, self.decided, self.attention,
            self.news,
        )  # fmt: skip
        return not any(blocks)

    @property
    def has_side(self) -> bool:
        """Whether anything stands in the right column."""
        return any((self.attention, self.decided, self.newest, self.customers))

    @property
    def done(self) -> int:
        return sum(visit.status == Visit.Status.DONE for visit in self.visits)

    @property
    def next_visit(self) -> Visit | None:
        """The one with the primary button: under way, else the first still planned."""
        states = (Visit.Status.OPEN, Visit.Status.PLANNED)
        for state in states:
            for visit in self.visits:
                if visit.status == state:
                    return visit
        return None


def greeting() -> str:
    hour = timezone.localtime().hour
    if hour < 11:
        return _("Good morning, %(name)s")
    return _("Good day, %(name)s") if hour < 18 else _("Good evening, %(name)s")


def desk_of(member: Member) -> Desk:
    """ROLE-1.1 … ROLE-6.1: the blocks of every post the member holds."""
    day, roles = timezone.localdate(), member.scope.roles
    desk = Desk(quick=quick(member))
    desk.tasks, desk.tasks_count = waiting(member)
    desk.news = timeline_of("org.member", member, member, limit=FEW)
    if roles & SELLING:
        desk.visits, desk.late = own_visits(member, day)
        desk.works = works(member, day)
        desk.customers = list(own_customers(member)[:FEW])
    if roles & LEADERS:
        desk.team = team_visits(member, day)
        desk.attention = notices(member, day)
    if roles & (LEADERS | SELLING):
        own = None if roles & LEADERS else member
        desk.strip = figures(member, STRIP, *month_of(day), owner=own)[0]
    if roles & {Role.COMPANY_ADMIN, Role.SALES_OPS} and (year := missing_year(day)):
        text = _(
            "The holidays of %(year)s are not loaded yet: deadlines in that year count Monday to "
            "Friday and leave out the statutory days only."
        )
        desk.notice = text % {"year": year}
    if Role.FINANCE in roles:
        desk.decided = decided(member)
    if Role.SALES_OPS in roles:
        seen = Customer.objects.visible_to(member).active()
        desk.newest = list(seen.select_related("owner").order_by("-created_at", "-id")[:FEW])
        jobs = ImportJob.objects.visible_to(member).select_related("owner")
        desk.imports = list(jobs.order_by("-updated_at", "-id")[:FEW])
        drafts = Contract.objects.visible_to(member).filter(status=Status.DRAFT)
        desk.drafts = list(
            drafts.select_related("customer", "owner").order_by("updated_at", "id")[:FEW]
        )
    return desk


def quick(member: Member) -> list[dict[str, str]]:
    """The acts a person starts a day with; only those the rules allow."""
    acts: list[tuple[Callable[[], object], str, str, str, str]] = [
        (
            lambda: bool(member.scope.roles & SELLING),
            "customers:today", "map-pin-check", _("Visit check-in"), "",
        ),
        (
            lambda: member.may("contracts.create"),
            "contracts:create", "file-plus", _("Draft a contract"), "so-quick-green",
        ),
        (
            lambda: member.may("customers.create"),
            "customers:create", "user-plus", _("New customer"), "so-quick-info",
        ),
        (
            lambda: member.may("files.upload"),
            "files:upload", "file-import", _("Import"), "so-quick-amber",
        ),
    ]  # fmt: skip
    return [
        {"url": reverse(url), "icon": icon, "label": label, "look": look}
        for allowed, url, icon, label, look in acts
        if allowed()
    ]


def own_visits(member: Member, day: date) -> tuple[list[Visit], list[Visit]]:
    """The day's round in its order, and the plans that are late."""
    mine = Visit.objects.filter(owner=member).select_related("customer")
    rows = list(mine.of_day(day).order_by("planned_time", "id")[:MOST_VISITS])
    return rows, list(mine.overdue(day).order_by("planned_on", "id")[:FEW])


def works(member: Member, day: date) -> list[Work]:
    """Returned contracts, contracts to be signed, customers whose contact is overdue."""
    mine = Contract.objects.filter(owner=member).select_related("customer", "case")
    returned = list(mine.filter(status=Status.RETURNED).order_by("-updated_at", "-id")[:FEW])
    said = last_words(returned)
    approved = mine.filter(status=Status.APPROVED).order_by("updated_at", "id")[:FEW]
    late = Customer.objects.filter(owner=member).overdue(day).order_by("tier", "_contact", "id")
    return [
        *(to_mend(contract, said.get(contract.case_id, "")) for contract in returned),
        *map(to_sign, approved),
        *map(to_call, late[:FEW]),
    ]


def to_mend(contract: Contract, said: str) -> Work:
    return Work(
        icon="arrow-back-up",
        colour="amber",
        title=_("%(document)s was returned") % {"document": contract},
        note=said,
        url=reverse("contracts:detail", args=[contract.pk]),
        pill=str(Status.RETURNED.label),
    )


def to_sign(contract: Contract) -> Work:
    return Work(
        icon="writing-sign",
        colour="green",
        title=_("%(document)s can be signed") % {"document": contract},
        note=contract.customer.name,
        url=reverse("contracts:detail", args=[contract.pk]),
        pill=_("To sign"),
    )


def to_call(customer: Customer) -> Work:
    note = _("Tier %(tier)s, %(days)s days late")
    return Work(
        icon="phone",
        colour="red",
        title=_("Contact overdue: %(name)s") % {"name": customer.name},
        note=note % {"tier": customer.tier, "days": customer.days_overdue},
        url=reverse("customers:detail", args=[customer.pk]),
        pill=_("Overdue"),
    )


def last_words(contracts: list[Contract]) -> dict[int, str]:
    """Who returned a case, and why."""
    rows = Decision.objects.filter(
        case__in=[contract.case_id for contract in contracts], verb="return"
    )
    words = rows.select_related("by").order_by("at", "id")
    colon = _("%(who)s: %(what)s")
    return {row.case_id: colon % {"who": row.by.name, "what": row.comment} for row in words}


def own_customers(member: Member) -> Any:
    return Customer.objects.filter(owner=member).active().order_by("-updated_at", "-id")


def waiting(member: Member) -> tuple[list[dict[str, Any]], int]:
    """The first of the inbox, the most urgent on top, and how many there are."""
    tasks = Task.objects.waiting_for(member)
    first = tasks.select_related("case", "case__owner", "step").order_by("due_at", "id")[:FEW]
    shown = [
        {
            "case": task.case,
            "url": document_url(task.case),
            "step": task.step.name,
            "due_at": task.due_at,
            "is_late": task.due_at is not None and task.due_at < timezone.now(),
            "is_queue": task.member_id is None,
        }
        for task in first
    ]
    return shown, tasks.count() if len(shown) == FEW else len(shown)


def team_visits(member: Member, day: date) -> list[dict[str, Any]]:
    """Who of the team is where today: ten people, those under way first, one line each."""
    seen = Visit.objects.visible_to(member).exclude(owner=member).of_day(day)
    first, *rest = (
        seen.filter(status=state).order_by("-id").values_list(Value(rank), "owner")[:MOST_LOOKED_AT]
        for rank, state in enumerate((Visit.Status.OPEN, Visit.Status.DONE, Visit.Status.PLANNED))
    )
    latest = sorted(first.union(*rest, all=True), key=itemgetter(0))
    people = list(dict.fromkeys(owner for _rank, owner in latest))[:MOST_PEOPLE]
    lines: dict[int, dict[str, Any]] = {}
    rows = seen.filter(owner__in=people).order_by("planned_time", "id")
    for visit in rows.select_related("owner", "customer"):
        line = lines.setdefault(
            visit.owner_id, {"owner": visit.owner, "done": 0, "total": 0, "where": ""}
        )
        line["total"] += 1
        line["done"] += visit.status == Visit.Status.DONE
        if visit.status == Visit.Status.OPEN or not line["where"]:
            line["where"] = visit.customer.name
            line["is_open"] = visit.status == Visit.Status.OPEN
    return sorted(
        lines.values(), key=lambda one: (not one["is_open"], -one["total"], one["owner"].name)
    )


def decided(member: Member) -> list[dict[str, Any]]:
    """What finance has approved lately."""
    seen = Case.objects.visible_to(member)
    rows = Decision.objects.filter(by=member, verb="approve", case__in=seen)
    rows = rows.select_related("case", "case__owner")
    return [
        {
            "case": row.case,
            "url": document_url(row.case),
            "at": row.at,
        }
        for row in rows.order_by("-at", "-id")[:FEW]
    ]
