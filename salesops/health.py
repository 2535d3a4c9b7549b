"""Alive, ready, and the answers when nothing else can answer."""

import sys
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kit.because import Refused
from kit.pages import public
from org.middleware import wants_json

# no answer at all; connection lost; the server shuts down, crashed, or starts
# the connection is lost or refused; the last two: of two acts that wait for each other the database
# undid this one
GONE = {None, "08000", "08003", "08006", "57P01", "57P02", "57P03", "53300", "40001", "40P01"}


@public
def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


@public
def readyz(request: HttpRequest) -> HttpResponse:
    """Ready when the database answers; Redis may be away without losing anything."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
            )
            too_strong = cursor.fetchone()[0]
    except DatabaseError:
        return JsonResponse({"status": "no database"}, status=503)
    if too_strong:
        return JsonResponse({"status": "refusing to serve as a superuser"}, status=503)
    return JsonResponse({"status": "ready"})


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "403.html", status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's key is missing or old; what was typed is still one step back."""
    detail = _("This page was open too long. Please go back, reload it and send it again.")
    if wants_json(request):
        return JsonResponse({"code": "csrf", "detail": detail}, status=403)
    refused = Refused(detail, code="csrf")
    return render(request, "403.html", {"refused": refused}, status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """The same words for an unknown address, a foreign id and a missing id."""
    if wants_json(request):
        return JsonResponse({"code": "not_found", "detail": "Not found."}, status=404)
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Static: the transaction may be broken, so nothing may be asked of the database."""
    reference = getattr(request, "reference", "")
    context = {"reference": reference, "language": get_language(), "request": request}
    if is_away(sys.exc_info()[1]):
        return unavailable(request, context)
    if wants_json(request):
        return JsonResponse({"code": "error", "detail": "Something went wrong."}, status=500)
    return HttpResponse(loader.render_to_string("500.html", context), status=500)


def is_away(error: BaseException | None) -> bool:
    """Whether sending it again will do: the database went away, or undid it for another's sake."""
    while error is not None:
        if isinstance(error, InterfaceError | OperationalError):
            return getattr(error.__cause__, "sqlstate", None) in GONE
        error = error.__cause__ or error.__context__
    return False


def unavailable(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """Nothing was written, or it is known by its key: sending it again acts once."""
    again = {"Retry-After": "5"}
    if wants_json(request):
        detail = _("The service is away for a moment. Please send it again: it acts once.")
        body = {"code": "unavailable", "detail": detail}
        return JsonResponse(body, status=503, headers=again)
    return HttpResponse(loader.render_to_string("503.html", context), status=503, headers=again)
