"""The inbox, its boxes, and a case as it is opened there."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from approvals.boxes import BOXES, FILL
from approvals.glance import glance
from approvals.models import Case
from approvals.waiting import stand_ins_of, waiting
from org.access import page


@page("approvals.inbox")
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for me, the most urgent first; `box` shows the others."""
    box = request.GET.get("box", "open")
    fill = FILL.get(box, waiting)
    context = fill(request)
    context |= {"box": box if box in FILL else "open", "boxes": BOXES}
    if "stand_ins" not in context:
        context["stand_ins"] = stand_ins_of(request.member)
    name = "approvals/_inbox.html" if request.htmx else "approvals/inbox.html"
    return render(request, name, context)


@page("approvals.see_case", Case)
def case(request: HttpRequest, case: Case) -> HttpResponse:
    """Also what a decision refused as incomplete is shown on again, with what was typed."""
    context = glance(request.member, case, getattr(request, "typed", None))
    name = "approvals/_case.html" if request.htmx else "approvals/case.html"
    return render(request, name, context)
