"""The door: one transaction a request, inside the member's company, undone by any refusal."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from accounts.places import place
from audit.actions import record, refuse
from kit.because import Forbidden, Line, Refused, no
from kit.registry import clauses_of
from org.guest import guest_of
from org.membership import BadToken, Seat, seat_of_session, seat_of_token, seconds_to_wait
from org.models import Member, SupportAccess
from tenancy.context import Origin, company
from tenancy.models import IdempotencyKey

API = "/api/"
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
LOGGED = frozenset({403, 404, 409})
MOST_KEPT = 200_000
MULTIPART = "multipart/form-data"


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith(API)


class Door:
    """Last of the middlewares: session and token requests enter the same way."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.member, request.refused, request.support = None, None, None
        request.token = None
        try:
            seat = self.seat(request)
        except BadToken:
            detail = _("The token is not valid.")
            return JsonResponse({"code": "not_authenticated", "detail": detail}, status=401)
        if seat is None:
            return self.answer(request)
        if wants_json(request) and (left := seconds_to_wait(seat, request.token)):
            return too_many(left)
        came = Origin(
            ip=place(request) or None,
            channel="api" if wants_json(request) else "web",
        )
        with company(seat.company_id, came=came), timezone.override(None):
            response = self.inside(request, seat)
        if request.support:
            with company(seat.company_id, came=came):
                log_page(request, response.status_code)
        # no store on the way keeps it, and the way back asks again: it is one person's sight of now
        response.headers.setdefault("Cache-Control", "private, no-cache")
        if response.status_code in LOGGED and request.resolver_match:
            with company(seat.company_id, came=came):
                self.log(request, seat, response.status_code)
        return response

    def inside(self, request: HttpRequest, seat: Seat) -> HttpResponse:
        if seat.support_id:
            return self.beside(request, seat)
        open_door = SupportAccess.objects.in_force()
        rows = Member.objects.annotate(has_support=Exists(open_door))
        member = rows.select_related("company", "user").get(pk=seat.member_id)
        request.member = request.user._member = member
        timezone.activate(member.company.zone)
        if has_nul(request):
            return malformed(request)
        key = "" if request.method in SAFE else key_of(request)
        if key:
            mark = fingerprint(request)
            kept, is_new = take(member.pk, key, mark)
            if not is_new:
                return replay(kept, mark)
        response = self.answer(request)
        if response.status_code < 400 and not request.refused:
            if key:
                keep(kept, response)
        elif not getattr(response, "stays", False):
            # a middleware's own atomic would commit: exceptions became responses further in
            transaction.set_rollback(True)
        elif key:
            kept.delete()
        return response

    def beside(self, request: HttpRequest, seat: Seat) -> HttpResponse:
        """ORG-1.6: a guest of the operator reads; whatever a page would write is undone."""
        access = SupportAccess.objects.in_force().filter(pk=seat.support_id).first()
        if access is None:  # ended between two looks
            return redirect("org:choose_company")
        request.support = access
        request.member = request.user._member = guest_of(access)
        timezone.activate(request.member.company.zone)
        if has_nul(request):
            return malformed(request)
        if request.method not in SAFE and not is_public(request):
            text = N_("support access only reads: nothing can be changed with it")
            line = Line("rule", ok=False, text=text, clause="ORG-1.6")
            response = self.process_exception(request, Forbidden(no("read_only", line)))
        else:
            response = self.answer(request)
        transaction.set_rollback(True)
        return response

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The view's; a form's address that is opened like a page gets words instead of nothing."""
        response = self.get_response(request)
        if response.status_code == 405 and not wants_json(request):
            page = render(request, "405.html", status=405)
            page.headers["Allow"] = response.headers.get("Allow", "")
            return page
        return response

    @staticmethod
    def seat(request: HttpRequest) -> Seat | None:
        header = request.headers.get("Authorization", "")
        if header.startswith("Token ") and wants_json(request):
            seat = seat_of_token(request, header)
            request._dont_enforce_csrf_checks = True
            request.is_token = True
            return seat
        return seat_of_session(request) if request.user.is_authenticated else None

    @staticmethod
    def log(request: HttpRequest, seat: Seat, status: int) -> None:
        refuse(
            member_id=seat.member_id,
            status=status,
            method=request.method,
            path=request.path,
            rule=rule_of(request),
            code=getattr(request.refused, "code", "") or "",
        )

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        request.refused = error
        if not isinstance(error, Refused):
            if isinstance(error, Http404) and wants_json(request):
                return JsonResponse({"code": "not_found", "detail": _("Not found.")}, status=404)
            return None
        error.citing(next(iter(clauses_of("rule", rule_of(request))), ""))
        if wants_json(request):
            return JsonResponse(refusal_json(error), status=error.status)
        return render(request, f"{error.status}.html", {"refused": error}, status=error.status)


def is_public(request: HttpRequest) -> bool:
    """One's own login, language and company are nobody's business records."""
    return rule_of(request) == "public"


def log_page(request: HttpRequest, status: int) -> None:
    """Every page a guest opened, with what came of it, in the company's own log."""
    said = {"method": request.method, "path": request.get_full_path()[:300], "status": status}
    record("org.open_page", request.support, by=request.member, after=said)


def rule_of(request: HttpRequest) -> str:
    """The rule that guards the page asked for, also before the page is reached."""
    try:
        found = request.resolver_match or resolve(request.path_info)
    except Resolver404:
        return ""
    guard = getattr(found.func, "guard", None)
    return guard.rule if guard else ""


def refusal_json(error: Refused) -> dict[str, Any]:
    """The API's error body."""
    body: dict[str, Any] = {"code": error.code, "detail": error.detail}
    if error.errors:
        body["errors"] = error.errors
    if error.because is not None:
        body["because"] = error.because.as_json()
    return body


def has_nul(request: HttpRequest) -> bool:
    """A character no person types and no column takes; fields of JSON refuse it themselves."""
    said = [request.GET] if wants_json(request) else [request.GET, request.POST]
    texts = (text for part in said for _name, values in part.lists() for text in values)
    return any("\0" in text for text in texts)


def malformed(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        detail = _("This request cannot be read.")
        return JsonResponse({"code": "malformed", "detail": detail}, status=400)
    return render(request, "400.html", status=400)


def too_many(seconds: int) -> HttpResponse:
    """The same body as every refusal, and when to come back."""
    detail = _("Too many requests. Please try again in %(n)s seconds.") % {"n": seconds}
    response = JsonResponse({"code": "too_many", "detail": detail}, status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def key_of(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key and not wants_json(request):
        key = request.POST.get("idempotency_key", "")
    return key[:80]


def fingerprint(request: HttpRequest) -> str:
    """What was asked, without the token that changes with every rendering of the form."""
    said = hashlib.sha256(f"{request.method} {request.path}\n".encode())
    if wants_json(request) and request.content_type != MULTIPART:
        said.update(request.body)
    else:
        # a file is sent behind a line that differs each time: what was in it counts
        pairs = [(k, v) for k, v in request.POST.lists() if k != "csrfmiddlewaretoken"]
        files = [(name, file.name, file.size) for name, file in request.FILES.items()]
        said.update(json.dumps([sorted(pairs), files]).encode())
    return said.hexdigest()


def take(member_id: int, key: str, mark: str) -> tuple[IdempotencyKey, bool]:
    """Claim the key; a second request with it waits here until the first has committed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tenancy_idempotencykey (company_id, member_id, key, fingerprint, status, "
            "location, content_type, body, created_at) "
            "VALUES (app_company(), %s, %s, %s, 0, '', '', '', now()) "
            "ON CONFLICT (company_id, member_id, key) DO NOTHING RETURNING id",
            [member_id, key, mark],
        )
        is_new = cursor.fetchone() is not None
    return IdempotencyKey.objects.get(member_id=member_id, key=key), is_new


def keep(kept: IdempotencyKey, response: HttpResponse) -> None:
    """The answer for a repeat; a page shown once (it holds a secret) is replaced by its address."""
    if instead := getattr(response, "shown_once", ""):
        kept.status, kept.location = 302, instead
        kept.save(update_fields=["status", "location"])
        return
    kept.status = response.status_code
    kept.location = response.headers.get("Location", "")[:500]
    kept.content_type = response.headers.get("Content-Type", "")[:100]
    if not response.streaming and len(response.content) <= MOST_KEPT:
        kept.body = response.content.decode("utf-8", "replace").replace("\0", "")
    kept.save(update_fields=["status", "location", "content_type", "body"])


def replay(kept: IdempotencyKey, mark: str) -> HttpResponse:
    """The answer given before, word for word."""
    if kept.fingerprint != mark:
        detail = _("This key was used for another request.")
        return JsonResponse({"code": "key_reused", "detail": detail}, status=409)
    response = HttpResponse(kept.body, status=kept.status, content_type=kept.content_type or None)
    if kept.location:
        response.headers["Location"] = kept.location
    response.headers["Idempotent-Replay"] = "true"
    return response
