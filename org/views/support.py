"""Support access of the operator: given, looked after and ended by the administrator."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.models import AuditLine
from kit.answers import form_page, tried
from org import actions
from org.access import page
from org.forms import SupportForm
from org.models import SupportAccess

MOST_SHOWN = 50
MOST_LINES = 500


@require_http_methods(["GET", "POST"])
@page("org.administer")
def supports(request: HttpRequest) -> HttpResponse:
    """Who of the operator may read along, until when and why; and a form for one more."""
    form = SupportForm(request.POST if request.method == "POST" else None)
    act = partial(actions.grant_support, by=request.member)
    if form.is_bound and (made := tried(request, form, act)):
        messages.success(request, _("%(name)s may read along now.") % {"name": made.user})
        return redirect("org:support", made.pk)
    rows = SupportAccess.objects.select_related("user", "granted_by", "ended_by").order_by("-id")
    has_people = form.fields["user"].queryset.exists()
    context = {"rows": rows[:MOST_SHOWN], "has_people": has_people}
    return form_page(request, "org/supports.html", form, **context)


@require_GET
@page("org.administer", SupportAccess)
def support(request: HttpRequest, access: SupportAccess) -> HttpResponse:
    """One access with every page that was opened by it, the newest first."""
    lines = AuditLine.objects.filter(
        object_kind=access._meta.label_lower, object_id=access.pk, verb="org.open_page"
    ).order_by("-seq")
    context = {"access": access, "lines": lines[:MOST_LINES], "total": lines.count()}
    return render(request, "org/support.html", context)


@require_POST
@page("org.administer", SupportAccess)
def end_support(request: HttpRequest, access: SupportAccess) -> HttpResponse:
    actions.end_support(access, by=request.member)
    messages.success(request, _("The access has ended."))
    return redirect("org:support", access.pk)
