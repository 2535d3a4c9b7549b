"""Who sees, keeps and grades customers, and who may visit them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from customers.models import Contact, Customer, CustomerShare, Visit
from kit.because import Because, Line, all_of, any_of, no, yes
from org.access import covers, everybody, holds, owns, owns_or, rule, sees
from org.models import Member, Role, Unit
from org.roles import SELLING
from tenancy.params import param

SHARED = N_("it was shared with you")


def stands(customer: Customer) -> Because:
    """An archived customer is read only; restoring it is the one thing left to do."""
    if customer.archived_at is None:
        return yes("stands", Line("fact", ok=True, text=N_("the customer is in use")))
    return no("stands", Line("fact", ok=False, text=N_("the customer is archived")))


def keeps(member: Member, customer: Customer) -> Because:
    """Its owner, whoever leads its unit, and the sales secretaries of it."""
    return all_of("keeps", (stands(customer), owns_or(member, customer, "lead", "assist")))


@rule(
    "customers.list",
    clauses="CUS-2.3",
    label=N_("Look through the customers one sees"),
    strength="shows",
)
def list_(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("customers.view", clauses="CUS-2.1", label=N_("Open a customer's file"))
def view(member: Member, customer: Customer) -> Because:
    return sees(member, customer)


@rule("customers.create", clauses="CUS-1.1 CUS-2.1", label=N_("Make a customer's file"))
def create(member: Member, obj: Any = None) -> Because:
    return holds(member, *sorted(SELLING), Role.SALES_OPS)


@rule(
    "customers.search",
    clauses="CUS-2.1",
    label=N_("Search the whole company before a file is made"),
)
def search(member: Member, obj: Any = None) -> Because:
    """T3.3: looking through the whole company, masked, is for those who may add a file."""
    return create(member)


@rule("customers.see_numbers", clauses="CUS-2.1", label=N_("See whole numbers of a customer"))
def see_numbers(member: Member, customer: Customer) -> Because:
    """T16.2: the whole numbers, to tap and call: for its owner and whom it is shared with."""
    if member.scope.duty("customers.customer").get(customer.pk) == SHARED:
        return yes("see_numbers", Line("step", ok=True, text=SHARED))
    return owns(member, customer)


@rule("customers.reveal", clauses="CUS-2.1", label=N_("Ask for a hidden number; the log keeps it"))
def reveal(member: Member, obj: Customer | Contact) -> Because:
    """T16.2: everybody else on duty there asks for a number, and the log keeps it."""
    customer = obj.customer if isinstance(obj, Contact) else obj
    ways = (covers(member, permission, customer) for permission in ("lead", "assist", "settle"))
    return any_of("reveal", (see_numbers(member, customer), *ways))


@rule("customers.change", clauses="CUS-2.1", label=N_("Change a customer's file"))
def change(member: Member, customer: Customer) -> Because:
    return keeps(member, customer)


@rule("customers.attach", clauses="CUS-2.1", label=N_("Attach papers to a customer's file"))
def attach(member: Member, customer: Customer) -> Because:
    return keeps(member, customer)


@rule("customers.view_contact", clauses="CUS-2.1", label=N_("See a contact person"))
def view_contact(member: Member, contact: Contact) -> Because:
    return sees(member, contact)


@rule("customers.change_contact", clauses="CUS-2.1", label=N_("Change a contact person"))
def change_contact(member: Member, contact: Contact) -> Because:
    return keeps(member, contact.customer)


@rule("customers.set_tier", clauses="CUS-3.2 CUS-3.8", label=N_("Set a customer's tier"))
def set_tier(member: Member, customer: Customer) -> Because:
    return keeps(member, customer)


@rule("customers.archive", clauses="CUS-2.1", label=N_("Archive a customer"))
def archive(member: Member, customer: Customer) -> Because:
    return keeps(member, customer)


@rule("customers.restore", clauses="CUS-2.1", label=N_("Restore an archived customer"))
def restore(member: Member, customer: Customer) -> Because:
    if customer.archived_at is None:
        return no("restore", Line("fact", ok=False, text=N_("the customer is in use")))
    return owns_or(member, customer, "lead", "assist")


@rule("customers.share", clauses="ORG-1.6", label=N_("Share a customer with a colleague"))
def share(member: Member, customer: Customer) -> Because:
    """Its owner or whoever leads its unit lends sight of it; not the secretaries."""
    return all_of("share", (stands(customer), owns_or(member, customer, "lead")))


@rule("customers.end_share", clauses="ORG-1.6", label=N_("End a share"))
def end_share(member: Member, customer: Customer) -> Because:
    """Whoever may lend sight of it takes it back, of an archived customer too."""
    return owns_or(member, customer, "lead")


@dataclass(frozen=True, slots=True)
class Passing:
    """A customer on its way to the unit of another owner."""

    customer: Customer
    unit: Unit


@rule("customers.hand_over", clauses="CUS-1.10", label=N_("Hand customers over to another owner"))
def hand_over(member: Member, passing: Passing | None = None) -> Because:
    """Whoever leads, or assists, where the customer stands and where it goes."""
    if passing is None:
        ways = (reaches(member, permission) for permission in ("lead", "assist"))
        return any_of("hand_over", ways)
    both = (
        all_of(
            "hand_over",
            (
                covers(member, permission, passing.customer),
                covers(member, permission, passing.unit),
            ),
        )
        for permission in ("lead", "assist")
    )
    return all_of("hand_over", (stands(passing.customer), any_of("hand_over", both)))


def reaches(member: Member, permission: str) -> Because:
    """A grant of the permission anywhere."""
    if grant := next((g for g in member.scope.grants if g.permission == permission), None):
        return yes("reaches", grant.line())
    text = N_("your posts do not include this duty")
    return no("reaches", Line("grant", ok=False, text=text, clause="ORG-1.6"))


@rule(
    "customers.export_contacts", clauses="CUS-2.1", label=N_("Take contact persons away as a table")
)
def export_contacts(member: Member, obj: Any = None) -> Because:
    """T16: with those who sell, lead or assist, and then with a superior's consent."""
    ways = (reaches(member, permission) for permission in ("lead", "assist"))
    return any_of("export_contacts", (holds(member, *sorted(SELLING)), *ways))


@rule("customers.add_note", clauses="CUS-1.9", label=N_("Note a talk with a customer"))
def add_note(member: Member, customer: Customer) -> Because:
    return keeps(member, customer)


@rule(
    "customers.visit_list",
    clauses="CUS-1.8",
    label=N_("Look through the visits one sees"),
    strength="shows",
)
def visit_list(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("customers.visit_view", clauses="CUS-1.8", label=N_("Open a visit"))
def visit_view(member: Member, visit: Visit) -> Because:
    return sees(member, visit)


@rule("customers.plan_visit", clauses="CUS-1.8", label=N_("Plan a visit"))
def plan_visit(member: Member, customer: Customer) -> Because:
    return visits_it(member, customer)


@rule("customers.check_in", clauses="CUS-1.8", label=N_("Check in at the customer's"))
def check_in(member: Member, customer: Customer) -> Because:
    """T1: nobody checks in at another's customer unless it is a customer of the team."""
    return visits_it(member, customer)


def visits_it(member: Member, customer: Customer) -> Because:
    sells = holds(member, *sorted(SELLING), Role.MANAGEMENT)
    return all_of("visits_it", (stands(customer), sells, owns_or(member, customer, "lead")))


@rule("customers.start_visit", clauses="CUS-1.8", label=N_("Begin a visit that was not planned"))
def start_visit(member: Member, visit: Visit) -> Because:
    """Checking in for a plan: one's own plan, at a customer one may still visit."""
    return all_of("start_visit", (owns(member, visit), check_in(member, visit.customer)))


@rule("customers.finish_visit", clauses="CUS-1.9", label=N_("Write the result of a visit"))
def finish_visit(member: Member, visit: Visit) -> Because:
    return owns(member, visit)


@rule(
    "customers.correct_visit",
    clauses="CUS-1.9",
    label=N_("Correct one's own result within its time"),
)
def correct_visit(member: Member, visit: Visit) -> Because:
    """T1.11: the result of one's own visit, until it is frozen."""
    return all_of("correct_visit", (owns(member, visit), is_fresh(visit)))


def is_fresh(visit: Visit) -> Because:
    """A result that is written, and not yet frozen."""
    if visit.status != Visit.Status.DONE or not visit.summary:
        text = N_("there is no result to correct")
        return no("is_fresh", Line("fact", ok=False, text=text))
    hours = param("visits.frozen_after_hours")
    ok = timezone.now() - visit.checked_out_at <= timedelta(hours=hours)
    text = N_("a result can be corrected for %(hours)s hours")
    return Because("is_fresh", ok, (Line("clock", ok=ok, text=text, values={"hours": hours}),))


@rule("customers.attach_visit", clauses="CUS-1.9", label=N_("Attach papers to a visit"))
def attach_visit(member: Member, visit: Visit) -> Because:
    """Whoever made the visit keeps its papers and pictures."""
    return owns(member, visit)


@rule("customers.cancel_visit", clauses="CUS-1.8", label=N_("Cancel a planned visit"))
def cancel_visit(member: Member, visit: Visit) -> Because:
    return any_of("cancel_visit", (owns(member, visit), covers(member, "lead", visit)))


def shared_with(member: Member) -> list[int]:
    """A duty of the moment: customers whose sight was lent to the member and not run out."""
    shares = CustomerShare.objects.in_force().filter(user_id=member.user_id)
    return list(shares.values_list("content_object_id", flat=True)[:2000])
