"""T16.2: a masked number shown for once; the address stands behind the button of each."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from customers import actions
from customers.models import Contact, Customer
from org.access import page


@require_POST
@page("customers.reveal", Customer)
def reveal(request: HttpRequest, customer: Customer) -> HttpResponse:
    actions.reveal(customer, by=request.member)
    return told(request, customer, {"customer": customer})


@require_POST
@page("customers.reveal", Contact)
def reveal_contact(request: HttpRequest, contact: Contact) -> HttpResponse:
    actions.reveal(contact, by=request.member)
    may_change = request.member.may("customers.change_contact", contact)
    shown = {"customer": contact.customer, "contact": contact, "may_change": may_change}
    return told(request, contact.customer, shown)


def told(request: HttpRequest, customer: Customer, shown: dict) -> HttpResponse:
    """The fragment in its place, or a page of its own; nobody keeps it for a repeat."""
    part = "customers/_contact.html" if "contact" in shown else "customers/_phone.html"
    template = part if request.htmx else "customers/reveal.html"
    response = render(request, template, shown | {"numbers_open": True, "part": part})
    response.shown_once = reverse("customers:detail", args=[customer.pk])
    response.headers["Cache-Control"] = "no-store"
    return response
