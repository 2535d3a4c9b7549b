"""My account: language, password, second factor, devices, and what other apps add."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.sessions.models import Session
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as choose_language

from accounts import actions
from accounts.actions import factors
from accounts.devices import device
from accounts.pages import own
from kit.forms import number
from kit.pages import public
from kit.registry import panels_of

PLACE = "account.settings"


@own
def account(request: HttpRequest) -> HttpResponse:
    user, member = request.user, getattr(request, "member", None)
    codes = factors.of(user, factors.Type.RECOVERY_CODES).first()
    context = {
        "passkeys": factors.of(user, factors.Type.WEBAUTHN),
        "totp": factors.of(user, factors.Type.TOTP).first(),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else None,
        "sessions": sessions_of(request),
        "panels": panels_of(PLACE, member, None) if member else [],
    }
    return render(request, "accounts/account.html", context)


def sessions_of(request: HttpRequest) -> list[dict[str, Any]]:
    """Open sessions, this one first."""
    rows = list(UserSession.objects.filter(user=request.user).order_by("-last_seen_at"))
    alive = set(
        Session.objects.filter(
            session_key__in=[row.session_key for row in rows], expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    here = request.session.session_key
    found = [
        {"row": row, "device": device(row.user_agent), "is_here": row.session_key == here}
        for row in rows
        if row.session_key in alive
    ]
    return sorted(found, key=lambda one: not one["is_here"])


@require_POST
@own
def end_session(request: HttpRequest) -> HttpResponse:
    pk = number(request.POST.get("session"))
    if pk is None or not actions.end(request.user, pk):
        raise Http404
    messages.success(request, _("This device is logged out."))
    return redirect("accounts:account")


@require_POST
@own
def end_others(request: HttpRequest) -> HttpResponse:
    actions.end_others(request, request.user)
    messages.success(request, _("Every other device is logged out."))
    return redirect("accounts:account")


@public
def set_language(request: HttpRequest) -> HttpResponse:
    """For this browser, and for letters and new browsers of whoever is logged in."""
    response = choose_language(request)
    code = request.POST.get("language", "")
    if request.user.is_authenticated and code in dict(settings.LANGUAGES):
        actions.set_language(request.user, code)
    return response
