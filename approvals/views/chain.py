"""Pages of chains: who decides what and why, their versions, and the change of one."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from approvals import actions
from approvals.board import board, foreseen
from approvals.chains import change_page, shown
from approvals.forms import ChangeForm
from approvals.kinds import Kind, kinds
from approvals.models import UNDECIDED, Chain, ChainChange
from approvals.proposal import row_of, rows_of
from kit.because import Refused
from kit.forms import number
from org.access import page, sees

INVALID = 422


def kind_or_404(name: str) -> Kind:
    if name not in kinds:
        raise Http404
    return kinds[name]


@page("approvals.chains")
def chains(request: HttpRequest) -> HttpResponse:
    """Every kind of document with the version in force, the next one, and what is undecided."""
    versions: dict[str, list[Chain]] = {}
    made = Chain.objects.visible_to(request.member)
    for chain in made.prefetch_related("steps").order_by("-version"):
        versions.setdefault(chain.kind, []).append(chain)
    member, today = request.member, timezone.localdate()
    keeps = bool(member.may("approvals.see_bands"))
    undecided = ChainChange.objects.visible_to(member).filter(
        status__in=UNDECIDED, discarded_at=None
    )
    changes = {change.kind: change for change in (undecided if keeps else ())}
    rows = []
    for kind in kinds.values():
        made = versions.get(kind.name, [])
        now = next((chain for chain in made if chain.starts_on <= today), None)
        coming = next((chain for chain in made if chain.starts_on > today), None)
        steps = [row_of(step) for step in (now.steps.all() if now else kind.plan)]
        rows.append({"kind": kind, "label": _(kind.label), "now": now, "coming": coming,
                     "steps": steps, "change": changes.get(kind.name)})  # fmt: skip
    return render(request, "approvals/chains.html", {"rows": rows})


@page("approvals.chains")
def chain(request: HttpRequest, document: str) -> HttpResponse:
    """One kind: the steps of the version asked for, its history, and the way to change it."""
    kind, member = kind_or_404(document), request.member
    made = Chain.objects.visible_to(member).filter(kind=kind.name)
    versions = list(made.order_by("-version")[:50])
    now = actions.newest_chain(kind)
    wanted = number(request.GET.get("version"))
    one = next((chain for chain in versions if chain.version == wanted), now)
    keeps = bool(member.may("approvals.see_bands"))
    seen = ChainChange.objects.visible_to(member) if keeps else ChainChange.objects.none()
    changes = list(seen.filter(kind=kind.name).select_related("owner", "chain")[:50])
    may_draft = bool(member.may("approvals.draft_change"))
    context = {
        "kind": kind,
        "label": _(kind.label),
        "chain": one,
        "now": now,
        "versions": versions,
        "stages": shown(kind, rows_of(one) if one else map(row_of, kind.plan), sees=keeps),
        "changes": changes,
        "open": next((change for change in changes if change.is_undecided), None),
        "may_draft": may_draft,
        "may_change": may_draft or keeps,
    }
    return render(request, "approvals/chain.html", context)


@require_http_methods(["GET", "POST"])
@page("approvals.draft_change")
def draft_change(request: HttpRequest, document: str) -> HttpResponse:
    kind = kind_or_404(document)
    last = Chain.objects.visible_to(request.member).filter(kind=kind.name).order_by("-version")
    # looking makes no version: before the first submission the steps are the manual's own
    base = rows_of(last[0]) if last else [row_of(plan) for plan in kind.plan]
    form = ChangeForm(kind, base, request.POST or None, initial={"starts_on": actions.tomorrow()})
    do = partial(actions.draft_change, kind, by=request.member)
    return _write(request, form, do, {"kind": kind})


@require_http_methods(["GET", "POST"])
@page("approvals.edit_change", ChainChange)
def edit_change(request: HttpRequest, change: ChainChange) -> HttpResponse:
    initial = {"starts_on": change.starts_on, "reason": change.reason}
    form = ChangeForm(kinds[change.kind], change.steps, request.POST or None, initial=initial)
    do = partial(actions.edit_change, change, by=request.member)
    return _write(request, form, do, {"kind": form.kind, "change": change})


def _write(
    request: HttpRequest, form: ChangeForm, do: Any, context: dict[str, Any]
) -> HttpResponse:
    if form.is_bound and form.is_valid() and (change := form.act(do)):
        messages.success(request, _("Kept. Look at what it would mean, then submit it."))
        return redirect("approvals:change", change.pk)
    context |= {"form": form, "label": _(form.kind.label)}
    status = INVALID if form.is_bound else 200
    return render(request, "approvals/change_form.html", context, status=status)


@page("approvals.view_change", ChainChange)
def see_change(request: HttpRequest, change: ChainChange) -> HttpResponse:
    """The change with its differences and its preview; also where it is decided."""
    member = request.member
    seen = board(member, change, getattr(request, "typed", None))
    may_submit = change.is_open_to_edit and bool(member.may("approvals.submit", change))
    context = {
        "change": change,
        "board": seen,
        "coming": foreseen(change, member) if may_submit else [],
        "may_submit": may_submit,
        "may_edit": bool(member.may("approvals.edit_change", change)),
        "may_discard": bool(member.may("approvals.discard_change", change)),
        "missing": getattr(request, "missing", {}),
        "sees": sees(member, change),
        **change_page(change, member),
    }
    return render(request, "approvals/change.html", context)


@require_POST
@page("approvals.submit", ChainChange)
def submit_change(request: HttpRequest, change: ChainChange) -> HttpResponse:
    """Errors are shown on the page of the change itself."""
    try:
        actions.submit(change, by=request.member)
    except Refused as refused:
        if refused.code != "incomplete":
            raise
        request.refused, request.missing = refused, refused.errors
        response = see_change(request, pk=change.pk)
        response.status_code = INVALID
        return response
    messages.success(request, _("Submitted."))
    return redirect("approvals:change", change.pk)


@require_POST
@page("approvals.discard_change", ChainChange)
def discard_change(request: HttpRequest, change: ChainChange) -> HttpResponse:
    actions.discard_change(change, by=request.member)
    messages.success(request, _("Given up; the chain stays as it is."))
    return redirect("approvals:chain", change.kind)
