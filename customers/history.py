"""T19: what happened to a customer, as events of its timeline."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as N_

from audit.history import events
from audit.models import AuditLine
from customers.models import Contact, Customer, CustomerShare, OwnerHistory, Tier, Visit
from customers.numbers import is_open, is_said_to
from kit import masks
from kit.registry import Event
from org.models import Member

# Verbs of the log that another source does not tell already, with their words and icons.
VERBS = {
    "customers.create": {"label": N_("Customer added"), "icon": "user-plus"},
    "customers.change": {"label": N_("File changed"), "icon": "pencil"},
    "customers.add_contact": {"label": N_("Contact added"), "icon": "user-plus"},
    "customers.change_contact": {"label": N_("Contact changed"), "icon": "user-edit"},
    "customers.archive_contact": {"label": N_("Contact removed"), "icon": "user-minus"},
    "customers.archive": {"label": N_("Customer archived"), "icon": "archive"},
    "customers.restore": {"label": N_("Customer restored"), "icon": "restore"},
    "customers.attach": {"label": N_("File attached"), "icon": "paperclip"},
    "customers.remove_attachment": {"label": N_("Attachment removed"), "icon": "paperclip"},
    "customers.restore_attachment": {"label": N_("Attachment put back"), "icon": "paperclip"},
    "customers.reveal": {"label": N_("Numbers shown"), "icon": "eye"},
    "customers.share": {"label": N_("Shared with a colleague"), "icon": "share"},
    "customers.end_share": {"label": N_("Share ended"), "icon": "share"},
}
COLOURS = {
    Visit.Status.PLANNED: "info",
    Visit.Status.OPEN: "blue",
    Visit.Status.DONE: "green",
    Visit.Status.CANCELLED: "grey",
}
MODELS = {
    "customers.change": Customer,
    "customers.correct_visit": Visit,
    "customers.end_share": CustomerShare,
}
NEWS_DAYS = 14
NOTHING = "—"
LONGEST = 60
SHOWN = gettext_lazy("%(field)s: %(old)s → %(new)s")


def said(member: Member, note: Any, text: str) -> str:
    """T16.2: what was written about the customer, numbers masked but for those who have them."""
    return text if is_said_to(member, note) else masks.text(text)


def visits(member: Member, customer: Customer, limit: int) -> Iterator[Event]:
    """Visits that began, were cancelled or are planned, each at the moment it stands for."""
    rows = customer.visits.select_related("owner").order_by("-updated_at", "-pk")[:limit]
    for visit in rows:
        kind = visit.get_kind_display()
        if visit.status == Visit.Status.PLANNED:
            text = _("Visit planned for %(day)s") % {"day": visit.planned_on}
        elif visit.status == Visit.Status.CANCELLED:
            text = _("Visit of %(day)s cancelled") % {"day": visit.planned_on}
        else:
            text = _("Visit (%(kind)s)") % {"kind": kind}
        yield Event(
            at=visit.checked_in_at or visit.updated_at,
            icon="map-pin",
            text=text,
            who=visit.owner.name,
            url=reverse("customers:visit", args=[visit.pk]),
            note=said(member, visit, visit.summary or visit.cancel_reason or visit.purpose),
            colour="amber" if visit.is_unclosed else COLOURS[Visit.Status(visit.status)],
        )


def tier_changes(member: Member, customer: Customer, limit: int) -> Iterator[Event]:
    for change in customer.tier_changes.select_related("by").order_by("-at", "-pk")[:limit]:
        words = {"old": change.old, "new": change.new, "name": Tier(change.new).label}
        yield Event(
            at=change.at,
            icon="stairs",
            text=_("Tier %(old)s → %(new)s (%(name)s)") % words,
            who=change.by.name,
            note=change.reason,
            colour="amber",
        )


def notes(member: Member, customer: Customer, limit: int) -> Iterator[Event]:
    rows = customer.talks.select_related("owner").order_by("-created_at", "-pk")[:limit]
    for note in rows:
        yield Event(
            at=note.created_at,
            icon="message",
            text=note.get_kind_display(),
            who=note.owner.name,
            note=said(member, note, note.text),
            colour="green",
        )


def owners(member: Member, customer: Customer, limit: int) -> Iterator[Event]:
    people = customer.owner_history.select_related("old", "new", "by")
    for change in people.order_by("-at", "-pk")[:limit]:
        words = {"old": change.old.name, "new": change.new.name}
        yield Event(
            at=change.at,
            icon="user-share",
            text=_("Handed over: %(old)s → %(new)s") % words,
            who=change.by.name,
            note=change.reason,
            colour="amber",
        )


def handed_over(member: Member, obj: Any, limit: int) -> Iterator[Event]:
    """CUS-1.10: both sides learn of it on their first page; one line for each act.

    A customer is named to whoever sees it now: what it is called today is none of the others' news.
    """
    mine = Q(old=member) | Q(new=member)
    since = timezone.now() - timedelta(days=NEWS_DAYS)
    acts = list(
        OwnerHistory.objects.filter(mine, at__gt=since)
        .exclude(by=member)
        .values("at", "old_id", "new_id", "new__name", "by__name", "reason")
        .annotate(number=Count("pk"), first=Min("customer"))
        .order_by("-at", "first")[:limit]
    )
    firsts = {act["first"] for act in acts}
    seen = Customer.objects.visible_to(member).filter(pk__in=firsts) if acts else ()
    names = {customer.pk: customer.name for customer in seen}
    for act in acts:
        name = names.get(act["first"], "")
        words = {"name": name, "number": act["number"], "who": act["new__name"]}
        is_mine, url = act["new_id"] == member.pk, ""
        if is_mine and name and act["number"] == 1:
            url = reverse("customers:detail", args=[act["first"]])
        elif is_mine:
            url = reverse("customers:list")
        yield Event(
            at=act["at"],
            icon="user-share",
            text=received(words) if is_mine else passed_on(words),
            who=act["by__name"],
            url=url,
            note=act["reason"],
            colour="green" if is_mine else "amber",
        )


def received(words: dict[str, Any]) -> str:
    if not words["name"]:
        return _("Customers that came over to you: %(number)s") % words
    if words["number"] == 1:
        return _("%(name)s is your customer now") % words
    return _("%(number)s customers are yours now, among them %(name)s") % words


def passed_on(words: dict[str, Any]) -> str:
    if not words["name"]:
        return _("%(number)s of your customers went over to %(who)s") % words
    if words["number"] == 1:
        return _("%(name)s went over to %(who)s") % words
    return _("%(number)s of your customers went over to %(who)s, among them %(name)s") % words


def corrections(member: Member, visit: Visit) -> Iterator[Event]:
    """T1.11: what a result said before it was mended."""
    is_whole = is_said_to(member, visit)
    lines = AuditLine.objects.filter(
        object_kind="customers.visit", object_id=visit.pk, verb="customers.correct_visit"
    )
    for line in lines.order_by("-seq"):
        yield Event(
            at=line.at,
            icon="pencil",
            text=_("Result corrected"),
            who=line.actor_name,
            note=changed(line, is_whole),
            colour="amber",
        )


def log(member: Member, customer: Customer, limit: int) -> Iterator[Event]:
    """Lines of the chained log about the file itself, old and new values beside each other."""
    is_whole = is_open(member, customer)

    def note(line: AuditLine) -> str:
        if line.verb == "customers.reveal":
            return line.after.get("contact", "")
        if line.before:
            return changed(line, is_whole)
        return line.note if is_whole else masks.text(line.note)

    return events(customer, VERBS, limit, note)


def changed(line: AuditLine, is_whole: bool) -> str:
    """Field: old → new, a line for each; long texts cut, numbers masked unless `is_whole`."""
    told = []
    before, after = line.before, line.after
    if not is_whole:
        before, after = masks.values(before), masks.values(after)
    for name, old in before.items():
        words = {"field": label_of(line, name), "old": shown(name, old)}
        told.append(SHOWN % (words | {"new": shown(name, after.get(name))}))
    return "\n".join(told)


def label_of(line: AuditLine, name: str) -> str:
    model = MODELS.get(line.verb, Contact)
    known = {field.name: field.verbose_name for field in model._meta.fields}
    return str(known.get(name, _("colleague")))


def shown(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if name in {"province", "source"} and value:
        choices = dict(Customer._meta.get_field(name).flatchoices)
        return str(choices.get(value, value))
    text = str(value or NOTHING)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
