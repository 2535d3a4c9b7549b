"""Roles in words, and why a member sees a record or not."""

from typing import Any

from django.apps import apps
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET

from kit.registry import bindings, doors
from org.access import Grant, Scope, Seat, page, rules, sees
from org.forms import WhyForm
from org.models import Member, OwnedModel, Role, Unit, owned_models
from org.roles import PERMISSIONS

WORDS = {
    "see": (
        N_("Sees every customer, visit, contract and figure of the unit and below."),
        "ORG-1.1",
    ),
    "lead": (N_("Leads: changes records there and decides at its step of an approval."), "ORG-1.2"),
    "assist": (N_("Keeps records there for others: enters, imports, looks after products."), ""),
    "settle": (N_("Checks the payment terms of contracts of the unit and below."), "CTR-1.3"),
    "administer": (
        N_("Manages units, members, posts, parameters and calendar; sees no business records."),
        "ORG-1.3",
    ),
}
OWN = N_("Sees and works on own records only, and on those shared or waiting for a decision.")


@require_GET
@page("org.roles")
def roles(request: HttpRequest) -> HttpResponse:
    """What each role sees and does, from the table of powers and the rules themselves."""
    root = Unit.objects.get(parent=None)
    shown = [explained(Role(role), root) for role in PERMISSIONS]
    clauses: dict[str, list[str]] = {}
    for found in bindings.values():
        if found.kind == "rule":
            clauses.setdefault(found.target, []).append(found.clause)
    table = [{"name": name, "clauses": clauses.get(name, [])} for name in sorted(rules)]
    return render(request, "org/roles.html", {"roles": shown, "rules": table})


def explained(role: Role, root: Unit) -> dict[str, Any]:
    """A role's powers in words, and the pages that somebody with this one post would be offered."""
    member = Member(name=role.label, company_id=root.company_id)
    grants = [Grant(name, root.path, root.name, role, None) for name in PERMISSIONS[role]]
    member.scope = Scope(member, grants, [Seat(role, root.pk, root.name, root.path)])
    kept = [d for d in doors if all(not some or role in some for some in (d.roles, d.always))]
    pages = [_(d.label) for d in kept if member.may(d.rule)]
    words = [{"text": _(WORDS[name][0]), "clause": WORDS[name][1]} for name in PERMISSIONS[role]]
    words = words or [{"text": _(OWN), "clause": "ORG-1.6"}]
    return {"key": role.value, "label": role.label, "words": words, "pages": pages}


@require_GET
@page("org.administer")
def why(request: HttpRequest) -> HttpResponse:
    """Why a member sees a record or does not: the one rule asked in the member's place."""
    asked = request.GET.copy()
    for model in owned_models():
        if number := asked.get(model._meta.model_name, ""):
            asked["kind"], asked["record"] = model._meta.label_lower, number
    form = WhyForm(asked if "member" in asked else None)
    context: dict[str, Any] = {"form": form}
    if form.is_bound and form.is_valid():
        member = form.cleaned_data["member"]
        seen = [g.line() for g in member.scope.grants if g.permission == "see"]
        context |= {"person": member, "lines": seen, "seats": member.scope.seats}
        if form.cleaned_data["record"]:
            record = found(form.cleaned_data["kind"], form.cleaned_data["record"])
            context |= {"record": record, "is_missing": record is None}
            if record is not None:
                # the admin asks about a record, which is no right to read it
                context |= {
                    "because": sees(member, record),
                    "named": str(record) if sees(request.member, record) else "",
                    "kind_label": record._meta.verbose_name,
                }
    return render(request, "org/why.html", context)


def found(label: str, text: str) -> OwnedModel | None:
    """A record by the number in its address, or by its exact name or number."""
    model = apps.get_model(label)
    if text.isascii() and text.isdecimal() and len(text) < 19:
        return model.objects.filter(pk=int(text)).first()
    names = {f.name for f in model._meta.concrete_fields} & {"name", "number", "title"}
    for name in sorted(names):
        if record := model.objects.filter(**{name: text}).first():
            return record
    return None
