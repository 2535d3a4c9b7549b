"""Logging in and out: the password or a passkey, then the second factor."""

import secrets
import time

from allauth.mfa.webauthn.internal import auth as webauthn
from django.conf import settings
from django.contrib.auth import logout as close_session
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import actions
from accounts.actions import Device, factors
from accounts.forms import TOO_MANY, CodeForm, LoginForm
from accounts.models import User
from accounts.places import place
from kit.pages import public

KNOWN = "so-known"
YEAR = 365 * 24 * 3600
PENDING = "second"
PENDING_LASTS = 10 * 60


def known_device(request: HttpRequest) -> Device:
    """The signed mark of a browser with the people who logged in on it before."""
    try:
        said = signing.loads(request.COOKIES.get(KNOWN, ""), salt=KNOWN, max_age=YEAR)
        return Device(said["id"], tuple(said["people"]))
    except (signing.BadSignature, KeyError, TypeError):
        return Device(secrets.token_urlsafe(16))


def safe(request: HttpRequest, target: str) -> str:
    """An address of ours to go on to, or the first page."""
    ours = url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )
    return target if ours else "/"


def let_in(
    request: HttpRequest,
    user: User,
    target: str = "/",
    *,
    company: int | None = None,
    is_strong: bool = False,
) -> HttpResponse:
    """The one way in: whoever has a second factor shows it first, whatever came before."""
    if not is_strong and factors.has_second(user):
        # nobody else stays in beside: a refusal inside a company would undo the count of tries
        close_session(request)
        request.session[PENDING] = {
            "user": user.pk,
            "hash": user.get_session_auth_hash(),
            "at": int(time.time()),
            "next": target,
            "company": company,
        }
        return redirect("accounts:second")
    request.session.pop(PENDING, None)
    actions.begin(request, user)
    if company:
        request.session["company"] = company
    response = HttpResponseRedirect(safe(request, target))
    device = known_device(request)
    mark = signing.dumps({"id": device.id, "people": device.known_to(user.pk).people}, salt=KNOWN)
    response.set_cookie(
        KNOWN, mark, YEAR, secure=request.is_secure(), httponly=True, samesite="Lax"
    )
    if user.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        speak(response, user.language)
    return response


def speak(response: HttpResponse, language: str) -> None:
    """Pages in the language from now on, in this browser."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        YEAR,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite=settings.LANGUAGE_COOKIE_SAMESITE,
    )


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    # somebody who is in guesses nobody else's password: a refusal would undo the count
    if request.user.is_authenticated:
        return redirect("/")
    form = LoginForm(request, request.POST or None, device=known_device(request))
    target = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "POST" and form.is_valid():
        return let_in(request, form.user, target)
    status = 200 if request.method == "GET" else 422
    context = {"form": form, "next": target, "has_mail": settings.HAS_MAIL}
    return render(request, "accounts/login.html", context, status=status)


def pending(request: HttpRequest) -> User | None:
    """Who gave the right password a moment ago, as long as that password still holds."""
    said = request.session.get(PENDING)
    if not said or time.time() - said["at"] > PENDING_LASTS:
        return None
    user = User.objects.filter(pk=said["user"], is_active=True).first()
    if user is None or not constant_time_compare(user.get_session_auth_hash(), said["hash"]):
        return None
    return user


@public
@never_cache
@sensitive_post_parameters("code", "credential")
@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Between the password and the first page."""
    user = None if request.user.is_authenticated else pending(request)
    if user is None:
        request.session.pop(PENDING, None)
        return redirect("accounts:login")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and shown(request, user, form):
        said = request.session.pop(PENDING)
        return let_in(request, user, said["next"], company=said["company"], is_strong=True)
    passkeys = factors.of(user, factors.Type.WEBAUTHN).exists()
    context = {
        "form": form,
        "has_code": factors.of(user, factors.Type.TOTP, factors.Type.RECOVERY_CODES).exists(),
        "has_totp": factors.of(user, factors.Type.TOTP).exists(),
        "options": webauthn.begin_authentication(user) if passkeys else None,
    }
    status = 200 if request.method == "GET" else 422
    return render(request, "accounts/second.html", context, status=status)


def shown(request: HttpRequest, user: User, form: CodeForm) -> bool:
    """Whether the second factor is right; each try counts, also the right one."""
    credential = request.POST.get("credential", "")
    if credential:
        # only the code field was left empty; what counts is the passkey
        form.errors.clear()
    elif not form.is_valid():
        return False
    if not actions.may_show(user):
        form.add_error(None, TOO_MANY)
        return False
    if credential:
        is_right = actions.check_passkey(user, credential)
    else:
        is_right = actions.check_code(user, form.cleaned_data["code"])
    if not is_right:
        form.add_error(None, _("This was not right. Please try again."))
    return is_right


@public
@never_cache
@sensitive_post_parameters("credential")
@require_http_methods(["GET", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """A passkey is both factors at once: the device, and the finger or the PIN."""
    if request.user.is_authenticated:
        return redirect("/")
    if request.method == "GET":
        return JsonResponse(webauthn.begin_authentication(None))
    target = request.POST.get("next", "")
    form = LoginForm(request, None, device=known_device(request))
    if not actions.may_come(place(request)):
        sentence = TOO_MANY
    elif user := actions.who_came(request.POST.get("credential", "")):
        return let_in(request, user, target, is_strong=True)
    else:
        sentence = _("This passkey is not known here.")
    context = {
        "form": form,
        "next": target,
        "errors_text": sentence,
        "has_mail": settings.HAS_MAIL,
    }
    return render(request, "accounts/login.html", context, status=422)


@public
@require_POST
def logout(request: HttpRequest) -> HttpResponse:
    close_session(request)
    return redirect("accounts:login")
