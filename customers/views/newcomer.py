"""T3: a new customer: first the search through the company, then the file."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from customers import actions
from customers.duplicates import is_by_phone
from customers.forms import NewCustomerForm, SearchForm
from customers.models import NAME_LENGTH
from kit.answers import form_page, tried
from org.access import page


@require_POST
@page("customers.search")
def search(request: HttpRequest) -> HttpResponse:
    """The hits, masked; it is a POST because each one is logged and counted."""
    form = SearchForm(request.POST)
    found = tried(request, form, lambda q: (q, actions.search(q, by=request.member)))
    if found is None:
        return form_page(request, "customers/search.html", form)
    q, hits = found
    return render(request, "customers/search.html", {"form": form, "q": q, "hits": hits})


@page("customers.create")
def create(request: HttpRequest) -> HttpResponse:
    """Without a name the search comes first; a hit at the end asks for the reason."""
    name = request.GET.get("name", "")[:NAME_LENGTH]
    if request.method != "POST" and not name:
        return render(request, "customers/search.html", {"form": SearchForm()})
    form = NewCustomerForm(request.POST or None, member=request.member, initial={"name": name})

    def act(contact_name="", contact_title="", contact_mobile="", **fields):
        contact = {"name": contact_name, "title": contact_title, "mobile": contact_mobile}
        return actions.create(by=request.member, contact=contact, **fields)

    if customer := tried(request, form, act):
        messages.success(request, _("Customer added."))
        return redirect("customers:detail", customer.pk)
    clash = getattr(request.refused, "because", None)
    is_asked = clash is not None or bool(form["duplicate_reason"].value())
    by_phone = clash is not None and is_by_phone(clash)
    context = {"clash": clash, "is_asked": is_asked, "by_phone": by_phone}
    return form_page(request, "customers/form.html", form, **context)
