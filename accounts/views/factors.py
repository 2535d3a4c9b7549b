"""One's own second factors: add, name, remove, recovery codes."""

import base64
from functools import partial
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions
from accounts.actions import factors
from accounts.devices import device
from accounts.forms import CodeForm, NameForm, PasskeyForm
from accounts.pages import confirmed, own
from kit.answers import form_page, tried
from kit.forms import number

WAITING = "totp_waiting"


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("code")
@own
@confirmed
def add_totp(request: HttpRequest) -> HttpResponse:
    """The secret waits in the session until a code proves that the app has it."""
    if request.method == "GET" or WAITING not in request.session:
        request.session[WAITING] = generate_totp_secret()
    secret = request.session[WAITING]
    form = CodeForm(request.POST if request.method == "POST" else None)
    act = partial(actions.add_totp, request.user, secret=secret, request=request)
    if form.is_bound and tried(request, form, act):
        del request.session[WAITING]
        messages.success(request, _("The authenticator app is set up. Keep the recovery codes."))
        return redirect("accounts:codes")
    context = {"form": form, "secret": spaced(secret), "picture": picture(request, secret)}
    return form_page(request, "accounts/add_totp.html", **context)


def spaced(secret: str) -> str:
    """In groups of four, for typing."""
    return " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))


def picture(request: HttpRequest, secret: str) -> str:
    """The secret as a square the phone reads, drawn here: nobody else sees it."""
    adapter = get_adapter()
    drawn = adapter.build_totp_svg(adapter.build_totp_url(request.user, secret))
    return "data:image/svg+xml;base64," + base64.b64encode(drawn.encode()).decode()


@require_POST
@own
@confirmed
def remove_totp(request: HttpRequest) -> HttpResponse:
    actions.remove_totp(request.user, request=request)
    messages.success(request, _("The authenticator app is removed."))
    return redirect("accounts:account")


@own
@confirmed
def codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that are left."""
    row = factors.of(request.user, factors.Type.RECOVERY_CODES).first()
    if row is None:
        return redirect("accounts:account")
    return render(request, "accounts/codes.html", {"codes": row.wrap().get_unused_codes()})


@require_POST
@own
@confirmed
def renew_codes(request: HttpRequest) -> HttpResponse:
    actions.renew_codes(request.user, request=request)
    messages.success(request, _("These are the new recovery codes; the old ones are void."))
    return redirect("accounts:codes")


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("credential")
@own
@confirmed
def add_passkey(request: HttpRequest) -> HttpResponse:
    suggested = device(request.headers.get("User-Agent", "")).label
    form = PasskeyForm(
        request.POST if request.method == "POST" else None, initial={"name": suggested}
    )
    act = partial(actions.add_passkey, request.user, request=request)
    if form.is_bound and tried(request, form, act):
        messages.success(request, _("The passkey is set up. Keep the recovery codes."))
        return redirect("accounts:codes")
    options = webauthn.begin_registration(request.user, passwordless=True)
    return form_page(request, "accounts/add_passkey.html", form, options=options)


def named(request: HttpRequest) -> Any:
    """The passkey of one's own whose number came, or 404: a foreign one is as good as none."""
    said = request.POST if request.method == "POST" else request.GET
    if found := factors.passkey_of(request.user, number(said.get("passkey"))):
        return found
    raise Http404


@require_http_methods(["GET", "POST"])
@own
@confirmed
def rename_passkey(request: HttpRequest) -> HttpResponse:
    passkey = named(request)
    form = NameForm(
        request.POST if request.method == "POST" else None, initial={"name": str(passkey)}
    )
    if form.is_bound and form.is_valid():
        actions.rename_passkey(request.user, passkey, **form.cleaned_data)
        return redirect("accounts:account")
    return form_page(request, "accounts/rename_passkey.html", form, passkey=passkey)


@require_POST
@own
@confirmed
def remove_passkey(request: HttpRequest) -> HttpResponse:
    actions.remove_passkey(request.user, named(request), request=request)
    messages.success(request, _("The passkey is removed."))
    return redirect("accounts:account")
