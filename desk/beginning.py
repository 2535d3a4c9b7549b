"""What the administrator of a new company does first; gone when it is done."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contracts.models import Product
from customers.models import Customer
from org.models import Member, Post, Role, Unit

# nobody can be reviewed, approved or signed for without these
NEEDED = (
    Role.DIRECTOR, Role.REGIONAL_MANAGER, Role.SUPERVISOR, Role.FINANCE, Role.REP,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do, in the order in which it helps."""

    title: str
    note: str
    url: str
    is_done: bool


def first_steps(member: Member) -> list[Step]:
    """Steps with what is missing; empty for everybody but the administrator, and when all is done.

    Clauses and pictures may be left out: they alone do not keep the list.
    """
    if Role.COMPANY_ADMIN not in member.scope.roles:
        return []
    firm, units = member.company, Unit.objects.filter(is_active=True).exclude(parent=None)
    missing = [str(role.label) for role in NEEDED if role not in held()]
    steps = [
        Step(
            _("Fill in the company's profile"),
            _("Credit code, address and bank stand at the head of contracts."),
            reverse("org:company"),
            bool(firm.credit_code and firm.address and firm.bank_account),
        ),
        Step(
            _("Set the standing clauses, logo and seal"),
            _("Begin with the sample text; you can do it later too."),
            reverse("org:change_terms"),
            bool(firm.terms),
        ),
        Step(
            _("Build the tree: regions, and teams below them"),
            _("Leaders see what stands at their unit and below."),
            reverse("org:tree"),
            units.exists(),
        ),
        Step(
            _("Invite your people"),
            _("Still missing: %(roles)s") % {"roles": "、".join(missing)}
            if missing
            else _("Everybody a contract needs is invited."),
            reverse("org:invite"),
            not missing,
        ),
        Step(
            _("Add the products"),
            _("With list price and tax category; drafts are filled from them."),
            reverse("contracts:products"),
            Product.objects.exists(),
        ),
        Step(
            _("Let a representative enter the first customer"),
            _("By hand, or a whole list as a table."),
            reverse("org:members"),
            Customer.objects.exists(),
        ),
    ]
    kept = [step for place, step in enumerate(steps) if place != 1]
    return [] if all(step.is_done for step in kept) else steps


def held() -> set[str]:
    """Roles of posts that are not over, of people invited too."""
    open_ended = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    return set(Post.objects.filter(open_ended).values_list("role", flat=True))


def share(steps: list[Step]) -> dict[str, Any]:
    done = sum(step.is_done for step in steps)
    return {"done": done, "total": len(steps), "percent": 100 * done // len(steps)}
