"""What is done on a case beside deciding: pass it on, add, copy, say, remind."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from approvals import actions
from approvals.forms import CommentForm, CopyForm, SignerForm, TransferForm
from approvals.kinds import document_url
from approvals.models import Case
from kit.answers import form_page, tried
from kit.because import Refused
from org.access import page


def _act(
    request: HttpRequest, case: Case, form: forms.Form, act: Any, words: dict[str, str]
) -> HttpResponse:
    """One form, one verb: done it leads to the inbox or back, refused it is shown again."""
    if form.is_bound and tried(request, form, act):
        messages.success(request, words["done"])
        return redirect(words.get("next") or document_url(case))
    context = {"case": case, "back": document_url(case), **words}
    return form_page(request, "approvals/act.html", form, **context)


@require_http_methods(["GET", "POST"])
@page("approvals.transfer", Case)
def transfer(request: HttpRequest, case: Case) -> HttpResponse:
    words = {
        "title": _("Transfer"),
        "sentence": _(
            "The task moves to a colleague who holds the role of this step or a higher one on the "
            "submitter's line. It keeps its deadline, and the log keeps both names."
        ),
        "done": _("Transferred."),
        "next": "approvals:inbox",
    }
    form = TransferForm(case, request.member, request.POST or None)
    return _act(request, case, form, partial(actions.transfer, case, by=request.member), words)


@require_http_methods(["GET", "POST"])
@page("approvals.add_signer", Case)
def add_signer(request: HttpRequest, case: Case) -> HttpResponse:
    words = {
        "title": _("Add a signer"),
        "sentence": _(
            "Somebody else gives an opinion at your step: before you (it returns to you), after "
            "you, or beside you (both must agree). The person sees the document for this and "
            "cannot add others."
        ),
        "done": _("The person is asked."),
    }
    form = SignerForm(case, request.member, request.POST or None)
    return _act(request, case, form, partial(actions.add_signer, case, by=request.member), words)


@require_http_methods(["GET", "POST"])
@page("approvals.copy", Case)
def copy(request: HttpRequest, case: Case) -> HttpResponse:
    words = {
        "title": _("Send a copy"),
        "sentence": _("The person may read the document from now on and decides nothing."),
        "done": _("The copy was sent."),
    }
    form = CopyForm(case, request.member, request.POST or None)
    return _act(request, case, form, partial(actions.copy_to, case, by=request.member), words)


@require_http_methods(["GET", "POST"])
@page("approvals.comment", Case)
def comment(request: HttpRequest, case: Case) -> HttpResponse:
    words = {
        "title": _("Add a comment"),
        "sentence": _("A comment stands in the log for everybody who sees the document."),
        "done": _("Your comment stands in the log."),
    }
    form = CommentForm(case, request.member, request.POST or None)
    return _act(request, case, form, partial(actions.comment, case, by=request.member), words)


@require_POST
@page("approvals.remind", Case)
def remind(request: HttpRequest, case: Case) -> HttpResponse:
    try:
        row = actions.remind(case, by=request.member)
    except Refused as refused:
        if refused.code not in {"soon", "many"}:
            raise
        messages.warning(request, refused.detail)
        return redirect(document_url(case))
    names = "、".join(one["name"] for one in row.people) or _("The company's queue")
    messages.success(request, _("Reminded: %(who)s.") % {"who": names})
    return redirect(document_url(case))


@require_POST
@page("approvals.inbox")
def approve_many(request: HttpRequest) -> HttpResponse:
    """T8: the ticked rows, each `id:hash of what was shown`; what is refused stays with its why."""
    said = dict(text.partition(":")[::2] for text in request.POST.getlist("pick"))
    ids = [int(pk) for pk in said if pk.isascii() and pk.isdecimal() and len(pk) < 19]
    cases = Case.objects.visible_to(request.member).filter(pk__in=ids)
    picked = [(case, said[str(case.pk)]) for case in cases]
    if not picked:
        messages.warning(request, _("Nothing was ticked."))
        return redirect("approvals:inbox")
    outcomes = actions.approve_many(picked, by=request.member)
    if count := sum(not one.refusal for one in outcomes):
        messages.success(request, _("Approved: %(count)s.") % {"count": count})
    for one in outcomes:
        if one.refusal:
            said_why = {"title": one.case.title, "why": one.refusal}
            messages.warning(request, _("Left for you: %(title)s. %(why)s") % said_why)
    return redirect("approvals:inbox")
