"""Pages of one's own login: whose they are, and when the password is asked for again."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache

from kit.pages import Guard

View = Callable[..., HttpResponse]
CONFIRMED = "confirmed"
LASTS = 10 * 60


def own(view: View) -> View:
    """For whoever is logged in, about this login alone; no company is needed."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    guarded.guard = Guard("accounts.own")
    return guarded


def confirmed(view: View) -> View:
    """Inside `own`: the password was typed in this session a moment ago, or is asked for now."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_confirmed(request):
            return view(request, *args, **kwargs)
        home = reverse("accounts:account")
        target = request.get_full_path() if request.method == "GET" else home
        return redirect(f"{reverse('accounts:confirm')}?{urlencode({'next': target})}")

    return asked


def is_confirmed(request: HttpRequest) -> bool:
    return time.time() - request.session.get(CONFIRMED, 0) < LASTS


def confirm(request: HttpRequest) -> None:
    request.session[CONFIRMED] = int(time.time())
