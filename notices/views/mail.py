"""Behind the link of a mail: no more of it, without a login."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.places import place
from kit.pages import public
from notices import actions
from notices.letters import read_token
from org.models import Member
from tenancy.context import Origin, company


@csrf_exempt
@public
@never_cache
@require_http_methods(["GET", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing; a mail program posts by itself (RFC 8058), with no token of a form.

    The signature in the address says whose choice it is; all it can do is stop that mail, and undo.
    """
    found = read_token(token)
    if found is None:
        raise Http404
    company_id, member_id, kind = found
    with company(company_id, came=Origin(ip=place(request) or None)):
        member = Member.objects.select_related("user", "company").filter(pk=member_id).first()
        if member is None:
            raise Http404
        is_again = "again" in request.POST
        if request.method == "POST":
            (actions.begin_again if is_again else actions.stop)(member, kind)
        context = {"kind": kind, "member": member, "is_again": is_again,
                   "is_done": request.method == "POST"}  # fmt: skip
        return render(request, "notices/stop.html", context)
