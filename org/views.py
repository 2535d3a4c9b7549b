"""The tree, the members and their posts, one's own page, and the choice of a company."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kit.forms import number
from kit.pages import public
from org.access import page
from org.membership import memberships
from org.models import Member, Post, Role, Unit
from org.roles import LADDER
from tenancy.models import Company

# the order in which a unit names its people
RANK = {role: place for place, role in enumerate([*reversed(LADDER), *Role.values])}


@public
@login_required
@require_http_methods(["GET", "POST"])
def choose_company(request: HttpRequest) -> HttpResponse:
    """One login, several companies: the chosen one is kept in the session."""
    ids = [seat.company_id for seat in memberships(request.user.pk)]
    if request.method == "POST":
        chosen = request.POST.get("company", "")
        if number(chosen) not in ids:
            raise Http404
        request.session["company"] = int(chosen)
        # forms that are still open belong to the company left: they must not write in this one
        rotate_token(request)
        return redirect("/")
    companies = Company.objects.filter(pk__in=ids).order_by("name")
    return render(request, "org/choose_company.html", {"companies": companies})


@page("org.tree")
def tree(request: HttpRequest) -> HttpResponse:
    units = list(Unit.objects.filter(is_active=True).order_by("path"))
    posts: dict[int, list[Post]] = {}
    for post in Post.objects.in_force().select_related("member").order_by("role", "id"):
        posts.setdefault(post.unit_id, []).append(post)
    rows = [row_of(unit, posts.get(unit.pk, [])) for unit in units]
    return render(request, "org/tree.html", {"rows": nested(rows)})


def row_of(unit: Unit, posts: list[Post]) -> dict:
    icons = {Unit.Kind.COMPANY: "building", Unit.Kind.TEAM: "users"}
    return {
        "unit": unit,
        "posts": sorted(posts, key=lambda post: RANK.get(post.role, len(RANK))),
        "icon": icons.get(unit.kind, "map-2"),
        "is_leaderless": unit.kind != Unit.Kind.COMPANY
        and not any(post.role in LADDER for post in posts),
    }


def nested(rows: list[dict]) -> list[dict]:
    """Units in path order as a forest: every row gets `children`."""
    by_id = {row["unit"].pk: row | {"children": []} for row in rows}
    roots = []
    for row in by_id.values():
        parent = by_id.get(row["unit"].parent_id)
        (parent["children"] if parent else roots).append(row)
    return roots


@page("org.members")
def members(request: HttpRequest) -> HttpResponse:
    found = Member.objects.order_by("-is_active", "name", "id")
    if q := request.GET.get("q", "").strip()[:60]:
        found = found.filter(name__icontains=q)
    posts: dict[int, list[Post]] = {}
    for post in Post.objects.in_force().select_related("unit"):
        posts.setdefault(post.member_id, []).append(post)
    rows = [{"member": member, "posts": posts.get(member.pk, [])} for member in found[:500]]
    return render(request, "org/members.html", {"rows": rows, "q": q})


@page("org.profile")
def profile(request: HttpRequest) -> HttpResponse:
    """One's own posts, what they let one see, and the companies one belongs to."""
    scope = request.member.scope
    lines = [grant.line() for grant in scope.grants if grant.permission == "see"]
    seats = [{"label": Role(seat.role).label, "unit": seat.unit} for seat in scope.seats]
    return render(request, "org/profile.html", {"seats": seats, "lines": lines})
