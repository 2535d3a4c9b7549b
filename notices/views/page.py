"""Pages of notices: the list, one that leads to its record, and what one wants to be told."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kit.lists import page_of
from notices import actions
from notices.forms import ChoicesForm
from notices.models import Notice
from notices.reading import told
from org.access import page

ORDER = ("-created_at", "-id")


@page("notices.list")
def list_(request: HttpRequest) -> HttpResponse:
    """Newest first; only what is unread, unless all are asked for."""
    is_all = request.GET.get("box") == "all"
    rows = Notice.objects.visible_to(request.member).on_page().select_related("by")
    found = page_of(rows if is_all else rows.unread(), request.GET, order=ORDER)
    context = {
        "page": found,
        "rows": list(told(request.member, found.rows)),
        "is_all": is_all,
        "has_unread": rows.unread().exists(),
    }
    name = "notices/_rows.html" if request.htmx else "notices/list.html"
    return render(request, name, context)


@require_safe
@page("notices.open", Notice)
def open_(request: HttpRequest, notice: Notice) -> HttpResponse:
    """Read, and on to the record by its own rule; a word instead for whoever sees it no more."""
    actions.read(notice, by=request.member)
    shown = next(told(request.member, [notice]), None)
    if shown and shown.url:
        return redirect(shown.url)
    return render(request, "notices/gone.html", {"notice": notice, "shown": shown})


@require_POST
@page("notices.read", Notice)
def read(request: HttpRequest, notice: Notice) -> HttpResponse:
    actions.read(notice, by=request.member)
    undo = reverse("notices:unread", args=[notice.pk])
    messages.success(request, _("Marked as read."), extra_tags=undo)
    return redirect("notices:list")


@require_POST
@page("notices.read", Notice)
def unread(request: HttpRequest, notice: Notice) -> HttpResponse:
    actions.unread(notice, by=request.member)
    return redirect("notices:list")


@require_POST
@page("notices.read")
def read_all(request: HttpRequest) -> HttpResponse:
    number, at = actions.read_all(by=request.member)
    if number:
        text = ngettext("%(n)s notice marked as read.", "%(n)s notices marked as read.", number)
        undo = f"{reverse('notices:unread_all')}?{urlencode({'at': at.isoformat()})}"
        messages.success(request, text % {"n": number}, extra_tags=undo)
    return redirect("notices:list")


@require_POST
@page("notices.read")
def unread_all(request: HttpRequest) -> HttpResponse:
    """Undo of the verb above."""
    try:
        at = parse_datetime(request.POST.get("at") or request.GET.get("at", ""))
    except ValueError:
        at = None
    if at is not None and at.tzinfo:
        actions.unread_all(by=request.member, at=at)
    return redirect("notices:list")


@require_http_methods(["GET", "POST"])
@page("notices.choose")
def choose(request: HttpRequest) -> HttpResponse:
    form = ChoicesForm(request.POST or None, member=request.member)
    if form.is_valid():
        actions.choose(form.wanted, by=request.member, box=form.box)
        messages.success(request, _("Your choice was kept."))
        return redirect("notices:choices")
    status = 422 if form.is_bound else 200
    return render(request, "notices/choices.html", {"form": form}, status=status)
