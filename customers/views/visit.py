"""Plans, check-ins and results of visits."""

from copy import copy
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import actions
from customers.filters import BOXES, VisitFilter, box_of
from customers.forms import (
    CancelForm,
    CheckInForm,
    CorrectForm,
    PickForm,
    PlanForm,
    ResultForm,
    StartForm,
)
from customers.history import corrections
from customers.models import Customer, Visit
from customers.numbers import is_open, is_said_to
from customers.views.customer import choices_of
from files.panels import attachments
from files.views import attach_page
from kit.answers import form_page, tried
from kit.lists import capped_counts, page_of
from org.access import page
from org.roles import SELLING

LABELS = {
    "today": gettext_lazy("Today"),
    "overdue": gettext_lazy("Overdue"),
    "planned": gettext_lazy("Planned"),
    "done": gettext_lazy("Done"),
    "all": gettext_lazy("All"),
}
OLDEST_FIRST = ("planned_on", "id")
NEWEST_FIRST = ("-planned_on", "-id")


@page("customers.visit_list")
def visits(request: HttpRequest) -> HttpResponse:
    """Visits by box; one's own unless the team's are asked for."""
    member, today = request.member, timezone.localdate()
    asked = request.GET.get("box", "all" if "status" in request.GET else "today")
    box = asked if asked in BOXES else "today"
    leads = bool(member.scope.ranges("see"))
    is_mine = not leads if (who := request.GET.get("who")) is None else who == "mine"
    seen = Visit.objects.visible_to(member)
    if is_mine:
        seen = seen.filter(owner=member)
    found = VisitFilter(request.GET, seen, request=request).qs
    rows = box_of(found, box, today).select_related("customer", "owner")
    order = NEWEST_FIRST if box in {"done", "all"} else OLDEST_FIRST
    counts = [text for _n, text in capped_counts(*(box_of(found, b, today) for b in BOXES))]
    context = {
        "page": page_of(rows, request.GET, order=order),
        "box": box,
        "is_mine": is_mine,
        "leads": leads,
        "member": member,
        "chips": [(b, LABELS[b], text) for b, text in zip(BOXES, counts, strict=True)],
        "shown_total": counts[BOXES.index(box)],
    }
    if request.htmx:
        return render(request, "customers/_visit_rows.html", context)
    return render(request, "customers/visits.html", context | choices_of(request))


@page("customers.visit_list")
def today(request: HttpRequest) -> HttpResponse:
    """ROLE-3.1: the rep's round of the day on the phone; what is late stands below it."""
    member, day = request.member, timezone.localdate()
    mine = Visit.objects.filter(owner=member).select_related("customer")
    rows = list(box_of(mine, "today", day).order_by("pk")[:100])
    rows.sort(key=lambda visit: (visit.status != Visit.Status.OPEN, *clock_of(visit)))
    is_under_way = any(visit.status == Visit.Status.OPEN for visit in rows)
    upcoming = [visit for visit in rows if visit.status == Visit.Status.PLANNED]
    context = {
        "rows": rows,
        "day": day,
        "next_visit": None if is_under_way or not upcoming else upcoming[0],
        "done": sum(visit.status == Visit.Status.DONE for visit in rows),
        "late": list(mine.overdue(day).order_by("planned_on", "pk")[:20]),
        "pick": PickForm(member=member),
        "sells": bool(SELLING & member.scope.roles),
    }
    return render(request, "customers/today.html", context)


def clock_of(visit: Visit) -> tuple[Any, ...]:
    """Visits come in the order of their clock times, those without one after them."""
    began = timezone.localtime(visit.checked_in_at).time() if visit.checked_in_at else None
    time = visit.planned_time or began
    return (time is None, time.isoformat() if time else "", visit.pk)


@page("customers.visit_list")
def pick(request: HttpRequest) -> HttpResponse:
    """From the search list of today's page to the check-in page of the customer found."""
    form = PickForm(request.GET, member=request.member)
    if form.is_valid():
        return redirect("customers:check_in", form.cleaned_data["customer"])
    text = request.GET.get("customer_text", "").strip()
    return redirect(f"{reverse('customers:list')}?{request.GET.urlencode() and 'q=' + text}")


@page("customers.visit_view", Visit)
def visit(request: HttpRequest, visit: Visit) -> HttpResponse:
    member = request.member
    is_planned = visit.status == Visit.Status.PLANNED
    context = {
        "visit": visit,
        "customer": visit.customer,
        "sees_customer": member.may("customers.view", visit.customer),
        "may_start": is_planned and member.may("customers.start_visit", visit),
        "may_finish": takes_result(visit) and member.may("customers.finish_visit", visit),
        "may_cancel": is_planned and member.may("customers.cancel_visit", visit),
        "may_correct": member.may("customers.correct_visit", visit),
        "is_mine": is_said_to(member, visit),
        "corrections": list(corrections(member, visit)),
        "papers": attachments(member, visit),
        "verdict": member.may("customers.visit_view", visit),
    }
    return render(request, "customers/visit.html", context)


def takes_result(visit: Visit) -> bool:
    """Whether a result is still to be written; the action has the last word."""
    calls = visit.status == Visit.Status.PLANNED and visit.kind != Visit.Kind.FIELD
    return calls or visit.status == Visit.Status.OPEN or (visit.is_unclosed and not visit.summary)


@page("customers.plan_visit", Customer)
def plan_visit(request: HttpRequest, customer: Customer) -> HttpResponse:
    form = PlanForm(request.POST or None)
    if plan := tried(
        request, form, lambda **typed: actions.plan_visit(customer, by=request.member, **typed)
    ):
        said = _("Planned for %(day)s.") % {"day": plan.planned_on}
        messages.success(request, said)
        return redirect("customers:detail", customer.pk)
    return form_page(request, "customers/plan_visit.html", form, customer=customer)


def begun(request: HttpRequest, visit: Visit) -> HttpResponse:
    said = _("Checked in at %(time)s.")
    time = timezone.localtime(visit.checked_in_at)
    messages.success(request, said % {"time": f"{time:%H:%M}"})
    return redirect("customers:visit", visit.pk)


@page("customers.check_in", Customer)
def check_in(request: HttpRequest, customer: Customer) -> HttpResponse:
    """T1: a visit without a plan."""
    form = CheckInForm(request.POST or None)
    if visit := tried(
        request, form, lambda **typed: actions.check_in(customer, by=request.member, **typed)
    ):
        return begun(request, visit)
    return form_page(request, "customers/check_in.html", form, **arrival(request, customer))


@page("customers.start_visit", Visit)
def start_visit(request: HttpRequest, visit: Visit) -> HttpResponse:
    """T1: from the plan."""
    customer, member = visit.customer, request.member
    form = StartForm(request.POST or None)
    if started := tried(
        request, form, lambda **typed: actions.check_in(customer, by=member, visit=visit, **typed)
    ):
        return begun(request, started)
    context = arrival(request, customer)
    return form_page(request, "customers/check_in.html", form, visit=visit, **context)


def arrival(request: HttpRequest, customer: Customer) -> dict[str, Any]:
    """What somebody at the door must know: the place, and the visit that would be closed."""
    still = Visit.objects.filter(owner=request.member, status=Visit.Status.OPEN)
    return {
        "customer": customer,
        "left_open": still.select_related("customer").first(),
        "contact": customer.contacts.filter(is_primary=True, archived_at=None).first(),
        "numbers_open": is_open(request.member, customer),
    }


@page("customers.finish_visit", Visit)
def finish_visit(request: HttpRequest, visit: Visit) -> HttpResponse:
    """T1.10: the result; a next date makes the next plan."""
    form = ResultForm(request.POST or None, instance=copy(visit))
    if done := tried(
        request, form, lambda **typed: actions.finish_visit(visit, by=request.member, **typed)
    ):
        said = _("Visit finished.")
        if done.next_on:
            said = _("Visit finished. The next one is planned for %(day)s.")
            said %= {"day": done.next_on}
        messages.success(request, said)
        return redirect("customers:visit", visit.pk)
    return form_page(
        request, "customers/finish_visit.html", form, visit=visit, customer=visit.customer
    )


@page("customers.correct_visit", Visit)
def correct_visit(request: HttpRequest, visit: Visit) -> HttpResponse:
    """T1.11: within a day of the visit; what stood there before is shown below the result."""
    form = CorrectForm(request.POST or None, instance=copy(visit))
    if tried(
        request, form, lambda **typed: actions.correct_visit(visit, by=request.member, **typed)
    ):
        messages.success(request, _("The result is corrected."))
        return redirect("customers:visit", visit.pk)
    return form_page(
        request, "customers/correct_visit.html", form, visit=visit, customer=visit.customer
    )


@page("customers.attach_visit", Visit)
def attach_visit(request: HttpRequest, visit: Visit) -> HttpResponse:
    return attach_page(request, visit)


@page("customers.cancel_visit", Visit)
def cancel_visit(request: HttpRequest, visit: Visit) -> HttpResponse:
    form = CancelForm(request.POST or None)
    if tried(
        request, form, lambda **typed: actions.cancel_visit(visit, by=request.member, **typed)
    ):
        messages.success(request, _("The plan is cancelled."))
        return redirect("customers:visit", visit.pk)
    return form_page(
        request, "customers/cancel_visit.html", form, visit=visit, customer=visit.customer
    )
