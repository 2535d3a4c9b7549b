"""The jobs of the clock: how each stands, and a button to run it now."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from org import actions
from org.access import page
from org.jobs import standings


@require_GET
@page("org.administer")
def jobs(request: HttpRequest) -> HttpResponse:
    may_run = bool(request.member.may("org.run_job"))
    return render(request, "org/jobs.html", {"rows": standings(), "may_run": may_run})


@require_POST
@page("org.run_job")
def run_job(request: HttpRequest) -> HttpResponse:
    run = actions.run_job(request.POST.get("job", ""), by=request.member)
    if run is None:
        messages.info(request, _("This job was asked for a moment ago."))
    else:
        messages.success(request, _("The job runs; what it did will stand here."))
    return redirect("org:jobs")
