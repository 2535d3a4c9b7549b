"""Alive, ready, and the answers when nothing else can answer."""

from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from kit.because import Refused
from kit.pages import public
from org.middleware import wants_json


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
    if wants_json(request):
        return JsonResponse({"code": "error", "detail": "Something went wrong."}, status=500)
    return HttpResponse(loader.render_to_string("500.html"), status=500)
