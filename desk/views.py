"""Today, and the figures."""

import hashlib

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from accounts.places import place
from desk import dashboard
from desk.attention import concerns
from desk.beginning import first_steps, share
from desk.feed import feed_of
from desk.pending import stages
from desk.today import desk_of, greeting
from kit import terms as words
from kit.pages import public
from kit.search import Sought, look
from org.access import page
from org.membership import BadToken, open_token, seconds_to_wait
from org.models import Member
from tenancy.context import Origin, company


@page("desk.home")
def home(request: HttpRequest) -> HttpResponse:
    """The first page: what is to be done today, by post."""
    member = request.member
    context = {
        "desk": desk_of(member),
        "greeting": greeting() % {"name": member.name},
        "day": timezone.localdate(),
        "steps": (steps := first_steps(member)),
        "share": share(steps) if steps else None,
    }
    return render(request, "desk/home.html", context)


@page("figures.view")
def figures_(request: HttpRequest) -> HttpResponse:
    """What the reader's sight adds up to; every number opens its rows."""
    member, today = request.member, timezone.localdate()
    period, within, owner = dashboard.asked(request.GET, today)
    if request.GET.get("tiles"):
        found = dashboard.provinces(member, period, within, owner)
        part = "desk/_tiles.html" if request.htmx else "desk/tiles.html"
        return render(request, part, {"period": period, "within": within, "provinces": found})
    seat = dashboard.seat_of(member)
    if request.GET.get("attention"):
        found = concerns(member, period, within, owner, seat)
        part = "desk/_attention.html" if request.htmx else "desk/attention.html"
        return render(request, part, {"period": period, "within": within, "concerns": found})
    way, rows = dashboard.table(member, period, within, owner, seat)
    months = dashboard.history(member, period, today, within, owner)
    trend = months[-dashboard.MONTHS :]
    # of a table of people the ranking would be the same list again
    is_short = way in {"member", "month"}
    best = [] if is_short else dashboard.leading(member, period, within or seat)
    context = {
        "period": period,
        "within": within,
        "owner": owner,
        "crumbs": dashboard.crumbs(member, within),
        "cards": dashboard.cards(period, months, dashboard.limits(within, owner)),
        "pace": period.pace,
        "way": way,
        "rows": rows,
        "keys": dashboard.KEYS,
        "months": trend,
        "has_trend": any(row.values["signed_amount"] for row in trend),
        "chart": dashboard.chart(trend),
        "stages": stages(member, within, owner),
        "best": best,
        "now": timezone.now(),
        "may_export": rows and member.may("files.export"),
        "recent": dashboard.recent_months(today),
        "close": dashboard.close_of(member, period),
    }
    return render(request, "desk/figures.html", context)


@page("desk.search")
def search(request: HttpRequest) -> HttpResponse:
    """T23: whatever one may see, by letters, pinyin, initials or number; a page and a palette."""
    sought = Sought.of(request.GET.get("q", ""))
    groups = look(request.member, sought)
    context = {
        "sought": sought,
        "groups": groups,
        "number": sum(len(group.hits) for group in groups),
    }
    names = {"so-palette-list": "desk/_palette.html", "so-found": "desk/_found.html"}
    target = request.htmx.target if request.htmx else ""
    return render(request, names.get(target, "desk/search.html"), context)


@page("desk.terms")
def terms(request: HttpRequest) -> HttpResponse:
    """Every word that has a meaning of its own here, by letter; `?q=` narrows."""
    q = request.GET.get("q", "").strip()[:60]
    letters: dict[str, list[words.Term]] = {}
    for term in words.found(q):
        letters.setdefault(term.letter, []).append(term)
    return render(request, "desk/terms.html", {"letters": list(letters.items()), "q": q})


@public
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """Behind a secret link of one member: no session, no login, only what is in that calendar."""
    try:
        found, seat = open_token(token, "calendar")
    except BadToken:
        return gone(HttpResponseNotFound(b"", content_type="text/plain"))
    if left := seconds_to_wait(seat, found):
        late = HttpResponse(b"", status=429, content_type="text/plain")
        late.headers["Retry-After"] = str(left)
        return gone(late)
    came = Origin(ip=place(request) or None, channel="calendar")
    language = found.user.language or settings.LANGUAGE_CODE
    with company(seat.company_id, came=came), translation.override(language):
        member = Member.objects.select_related("company").get(pk=seat.member_id)
        text = feed_of(member, request.build_absolute_uri("/").rstrip("/")).encode()
    mark = quote_etag(hashlib.sha256(text).hexdigest())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response.headers["ETag"] = mark
    response.headers["Cache-Control"] = "private, no-cache"
    return get_conditional_response(request, etag=mark, response=response)


def gone(response: HttpResponse) -> HttpResponse:
    # Django's log of a 4xx would write the address, and the address is the secret
    response._has_been_logged = True  # noqa: SLF001  django.utils.log looks for it
    return response
