"""Who else may see a customer, and who keeps it from now on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from customers import actions
from customers.actions.customer import end_of
from customers.actions.ownership import MOST_AT_ONCE
from customers.followers import preview
from customers.forms import HandOverForm, ShareForm
from customers.models import Customer
from kit.answers import form_page, tried
from kit.forms import number
from org.access import page


@page("customers.share", Customer)
def share(request: HttpRequest, customer: Customer) -> HttpResponse:
    """ORG-1.6: lend sight of one customer to one colleague, to the end of a day."""
    form = ShareForm(request.POST or None, customer=customer)

    def act(member, until):
        return actions.share(customer, member=member, until=end_of(until), by=request.member)

    if tried(request, form, act):
        said = _("%(name)s may see this customer until the end of %(day)s.")
        given = form.cleaned_data
        messages.success(request, said % {"name": given["member"].name, "day": given["until"]})
        return redirect("customers:detail", customer.pk)
    return form_page(request, "customers/share.html", form, customer=customer)


@require_POST
@page("customers.end_share", Customer)
def end_share(request: HttpRequest, customer: Customer) -> HttpResponse:
    actions.end_share(customer, share=number(request.POST.get("share")) or 0, by=request.member)
    messages.success(request, _("The share has ended."))
    return redirect("customers:detail", customer.pk)


@page("customers.hand_over")
def hand_over(request: HttpRequest) -> HttpResponse:
    """CUS-1.10: one or many; which ones is said by `pick`, in the address or in the form."""
    said = request.POST if request.method == "POST" else request.GET
    picks = [pk for text in said.getlist("pick")[: MOST_AT_ONCE + 1] if (pk := number(text))]
    seen = Customer.objects.visible_to(request.member).active().select_related("owner", "unit")
    customers = list(seen.filter(pk__in=picks).order_by("name", "pk"))
    form = HandOverForm(request.POST or None, member=request.member)

    def act(to, reason, take):
        return actions.hand_over(customers, to=to, reason=reason, take=take, by=request.member)

    if done := tried(request, form, act):
        text = ngettext(
            "%(number)s customer was handed over to %(name)s.",
            "%(number)s customers were handed over to %(name)s.",
            done,
        )
        to = form.cleaned_data["to"]
        messages.success(request, text % {"number": done, "name": to.name})
        return redirect("customers:list")
    following = preview([customer.pk for customer in customers], request.member)
    context = {"customers": customers, "following": following}
    return form_page(request, "customers/hand_over.html", form, **context)
