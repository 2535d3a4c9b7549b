"""Today, and the figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from desk import dashboard
from desk.pending import stages
from desk.today import desk_of, greeting
from kit.forms import number
from kit.search import Sought, look
from org.access import page
from org.models import Member, Unit


@page("desk.home")
def home(request: HttpRequest) -> HttpResponse:
    """The first page: what is to be done today, by post."""
    member = request.member
    context = {
        "desk": desk_of(member),
        "greeting": greeting() % {"name": member.name},
        "day": timezone.localdate(),
    }
    return render(request, "desk/home.html", context)


@page("figures.view")
def figures_(request: HttpRequest) -> HttpResponse:
    """What the reader's sight adds up to; every number opens its rows."""
    member, today = request.member, timezone.localdate()
    period = dashboard.period_of(
        request.GET.get("period", "month"), request.GET.get("month", ""), today
    )
    within, owner = chosen(request.GET.get("unit"), Unit), chosen(request.GET.get("owner"), Member)
    way, rows = dashboard.table(member, period, within, owner)
    months = dashboard.trend(member, today, within, owner)
    # of a table of people the ranking would be the same list again
    best = [] if way == "member" else dashboard.leading(member, period, within, owner)
    context = {
        "period": period,
        "within": within,
        "owner": owner,
        "crumbs": dashboard.crumbs(member, within),
        "cards": dashboard.cards(member, period, within, owner),
        "way": way,
        "rows": rows,
        "keys": dashboard.KEYS,
        "months": months,
        "has_trend": any(any(row.values.values()) for row in months),
        "chart": dashboard.chart(months),
        "provinces": dashboard.provinces(member, period, within, owner),
        "stages": stages(member, within, owner),
        "best": best,
        "now": timezone.now(),
        "recent": dashboard.recent_months(today),
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


def chosen(value, model):
    """The unit or member of the address; the tree is open to everybody, its numbers are not."""
    return model.objects.filter(pk=number(value)).first()
