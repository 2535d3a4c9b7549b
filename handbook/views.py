"""The manual's pages: chapters and search, one clause with what keeps it, and why rules decide."""

from collections import Counter
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET

from approvals.kinds import kinds
from figures.measures import measures
from handbook import reasons, register
from handbook.citations import citations
from handbook.register import CHAPTERS, STANDINGS, Clause
from kit.pages import guards
from kit.registry import Binding, doors, manual
from org.access import page, sees
from org.models import Member
from tenancy.jobs import jobs
from tenancy.params import declared

STRENGTHS = {
    "prevents": (N_("Prevents"), "green"),
    "times out": (N_("Times out"), "green"),
    "measures": (N_("Measures"), "info"),
    "shows": (N_("Shows"), "grey"),
}
ICONS = {
    "rule": "gavel",
    "job": "clock-play",
    "step": "git-commit",
    "measure": "chart-bar",
    "log": "lock",
}


@require_GET
@page("handbook.view")
def list_(request: HttpRequest) -> HttpResponse:
    """Chapters with how far the product is; a chapter, a search or a state shows the clauses."""
    q = request.GET.get("q", "")[:60]
    chapter = request.GET.get("chapter", "")
    state = request.GET.get("state", "")
    found = [c for c in register.search(q) if chapter in {"", c.chapter}]
    standings = Counter(clause.standing for clause in found)
    rows = [clause for clause in found if state in {"", clause.standing}]
    context = {
        "q": q,
        "chapter": chapter if chapter in CHAPTERS else "",
        "state": state,
        "total": len(found),
        "chips": [(key, label, standings[key]) for key, (label, _c) in STANDINGS.items()],
        "clauses": rows if q or state or chapter else [],
        "is_narrowed": bool(q or state or chapter),
        "chapters": chapters(),
    }
    name = "handbook/_rows.html" if request.htmx else "handbook/list.html"
    return render(request, name, context)


def chapters() -> list[dict[str, Any]]:
    """Each chapter with the number of its clauses and of those enforced."""
    every, kept = Counter(), Counter()
    for clause in register.every():
        every[clause.chapter] += 1
        kept[clause.chapter] += clause.standing == "enforced"
    return [
        {"key": key, "label": label, "count": every[key], "kept": kept[key],
         "share": 100 * kept[key] // every[key]}
        for key, label in CHAPTERS.items()
    ]  # fmt: skip


@require_GET
@page("handbook.view")
def clause(request: HttpRequest, code: str) -> HttpResponse:
    """Its words, what keeps it, the numbers in force, and where people meet it."""
    found = manual.get(code.upper())
    if found is None:
        raise Http404
    before, after = register.neighbours(found)
    context = {
        "found": found,
        "before": before,
        "after": after,
        "keepers": [kept for b in register.bound(found.code) if (kept := keeper(b))],
        "params": [
            reasons.params_of(key) for key, known in declared.items() if known.clause == found.code
        ],
        "may_set": bool(request.member.may("org.administer")),
        "sentences": sentences(found),
        "places": places(request.member, found),
    }
    return render(request, "handbook/clause.html", context)


def keeper(binding: Binding) -> dict[str, Any] | None:
    """One thing that serves the clause, in words; parameters have a card of their own."""
    if binding.kind == "param":
        return None
    strength, colour = STRENGTHS[binding.strength]
    return {
        "icon": ICONS.get(binding.kind, "point"),
        "label": words_of(binding),
        "strength": _(strength),
        "colour": colour,
        "door": door_of(binding.target) if binding.kind == "rule" else None,
    }


def words_of(binding: Binding) -> str:
    if binding.kind == "rule":
        return reasons.said(binding.target)
    if binding.kind == "measure":
        return _(measures[binding.target].label)
    if binding.kind == "job":
        return _(jobs[binding.target].label)
    name, _colon, key = binding.target.partition(":")
    if binding.kind == "step" and name in kinds:
        steps = {plan.key: plan.name for plan in kinds[name].plan}
        return f"{_(kinds[name].label)}: {_(steps.get(key, key))}"
    return _(binding.target)


def door_of(rule: str) -> dict[str, str] | None:
    """The entry of the navigation under which a rule's records are found."""
    app = rule.partition(".")[0]
    near = [d for d in doors if d.rule == rule] or [d for d in doors if d.url.startswith(f"{app}:")]
    return {"label": _(near[0].label), "url": reverse(near[0].url)} if near else None


def sentences(clause: Clause) -> list[str]:
    """What people read when the clause decides."""
    texts = [c.text for c in citations() if c.clause == clause.code and c.text]
    return [plain(_(text)) for text in dict.fromkeys(texts)]


def plain(text: str) -> str:
    """A sentence with its places shown as dots."""
    while (start := text.find("%(")) >= 0:
        text = f"{text[:start]}…{text[text.index(')', start) + 2 :]}"
    return text.replace("%%", "%")


def places(member: Member, clause: Clause) -> list[dict[str, str]]:
    """Pages without a record whose rule keeps the clause and which the reader may open."""
    kept = {b.target for b in register.bound(clause.code) if b.kind == "rule"}
    named = {d.url: d.label for d in doors}
    found = {}
    for name, guard in guards().items():
        if guard.rule not in kept or guard.model is not None or name not in named:
            continue
        if member.may(guard.rule):
            try:
                found[reverse(name)] = _(named[name])
            except NoReverseMatch:
                continue
    return [{"url": url, "label": label} for url, label in found.items()]


@require_GET
@page("handbook.why")
def why(request: HttpRequest) -> HttpResponse:
    """Rule by rule what a person may do, in general or with one record, and why.

    The administrator asks for others; of a record out of his own sight he learns who sees it.
    """
    by, kind = request.member, request.GET.get("kind", "")
    person = reasons.person_of(by, request.GET.get("member", ""))
    context: dict[str, Any] = {"person": person, "is_self": person.pk == by.pk}
    if not kind:
        context["questions"] = reasons.general(person)
        return render(request, "handbook/why.html", context)
    question = reasons.asked(
        by, kind=kind, record=request.GET.get("object", ""), member=request.GET.get("member", "")
    )
    record, is_seen = question.record, bool(sees(by, question.record))
    context |= {
        "record": record,
        "named": str(record) if is_seen else f"#{record.pk}",
        "kind_label": record._meta.verbose_name,
        "questions": reasons.answers(person, record) if is_seen else [question],
        "is_seen": is_seen,
        "steps": reasons.steps_shown(record) if is_seen else [],
        "risks": reasons.risks(record) if is_seen else [],
    }
    return render(request, "handbook/why.html", context)
