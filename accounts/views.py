"""Logging in and out."""

import secrets

from django.contrib.auth import login as open_session
from django.contrib.auth import logout as close_session
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import Device
from accounts.forms import LoginForm
from kit.pages import public

KNOWN = "so-known"
YEAR = 365 * 24 * 3600


def known_device(request: HttpRequest) -> Device:
    """The signed mark of a browser with the people who logged in on it before."""
    try:
        said = signing.loads(request.COOKIES.get(KNOWN, ""), salt=KNOWN, max_age=YEAR)
        return Device(said["id"], tuple(said["people"]))
    except (signing.BadSignature, KeyError, TypeError):
        return Device(secrets.token_urlsafe(16))


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated and request.method == "GET":
        return redirect("/")
    device = known_device(request)
    form = LoginForm(request, request.POST or None, device=device)
    target = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "POST" and form.is_valid():
        open_session(request, form.user)
        safe = url_has_allowed_host_and_scheme(
            target, {request.get_host()}, require_https=request.is_secure()
        )
        response = HttpResponseRedirect(target if safe else "/")
        people = device.known_to(form.user.pk).people
        mark = signing.dumps({"id": device.id, "people": people}, salt=KNOWN)
        response.set_cookie(
            KNOWN, mark, YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
        )
        return response
    status = 200 if request.method == "GET" else 422
    return render(request, "accounts/login.html", {"form": form, "next": target}, status=status)


@public
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    close_session(request)
    return redirect("accounts:login")
