"""One's own page, the choice of a company, and the door behind a one-use link."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.forms import PasswordForm
from accounts.views import let_in
from kit.because import Refused
from kit.forms import number
from kit.pages import public
from kit.registry import panels_of
from org import actions
from org.access import page
from org.membership import memberships, supports
from org.models import OneTimeLink, Role
from tenancy.context import Origin, company
from tenancy.models import Company

MOST_DIGITS = 12


@public
@login_required
@require_http_methods(["GET", "POST"])
def choose_company(request: HttpRequest) -> HttpResponse:
    """One login, several companies: the chosen one is kept in the session."""
    ids = [seat.company_id for seat in memberships(request.user.pk)]
    guest = supports(request.user.pk) if request.user.is_staff else []
    beside = [seat.company_id for seat in guest if seat.company_id not in ids]
    if request.method == "POST" and "leave" in request.POST:
        request.session.pop("company", None)
        rotate_token(request)
        return redirect("org:choose_company")
    if request.method == "POST":
        chosen = request.POST.get("company", "")
        if number(chosen) not in [*ids, *beside]:
            raise Http404
        request.session["company"] = int(chosen)
        # forms that are still open belong to the company left: they must not write in this one
        rotate_token(request)
        return redirect("/")
    companies = Company.objects.filter(pk__in=ids).order_by("name")
    context = {
        "companies": companies,
        "supported": Company.objects.filter(pk__in=beside).order_by("name"),
    }
    return render(request, "org/choose_company.html", context)


@page("org.profile")
def profile(request: HttpRequest) -> HttpResponse:
    """One's own posts, what they let one see, and the companies one belongs to."""
    scope = request.member.scope
    lines = [grant.line() for grant in scope.grants if grant.permission == "see"]
    seats = [{"label": Role(seat.role).label, "unit": seat.unit} for seat in scope.seats]
    panels = panels_of("org.member", request.member, request.member)
    context = {"seats": seats, "lines": lines, "panels": panels}
    return render(request, "org/profile.html", context)


@public
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Behind a one-use link. Looking does not use it: chat programs open links to preview them."""
    number, _dot, raw = token.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) <= MOST_DIGITS and raw):
        return over(request)
    with company(int(number), came=Origin(ip=request.META.get("REMOTE_ADDR") or None)):
        link = actions.link_of(raw)
        if link is None:
            return over(request)
        return taken(request, link)


def over(request: HttpRequest) -> HttpResponse:
    return render(request, "org/link_over.html", status=410)


def taken(request: HttpRequest, link: OneTimeLink) -> HttpResponse:
    """The form of an open link, or the first page of the company once it is filled in."""
    joins = link.purpose == OneTimeLink.Purpose.INVITE
    is_known = joins and link.user.has_usable_password()
    is_oneself = request.user.is_authenticated and request.user.pk == link.user_id
    form = PasswordForm(link.user, request.POST if request.method == "POST" else None)
    refused = ""
    if request.method == "POST" and (is_known or form.is_valid()):
        password = "" if is_known else form.cleaned_data["password"]
        try:
            if joins:
                actions.join(link, password=password, user=request.user if is_oneself else None)
            else:
                actions.reset_password(link, password=password)
        except Refused as error:
            refused = error.detail
        else:
            # also here: whoever has a second factor shows it
            return let_in(request, link.user, company=link.company_id)
    context = {
        "link": link,
        "form": form,
        "joins": joins,
        "is_known": is_known,
        "is_oneself": is_oneself,
        "refused": refused,
    }
    status = 422 if request.method == "POST" else 200
    response = render(request, "org/enter.html", context, status=status)
    # Django's log of a 4xx would write the address, and the address is the secret
    response._has_been_logged = True  # noqa: SLF001  django.utils.log looks for it
    return response
