"""Stand-ins: the list, a new one, and the end of one."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from approvals import actions
from approvals.forms import DelegationForm
from approvals.models import Delegation
from approvals.panels import shown
from kit.answers import form_page, tried
from kit.forms import number
from org.access import page
from org.models import Member

MOST = 200


@page("approvals.delegations")
def delegations(request: HttpRequest) -> HttpResponse:
    """One's own and those of one's staff; the administrator sees all."""
    rows = Delegation.objects.visible_to(request.member).select_related(
        "principal", "stand_in", "made_by", "ended_by"
    )
    cards = [shown(row, request.member) for row in rows[:MOST]]
    groups = [
        (_("Now and to come"), [card for card in cards if card["row"].stage != "over"]),
        (_("Over"), [card for card in cards if card["row"].stage == "over"]),
    ]
    context = {"groups": groups, "is_empty": not cards}
    return render(request, "approvals/delegations.html", context)


@require_http_methods(["GET", "POST"])
@page("approvals.delegate")
def delegate(request: HttpRequest) -> HttpResponse:
    """For oneself or, with `?member=`, for one's staff; the action asks for the person chosen."""
    given = number(request.GET.get("member"))
    first = Member.objects.filter(pk=given).first() if given is not None else request.member
    form = DelegationForm(
        request.member,
        first or request.member,
        request.POST if request.method == "POST" else None,
    )
    act = partial(actions.delegate, by=request.member)
    if form.is_bound and (row := tried(request, form, act)):
        text = _("%(stand_in)s stands in for %(who)s until %(last)s.")
        said = {"stand_in": row.stand_in.name, "who": row.principal.name, "last": row.ends_on}
        messages.success(request, text % said)
        return redirect("approvals:delegations")
    return form_page(request, "approvals/delegate.html", form)


@require_POST
@page("approvals.end_delegation", Delegation)
def end_delegation(request: HttpRequest, delegation: Delegation) -> HttpResponse:
    actions.end_delegation(delegation, by=request.member)
    messages.success(request, _("It has ended; what was waiting is with the person again."))
    return redirect("approvals:delegations")
