"""One's own API tokens: listed, made and shown once, revoked."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.pages import confirmed
from kit.answers import form_page, tried
from kit.forms import number
from org import actions
from org.access import page
from org.forms import TokenForm
from org.models import Member


def tokens_panel(member: Member, obj: Any) -> dict[str, Any]:
    """The section of the account page."""
    found = list(actions.tokens_of(member))
    return {
        "template": "org/_tokens.html",
        "tokens": [one for one in found if one.purpose == "api"],
        "feeds": [one for one in found if one.purpose == "calendar"],
    }


@never_cache
@require_http_methods(["GET", "POST"])
@page("org.keep_tokens")
@confirmed
def make_token(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST if request.method == "POST" else None)
    mine = request.member

    def act(name: str) -> str:
        return actions.make_token(mine, name=name, by=mine)

    if form.is_bound and (raw := tried(request, form, act)):
        context = {"raw": raw, "name": form.cleaned_data["name"]}
        response = render(request, "org/token.html", context)
        response.shown_once = reverse("accounts:account")
        return response
    return form_page(request, "org/make_token.html", form)


@never_cache
@require_http_methods(["GET", "POST"])
@page("org.keep_tokens")
@confirmed
def make_feed(request: HttpRequest) -> HttpResponse:
    """The secret link of one's own calendar, shown once like a token."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    mine = request.member

    def act(name: str) -> str:
        return actions.make_token(mine, name=name, by=mine, purpose="calendar")

    if form.is_bound and (raw := tried(request, form, act)):
        address = request.build_absolute_uri(reverse("desk:calendar", args=[raw]))
        context = {"address": address, "name": form.cleaned_data["name"]}
        response = render(request, "org/feed.html", context)
        response.shown_once = reverse("accounts:account")
        return response
    return form_page(request, "org/make_feed.html", form)


@require_POST
@page("org.keep_tokens")
@confirmed
def revoke_token(request: HttpRequest) -> HttpResponse:
    pk = number(request.POST.get("token"))
    token = actions.tokens_of(request.member).filter(pk=pk).first() if pk else None
    if token is None:
        raise Http404
    actions.revoke_token(token, by=request.member)
    messages.success(request, _("The token is revoked."))
    return redirect("accounts:account")
