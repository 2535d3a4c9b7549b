"""The list, the 360° page and the forms of a customer and its contacts."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from customers import actions
from customers.duplicates import also_known
from customers.filters import MOST_CHOICES, CustomerFilter, sellers_under, units_under
from customers.forms import ContactForm, CustomerForm, NoteForm, TierForm
from customers.models import Contact, Customer, Tier, Visit
from customers.numbers import is_open, veiled
from customers.regions import PROVINCES
from files.views import attach_page
from kit import codes
from kit.answers import form_page, tried
from kit.lists import capped_count, capped_groups, page_of
from kit.names import SHORTEST, normalise
from kit.registry import panels_of, timeline_of
from org.access import covers, page
from org.models import Member

SHORT = {
    Tier.A: gettext_lazy("Important"),
    Tier.B: gettext_lazy("Main"),
    Tier.C: gettext_lazy("Ordinary"),
    Tier.D: gettext_lazy("Potential"),
}
MOST_OPTIONS = 20
BESIDE = frozenset({"cursor", "filters"})
NARROWING = ("filters", "unit", "owner", "province", "archived")


@page("customers.list")
def list_(request: HttpRequest) -> HttpResponse:
    """The list with its chips; the same address serves the rows alone to htmx."""
    typed = request.GET.copy()
    tier = typed.pop("tier", [""])[-1]
    seen = Customer.objects.visible_to(request.member)
    found = CustomerFilter(typed, seen, request=request).qs
    rows = found.filter(tier=tier) if tier in Tier.values else found
    q = typed.get("q", "").strip()
    total, by_tier = capped_groups(found, "tier", Tier.values)
    # a tier of a long list is counted when it is looked at
    shown = (by_tier[tier] or capped_count(rows)[1]) if tier in by_tier else total
    context = {
        "page": page_of(rows.select_related("owner", "unit"), request.GET),
        "tier": tier,
        "q": q,
        "is_short": bool(q) and len(normalise(q)) < SHORTEST,
        "is_narrowed": any(request.GET.get(name) for name in request.GET if name not in BESIDE),
        "total": total,
        "chips": [(t, SHORT[t], by_tier[t]) for t in Tier],
        "shown_total": shown,
        "leads": bool(request.member.scope.ranges("see")),
        "may_create": request.member.may("customers.create"),
        "may_import": request.member.may("files.upload"),
        "may_hand_over": request.member.may("customers.hand_over"),
    }
    if request.htmx:
        return render(request, "customers/_rows.html", context)
    return render(request, "customers/list.html", context | choices_of(request))


def choices_of(request: HttpRequest) -> dict[str, Any]:
    """What a list is narrowed by, read when somebody narrows it: the page of every day does not.

    No units and owners for those who see only their own.
    """
    if not any(request.GET.get(name) for name in NARROWING):
        return {}
    if not request.member.scope.ranges("see"):
        return {"provinces": PROVINCES}
    return {
        "provinces": PROVINCES,
        "units": list(units_under(request.member)[:MOST_CHOICES]),
        "owners": list(sellers_under(request.member, "see")[:MOST_CHOICES]),
    }


@page("customers.list")
def lookup(request: HttpRequest) -> HttpResponse:
    """Options of a search list: customers in use that the member sees."""
    seen = Customer.objects.visible_to(request.member).active().order_by("-updated_at", "-id")
    if q := request.GET.get("customer_text", request.GET.get("q", "")).strip():
        seen = seen.search(q)
    options = [
        {"pk": c.pk, "name": c.name, "tier": c.tier, "note": c.place} for c in seen[:MOST_OPTIONS]
    ]
    return render(request, "parts/lookup_options.html", {"options": options})


@page("customers.view", Customer)
def detail(request: HttpRequest, customer: Customer) -> HttpResponse:
    """CUS-2.1, T19: everything about one customer on one page."""
    member = request.member
    plans = customer.visits.planned().select_related("owner").order_by("planned_on", "pk")[:5]
    context = {
        "customer": customer,
        "contacts": customer.contacts.filter(archived_at=None).order_by("-is_primary", "pk"),
        "plans": plans,
        "open_visit": customer.visits.filter(owner=member, status=Visit.Status.OPEN).first(),
        "may_visit": member.may("customers.check_in", customer),
        "may_change": member.may("customers.change", customer),
        "numbers_open": is_open(member, customer),
        "may_reveal": member.may("customers.reveal", customer),
        "may_share": member.may("customers.share", customer),
        "may_end_share": member.may("customers.end_share", customer),
        "may_hand_over": not customer.is_archived and may_pass_on(member, customer),
        "shares": shares_of(customer),
        "may_restore": member.may("customers.restore", customer),
        "verdict": member.may("customers.view", customer),
        "acts": panels_of("customers.customer.acts", member, customer),
        "panels": panels_of("customers.customer", member, customer),
        "events": timeline_of("customers.customer", member, customer),
    }
    return render(request, "customers/detail.html", context)


def may_pass_on(member: Member, customer: Customer) -> bool:
    """Whether the way to the hand-over is worth showing; where to is asked there."""
    return any(covers(member, permission, customer) for permission in ("lead", "assist"))


def shares_of(customer: Customer) -> list[dict[str, Any]]:
    """Who sees it by a share that has not run out."""
    rows = list(customer.shares.in_force().select_related("granted_by").order_by("valid_until"))
    people = Member.objects.filter(user__in=[row.user_id for row in rows])
    names = dict(people.values_list("user_id", "name"))
    return [
        {
            "pk": row.pk,
            "name": names.get(row.user_id, ""),
            # the moment is the first that no longer counts
            "last_day": row.valid_until and row.valid_until - timedelta(seconds=1),
            "by": row.granted_by,
        }
        for row in rows
    ]


@page("customers.change", Customer)
def change(request: HttpRequest, customer: Customer) -> HttpResponse:
    form = CustomerForm(request.POST or None, instance=veiled(request.member, customer))
    if tried(request, form, lambda **typed: actions.change(customer, by=request.member, **typed)):
        messages.success(request, _("Saved."))
        return redirect("customers:detail", customer.pk)
    return form_page(request, "customers/form.html", form, customer=customer)


@page("customers.set_tier", Customer)
def set_tier(request: HttpRequest, customer: Customer) -> HttpResponse:
    form = TierForm(request.POST or None, initial={"tier": customer.tier})
    if tried(request, form, lambda **typed: actions.set_tier(customer, by=request.member, **typed)):
        messages.success(request, _("The tier is changed."))
        return redirect("customers:detail", customer.pk)
    changes = customer.tier_changes.select_related("by").order_by("-at", "-pk")[:20]
    return form_page(request, "customers/set_tier.html", form, customer=customer, changes=changes)


@page("customers.attach", Customer)
def attach(request: HttpRequest, customer: Customer) -> HttpResponse:
    return attach_page(request, customer)


@require_POST
@page("customers.archive", Customer)
def archive(request: HttpRequest, customer: Customer) -> HttpResponse:
    actions.archive(customer, by=request.member)
    undo = reverse("customers:restore", args=[customer.pk])
    said = _("%(name)s is archived.") % {"name": customer.name}
    messages.success(request, said, extra_tags=undo)
    return redirect("customers:list")


@require_POST
@page("customers.restore", Customer)
def restore(request: HttpRequest, customer: Customer) -> HttpResponse:
    actions.restore(customer, by=request.member)
    messages.success(request, _("Restored."))
    return redirect("customers:detail", customer.pk)


@page("customers.add_note", Customer)
def add_note(request: HttpRequest, customer: Customer) -> HttpResponse:
    """T4.5: a call or a message counts as contact."""
    form = NoteForm(request.POST or None)
    if tried(request, form, lambda **typed: actions.add_note(customer, by=request.member, **typed)):
        messages.success(request, _("Noted."))
        return redirect("customers:detail", customer.pk)
    return form_page(request, "customers/add_note.html", form, customer=customer)


@page("customers.change", Customer)
def add_contact(request: HttpRequest, customer: Customer) -> HttpResponse:
    form = ContactForm(request.POST or None)
    if tried(
        request, form, lambda **typed: actions.add_contact(customer, by=request.member, **typed)
    ):
        messages.success(request, _("Contact added."))
        warn_of_twins(request, customer, form)
        return redirect("customers:detail", customer.pk)
    return form_page(request, "customers/contact_form.html", form, customer=customer)


def warn_of_twins(request: HttpRequest, customer: Customer, form: ContactForm) -> None:
    """T3.2: the contact is kept; whose customer has the same mobile is said beside it."""
    if not (typed := form.cleaned_data["mobile"]) or "mobile" not in form.changed_data:
        return
    verdict = also_known(codes.mobile(typed), besides=customer.pk)
    if not verdict:
        said = _("Please check: %(what)s.") % {"what": "; ".join(map(str, verdict.lines))}
        messages.warning(request, said)


@page("customers.change_contact", Contact)
def change_contact(request: HttpRequest, contact: Contact) -> HttpResponse:
    form = ContactForm(request.POST or None, instance=veiled(request.member, contact))
    if tried(
        request, form, lambda **typed: actions.change_contact(contact, by=request.member, **typed)
    ):
        messages.success(request, _("Saved."))
        warn_of_twins(request, contact.customer, form)
        return redirect("customers:detail", contact.customer_id)
    return form_page(
        request,
        "customers/contact_form.html",
        form,
        customer=contact.customer,
        contact=contact,
    )


@require_POST
@page("customers.change_contact", Contact)
def archive_contact(request: HttpRequest, contact: Contact) -> HttpResponse:
    actions.archive_contact(contact, by=request.member)
    messages.success(request, _("Contact removed."))
    return redirect("customers:detail", contact.customer_id)
