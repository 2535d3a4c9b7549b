"""The tree of units: looked at by everybody, changed and moved by the administrator."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kit.answers import form_page, tried
from org import actions
from org.access import page
from org.actions.move import MOST_AT_ONCE, check_move, records_below
from org.actions.unit import in_the_way
from org.forms import MoveForm, RenameUnitForm, UnitForm
from org.models import Post, Role, Unit, UnitMove
from org.preview import changes
from org.roles import LADDER

# the order in which a unit names its people
RANK = {role: place for place, role in enumerate([*reversed(LADDER), *Role.values])}


@page("org.tree")
def tree(request: HttpRequest) -> HttpResponse:
    may_administer = request.member.may("org.administer")
    units = Unit.objects.order_by("path")
    units = list(units if may_administer else units.filter(is_active=True))
    posts: dict[int, list[Post]] = {}
    for post in Post.objects.in_force().select_related("member").order_by("role", "id"):
        posts.setdefault(post.unit_id, []).append(post)
    rows = [row_of(unit, posts.get(unit.pk, [])) for unit in units]
    return render(request, "org/tree.html", {"rows": nested(rows), "may": may_administer})


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


@require_http_methods(["GET", "POST"])
@page("org.administer", Unit)
def unit(request: HttpRequest, unit: Unit) -> HttpResponse:
    """One unit: its name and code, what is below it, and what may be done with it."""
    form = RenameUnitForm(
        request.POST if request.method == "POST" else None,
        initial={"name": unit.name, "code": unit.code},
    )
    act = partial(actions.rename_unit, Unit.objects.get(pk=unit.pk), by=request.member)
    if form.is_bound and tried(request, form, act):
        messages.success(request, _("Saved."))
        return redirect("org:unit", unit.pk)
    posts = Post.objects.in_force().filter(unit=unit).select_related("member")
    return form_page(
        request,
        "org/unit.html",
        form,
        unit=unit,
        posts=posts,
        in_the_way=in_the_way(unit),
        moves=unit.moves.select_related("origin", "target", "made_by").order_by("-id")[:10],
    )


@require_http_methods(["GET", "POST"])
@page("org.administer", Unit)
def add_unit(request: HttpRequest, parent: Unit) -> HttpResponse:
    """A new unit below this one."""
    form = UnitForm(request.POST if request.method == "POST" else None)
    act = partial(actions.add_unit, parent=parent, by=request.member)
    if form.is_bound and (made := tried(request, form, act)):
        messages.success(request, _("%(name)s was added.") % {"name": made.name})
        return redirect("org:tree")
    return form_page(request, "org/add_unit.html", form, parent=parent)


@require_POST
@page("org.administer", Unit)
def switch_off_unit(request: HttpRequest, unit: Unit) -> HttpResponse:
    actions.switch_off_unit(unit, by=request.member)
    messages.success(request, _("%(name)s is switched off.") % {"name": unit.name})
    return redirect("org:unit", unit.pk)


@require_POST
@page("org.administer", Unit)
def switch_on_unit(request: HttpRequest, unit: Unit) -> HttpResponse:
    actions.switch_on_unit(unit, by=request.member)
    messages.success(request, _("%(name)s is switched on again.") % {"name": unit.name})
    return redirect("org:unit", unit.pk)


@require_http_methods(["GET", "POST"])
@page("org.administer", Unit)
def move_unit(request: HttpRequest, unit: Unit) -> HttpResponse:
    """First who would gain and lose sight of how much, then the move itself."""
    asked = request.POST if request.method == "POST" else request.GET
    form = MoveForm(unit, asked if "target" in asked else None)
    if request.method == "POST":
        act = partial(actions.move_unit, unit, by=request.member)
        if form.is_bound and (move := tried(request, form, act)):
            return redirect("org:move", move.pk)
        return form_page(request, "org/move_unit.html", form, unit=unit)
    context = {"form": form, "unit": unit}
    if (
        form.is_bound
        and tried(request, form, partial(check_move, unit)) is None
        and form.is_valid()
    ):
        target = form.cleaned_data["target"]
        context |= {
            "target": target,
            "changes": changes(unit, target),
            "total": (total := records_below(unit.path)),
            "is_long": total > MOST_AT_ONCE,
            "below": Unit.objects.filter(path__startswith=unit.path).exclude(pk=unit.pk).count(),
        }
    return render(request, "org/move_unit.html", context)


@require_GET
@page("org.administer", UnitMove)
def move(request: HttpRequest, move: UnitMove) -> HttpResponse:
    """Progress and result of a move; the same block is what htmx asks for."""
    template = "org/_move.html" if request.htmx else "org/move.html"
    return render(request, template, {"move": move})
