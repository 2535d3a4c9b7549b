"""Which companies a login belongs to, asked before any company is known."""

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from org.models import ApiToken


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of an active company."""

    company_id: int
    member_id: int
    support_id: int = 0  # a guest of the operator instead of a member, who only reads


class BadToken(Exception):
    """The token is unknown or revoked, or its member was switched off."""


def memberships(user_id: int) -> list[Seat]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT company_id, member_id FROM memberships_of(%s)", [user_id])
        return [Seat(*row) for row in cursor.fetchall()]


def supports(user_id: int) -> list[Seat]:
    """Companies that let a person of the operator read along just now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT company_id, access_id FROM supports_of(%s)", [user_id])
        return [Seat(firm, -user_id, access) for firm, access in cursor.fetchall()]


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_token(raw: str, purpose: str) -> tuple[ApiToken, Seat]:
    """The token behind a text and its seat; the login must still be a member."""
    found = (
        ApiToken.objects.select_related("user")
        .filter(hash=digest(raw), revoked_at=None, purpose=purpose)
        .first()
    )
    if found is None or not found.user.is_active:
        raise BadToken
    for seat in memberships(found.user_id):
        if seat == Seat(found.company_id, found.member_id):
            return found, seat
    raise BadToken


def seat_of_token(request: HttpRequest, header: str) -> Seat:
    """The seat behind `Authorization: Token …`."""
    found, seat = open_token(header.split(" ", 1)[1].strip(), "api")
    request.user, request.token = found.user, found
    return seat


def seconds_to_wait(seat: Seat, token: ApiToken | None) -> int:
    """0 when one may ask now; counted by the minute of the database, so in every process.

    One statement before the request's own transaction: a refused request counts as well, and
    requests of one member never wait for each other.
    """
    most = {f"member {seat.company_id} {seat.member_id}": settings.API_PER_MEMBER}
    if token:
        most[f"token {token.pk}"] = settings.API_PER_TOKEN
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO org_apiuse AS u (key, minute, used) "
            "SELECT k, floor(extract(epoch FROM clock_timestamp()) / 60), 1 "
            "FROM unnest(%s::text[]) AS k ORDER BY k "
            "ON CONFLICT (key) DO UPDATE SET minute = excluded.minute, "
            "used = CASE WHEN u.minute = excluded.minute THEN u.used + 1 ELSE 1 END "
            "RETURNING key, used, "
            "60 - floor(extract(epoch FROM clock_timestamp()))::bigint %% 60",
            [list(most)],
        )
        counted = cursor.fetchall()
    return max(left if used > most[key] else 0 for key, used, left in counted)


def seat_of_session(request: HttpRequest) -> Seat | None:
    """The chosen company's seat, the only one there is, or None when a choice is needed."""
    seats = memberships(request.user.pk)
    request.has_choice = len(seats) > 1 or request.user.is_staff
    chosen = request.session.get("company")
    for seat in seats:
        if seat.company_id == chosen:
            return seat
    if chosen is not None and request.user.is_staff:
        return next((s for s in supports(request.user.pk) if s.company_id == chosen), None)
    # never another one in silence when the chosen company has switched the member off
    return seats[0] if len(seats) == 1 and chosen is None else None
