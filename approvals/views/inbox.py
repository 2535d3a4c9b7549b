"""The inbox and its boxes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from approvals.boxes import BOXES, FILL, stand_ins_of, waiting
from org.access import page


@page("approvals.inbox")
def inbox(request: HttpRequest) -> HttpResponse:
    """What waits for me, the most urgent first; `box` shows the others."""
    box = request.GET.get("box", "open")
    fill = FILL.get(box, waiting)
    context = fill(request)
    context |= {"box": box if box in FILL else "open", "boxes": BOXES}
    context["stand_ins"] = stand_ins_of(request.member)
    return render(request, "approvals/inbox.html", context)
