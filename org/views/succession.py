"""The end of a service: what is in a person's name, and the one button that passes it on."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from kit.answers import form_page, tried
from org import actions
from org.access import page
from org.forms import SuccessionForm
from org.models import Member
from org.succession import inventory


@require_http_methods(["GET", "POST"])
@page("org.administer", Member)
def hand_over_all(request: HttpRequest, member: Member) -> HttpResponse:
    form = SuccessionForm(request.POST if request.method == "POST" else None, person=member)
    act = partial(passed_on, member, request.member)
    if form.is_bound and (done := tried(request, form, act)):
        to = form.cleaned_data["to"].name
        messages.success(request, said(done["number"], to))
        return redirect("org:hand_over_all", member.pk)
    rows = list(inventory(member))
    moving = sum(row["count"] for row in rows if row["estate"].pass_on)
    return form_page(
        request,
        "org/hand_over_all.html",
        form,
        person=member,
        rows=[row for row in rows if row["count"] or row["estate"].fate == "goes"],
        moving=moving,
        is_under_way=actions.is_under_way(member),
    )


def passed_on(member: Member, by: Member, *, to: Member, reason: str) -> dict[str, int]:
    return {"number": actions.hand_over_all(member, to=to, reason=reason, by=by)}


def said(number: int, name: str) -> str:
    if not number:
        return _("The records are being handed over to %(name)s; this takes a while.") % {
            "name": name
        }
    text = ngettext(
        "%(number)s record was handed over to %(name)s.",
        "%(number)s records were handed over to %(name)s.",
        number,
    )
    return text % {"number": number, "name": name}
