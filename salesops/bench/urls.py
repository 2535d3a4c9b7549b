"""The product's addresses and two more: what a page of 25 rows costs at the very least."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from customers.models import Customer
from salesops.urls import urlpatterns as ours
from tenancy.context import company

ROWS = 25
BARE = (
    "<!doctype html><title>bare</title><table>{% for c in rows %}<tr><td>{{ c.name }}</td>"
    "<td>{{ c.tier }}</td><td>{{ c.owner.name }}</td><td>{{ c.updated_at }}</td></tr>{% endfor %}"
    "</table>"
)
PAGE = (
    '{% extends "base.html" %}{% load so %}{% block content %}<table class="so-table">'
    "{% for c in rows %}<tr><td><a href=\"{% url 'customers:detail' c.pk %}\">{{ c.name }}</a>"
    "<div>{{ c.industry }} {{ c.city }}</div></td><td>{% tier c.tier %}</td><td>{{ c.unit.name }}"
    "</td><td>{{ c.owner.name }}</td><td>{{ c.last_contact_at|day_short }}</td>"
    "<td>{{ c.next_visit_on|day_short }}</td></tr>{% endfor %}</table>{% endblock %}"
)


@cache
def compiled(text: str) -> Any:
    return engines["django"].from_string(text)


def bare(request: HttpRequest, firm: int) -> HttpResponse:
    """Nobody logged in, no frame: four columns."""
    with company(firm):
        rows = Customer.objects.select_related("owner").order_by("-updated_at", "-id")[:ROWS]
        return HttpResponse(compiled(BARE).render({"rows": rows}, request))


def limit(request: HttpRequest) -> HttpResponse:
    """One query without rule, count, filter or neighbours, in the frame of everybody's page."""
    rows = Customer.objects.select_related("owner", "unit").order_by("-updated_at", "-id")[:ROWS]
    return HttpResponse(compiled(PAGE).render({"rows": rows}, request))


urlpatterns = [*ours, path("bench/bare/<int:firm>/", bare), path("bench/limit/", limit)]
