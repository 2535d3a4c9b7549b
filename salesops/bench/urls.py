"""The product's addresses and one more: the cheapest page of 25 rows this server can draw."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from customers.models import Customer
from salesops.urls import urlpatterns as ours
from tenancy.context import company

ROWS = 25
PAGE = (
    "<!doctype html><title>limit</title><table>{% for c in rows %}<tr><td>{{ c.name }}</td>"
    "<td>{{ c.tier }}</td><td>{{ c.owner.name }}</td><td>{{ c.updated_at }}</td></tr>{% endfor %}"
    "</table>"
)


def limit(request: HttpRequest, firm: int) -> HttpResponse:
    with company(firm):
        rows = Customer.objects.select_related("owner").order_by("-updated_at", "-id")[:ROWS]
        return HttpResponse(engines["django"].from_string(PAGE).render({"rows": rows}, request))


urlpatterns = [*ours, path("bench/limit/<int:firm>/", limit)]
