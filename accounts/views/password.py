"""The password: forgotten, chosen anew behind a letter's link, changed, asked for again."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts import actions
from accounts.actions.password import user_of
from accounts.backends import normalise
from accounts.forms import ConfirmForm, ForgotForm, PasswordForm
from accounts.models import User
from accounts.pages import confirm as note_confirmed
from accounts.pages import confirmed, own
from accounts.places import place
from accounts.views.door import safe
from kit.pages import public


@public
@never_cache
@require_http_methods(["GET", "POST"])
def forgot(request: HttpRequest) -> HttpResponse:
    """One answer, whether the login exists, has an address, was asked for often, or none of it."""
    form = ForgotForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        login = form.cleaned_data["login"]
        if actions.may_ask(normalise(login), place(request)):
            actions.ask_reset(login, request)
        return redirect("accounts:sent")
    context = {"form": form, "has_mail": settings.HAS_MAIL}
    return render(request, "accounts/forgot.html", context, status=422 if form.is_bound else 200)


@public
@never_cache
def sent(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/sent.html")


@public
@never_cache
@sensitive_post_parameters("password", "again")
@sensitive_variables("token")
@require_http_methods(["GET", "POST"])
def reset(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Behind the link of the letter. Looking does not use it."""
    user = user_of(uid, token)
    form = PasswordForm(user or User(), request.POST if request.method == "POST" else None)
    if user and form.is_bound and form.is_valid():
        password = form.cleaned_data["password"]
        if actions.reset_password(uid, token, password=password, request=request):
            messages.success(request, _("The new password is set. Please log in with it."))
            return redirect("accounts:login")
        user = None
    status = 410 if user is None else 422 if form.is_bound else 200
    context = {"form": form, "person": user}
    response = render(request, "accounts/reset.html", context, status=status)
    # Django's log of a 4xx would write the address, and the address is the secret
    response._has_been_logged = True  # noqa: SLF001  django.utils.log looks for it
    return response


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("current")
@own
def confirm(request: HttpRequest) -> HttpResponse:
    """Before something that matters: is it still the same person?"""
    target = request.POST.get("next") or request.GET.get("next", "")
    form = ConfirmForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        note_confirmed(request)
        return redirect(safe(request, target))
    context = {"form": form, "next": target}
    status = 422 if form.is_bound else 200
    response = render(request, "accounts/confirm.html", context, status=status)
    # a wrong password wrote nothing but its own count, and that has to stay
    response.stays = True
    return response


@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password", "again")
@own
@confirmed
def password(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data["password"]
        actions.change_password(request.user, password=given, request=request)
        messages.success(request, _("The password is changed; every other device is logged out."))
        return redirect("accounts:account")
    status = 422 if form.is_bound else 200
    return render(request, "accounts/password.html", {"form": form}, status=status)
