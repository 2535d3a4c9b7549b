"""The company's head, its parameters with their history, and its working calendar."""

import datetime as dt
from calendar import Calendar
from decimal import Decimal
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kit.answers import form_page, tried
from kit.calendar import holiday_label, is_workday, official, statutory
from kit.registry import panels_of
from org import actions
from org.access import page
from org.actions.company import HEAD
from org.forms import CompanyForm, DayForm, ParamForm, TermsForm
from tenancy.calendar import missing_year, work_table
from tenancy.models import Param, WorkDay
from tenancy.params import Declared, declared, param

PAPER = "zh-hans"  # contracts are Chinese, whatever language the page has
SAMPLE = (
    N_("The goods meet the national and trade standards in force and the specification above."),
    N_("The seller packs the goods so that they arrive undamaged and bears the cost of packing."),
    N_(
        "The buyer inspects the goods within seven days of delivery and gives notice of defects in "
        "writing; without notice they count as accepted."
    ),
    N_("The risk of loss passes to the buyer with delivery; ownership passes with full payment."),
    N_(
        "The seller guarantees the goods for twelve months from acceptance and repairs or replaces "
        "what fails without fault of the buyer, free of charge."
    ),
    N_(
        "A side kept from performing by force majeure gives notice within three days and proof "
        "within fifteen, and is freed for as long as it lasts."
    ),
    N_("Both sides keep secret what they learn of each other's business through this contract."),
    N_(
        "Disputes are settled by talks first; failing that, by the people's court at the place of "
        "the seller."
    ),
    N_(
        "This contract takes effect when both sides have signed and sealed it. Changes need a "
        "written agreement. It is made out in two copies, one for each side."
    ),
)
YEARS = range(2020, 2051)


@require_http_methods(["GET", "POST"])
@page("org.administer")
def change_company(request: HttpRequest) -> HttpResponse:
    firm = request.member.company
    form = CompanyForm(
        request.POST if request.method == "POST" else None,
        initial={name: getattr(firm, name) for name in HEAD},
    )
    act = partial(actions.change_company, by=request.member)
    if form.is_bound and tried(request, form, act):
        messages.success(request, _("Saved."))
        return redirect("org:company")
    context = {
        "clauses": firm.terms.splitlines(),
        "panels": panels_of("org.company", request.member, firm),
    }
    return form_page(request, "org/company.html", form, **context)


@require_http_methods(["GET", "POST"])
@page("org.administer")
def change_terms(request: HttpRequest) -> HttpResponse:
    """The standing clauses; `?sample=1` begins with a text to work on, nothing is saved by it."""
    firm = request.member.company
    with translation.override(PAPER):
        sample = "\n".join(_(clause) for clause in SAMPLE)
    initial = {"terms": sample if request.GET.get("sample") else firm.terms}
    form = TermsForm(request.POST if request.method == "POST" else None, initial=initial)
    act = partial(actions.change_terms, by=request.member)
    if form.is_bound and tried(request, form, act):
        messages.success(request, _("Saved. New contracts carry this text."))
        return redirect("org:company")
    return form_page(request, "org/change_terms.html", form)


@require_GET
@page("org.administer")
def params(request: HttpRequest) -> HttpResponse:
    """Every parameter the product knows: in force, planned, and what was before."""
    rows: dict[str, list[Param]] = {}
    for row in Param.objects.order_by("-during"):
        rows.setdefault(row.key, []).append(row)
    found = [shown(known, rows.get(key, [])) for key, known in sorted(declared.items())]
    return render(request, "org/params.html", {"params": found})


def shown(known: Declared, rows: list[Param]) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "known": known,
        "label": _(known.label),
        "value": param(known.key),
        "is_typed": is_typed(known),
        "is_switch": isinstance(known.default, bool),
        "is_default": not any(today in row.during for row in rows),
        "rows": [
            {"value": row.value, "first": row.during.lower, "until": row.during.upper,
             "reason": row.document, "is_ahead": row.during.lower > today}
            for row in rows
        ],
    }  # fmt: skip


def is_typed(known: Declared) -> bool:
    """Numbers, switches and short texts; what has a structure has a page of its own."""
    return isinstance(known.default, Decimal | int | str)


@require_http_methods(["GET", "POST"])
@page("org.administer")
def set_param(request: HttpRequest) -> HttpResponse:
    """A new value of `?key=`, from tomorrow at the earliest."""
    key = (request.POST if request.method == "POST" else request.GET).get("key", "")
    if key not in declared or not is_typed(declared[key]):
        raise Http404
    form = ParamForm(declared[key], request.POST if request.method == "POST" else None)
    act = partial(actions.set_param, key, by=request.member)
    if form.is_bound and tried(request, form, act):
        messages.success(request, _("The new value is noted."))
        return redirect("org:params")
    rows = list(Param.objects.filter(key=key).order_by("-during"))
    return form_page(request, "org/set_param.html", form, key=key, row=shown(declared[key], rows))


@require_http_methods(["GET", "POST"])
@page("org.administer")
def calendar(request: HttpRequest) -> HttpResponse:
    """A year at a glance; one day of it may be marked."""
    today = timezone.localdate()
    day = day_of(request.GET.get("day", ""))
    text = request.GET.get("year", "")
    year = int(text) if text.isdecimal() and len(text) == 4 else (day or today).year
    year = year if year in YEARS else today.year
    table = work_table()
    initial = {"day": day, "is_workday": not is_workday(day, table)} if day else {}
    form = DayForm(request.POST if request.method == "POST" else None, initial=initial)
    act = partial(actions.mark_day, by=request.member)
    if form.is_bound and (row := tried(request, form, act)):
        messages.success(request, _("The day is marked."))
        return redirect(f"{request.path}?year={row.date.year}")
    names = dict(WorkDay.objects.filter(date__year=year).values_list("date", "name"))
    return form_page(
        request,
        "org/calendar.html",
        form,
        year=year,
        months=[month_of(year, month, table, names) for month in range(1, 13)],
        is_loaded=bool(names),
        may_load=bool(official(year)) and not official(year).keys() <= names.keys(),
        missing=missing_year(today),
    )


def day_of(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def month_of(year: int, month: int, table: Any, names: dict[dt.date, str]) -> dict[str, Any]:
    """Weeks of a month; a day outside it is None."""
    today = timezone.localdate()
    weeks = [
        [
            {
                "day": day,
                "works": is_workday(day, table),
                "differs": is_workday(day, table) != (day.weekday() < 5),
                "name": holiday_label(names.get(day) or statutory(year).get(day, "")),
                "is_today": day == today,
                "is_past": day < today,
            }
            if day.month == month
            else None
            for day in week
        ]
        for week in Calendar().monthdatescalendar(year, month)
    ]
    return {"first": dt.date(year, month, 1), "weeks": weeks}


@require_POST
@page("org.administer")
def load_year(request: HttpRequest) -> HttpResponse:
    text = request.POST.get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else 0
    if year not in YEARS:
        raise Http404
    count = actions.load_year(year, by=request.member)
    messages.success(request, _("%(n)d days of %(year)d were loaded.") % {"n": count, "year": year})
    return redirect(f"/org/calendar/?year={year}")
