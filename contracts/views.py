"""Pages of contracts: list, draft, the contract itself with its verbs, and the catalogue."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.board import Board, board, foreseen, steps_of
from approvals.models import Status
from contracts import actions, letterhead, prints
from contracts.chain import fetch, risks_of
from contracts.filters import ContractFilter, ProductFilter, owners_for
from contracts.forms import ArchiveForm, DraftForm, HeaderForm, Paper, ProductForm, SignForm
from contracts.models import Contract, Line, Product
from contracts.pricing import plan_amounts, totals
from contracts.terms import Term, ending_of
from customers.models import Customer
from files.actions import clean_name
from files.models import Attachment, Purpose
from files.panels import attachments
from files.sniffing import TYPES
from files.views import as_download, attach_page
from kit.because import Refused
from kit.forms import number
from kit.lists import capped_count, page_of
from kit.registry import timeline_of
from org.access import check, load, page, sees
from org.mark import mark_of

INVALID = 422
NARROWING = ("filters", "owner", "unit", "tier", "month")


@page("contracts.list")
def list_(request: HttpRequest) -> HttpResponse:
    rows = Contract.objects.visible_to(request.member).select_related("customer", "owner", "unit")
    found = ContractFilter(request.GET, rows, request=request)
    shown = page_of(found.qs, request.GET)
    for contract in shown.rows:
        contract.ending = ending_of(contract)
    context = {
        "page": shown,
        "filter": found,
        "statuses": Status,
        "terms": Term,
        "is_filtered": _is_set(request),
        "shown_total": capped_count(found.qs)[1],
    }
    # choices are read when somebody narrows the list: the page of every day does not ask for them
    context["is_narrowed"] = any(request.GET.get(name) for name in NARROWING)
    if context["is_narrowed"]:
        context["owners"] = owners_for(request.member)
    part = "contracts/_rows.html" if request.htmx else "contracts/list.html"
    context["may_create"] = request.member.may("contracts.create")
    return render(request, part, context)


def _is_set(request: HttpRequest) -> bool:
    return any(request.GET.get(name) for name in request.GET if name not in {"cursor", "filters"})


@page("contracts.view", Contract)
def detail(request: HttpRequest, contract: Contract) -> HttpResponse:
    """Also what a decision refused as incomplete is shown on again, with what was typed."""
    member = request.member
    fetch(contract)
    shown = board(member, contract, getattr(request, "typed", None))
    verbs = _verbs(request, contract, shown)
    context = {
        "contract": contract,
        "lines": contract.lines.all(),
        "instalments": contract.instalments.all(),
        "board": shown,
        "coming": foreseen(contract, member) if verbs["may_submit"] else [],
        "taken": letterhead.taken(contract),
        "risks": shown.risks if shown and not contract.is_open_to_edit else risks_of(contract),
        "tail": _tail(contract),
        "sees": sees(member, contract),
        "sees_customer": bool(sees(member, contract.customer)),
        "missing": getattr(request, "missing", {}),
        "papers": attachments(member, contract),
        "ending": ending_of(contract),
        "events": timeline_of("contracts.contract", member, contract),
        **verbs,
    }
    return render(request, "contracts/detail.html", context)


def _verbs(request: HttpRequest, contract: Contract, shown: Board | None) -> dict[str, bool]:
    """What the reader may do now: nothing that would be refused is offered."""
    member = request.member
    is_open = contract.is_open_to_edit or bool(shown and shown.is_stale)
    return {
        "may_change": bool(member.may("contracts.change", contract)),
        "may_submit": is_open and bool(member.may("contracts.submit", contract)),
        "may_sign": bool(member.may("contracts.sign", contract)),
        "may_copy": bool(member.may("contracts.copy", contract)),
        "may_archive": bool(
            member.may("contracts.archive", contract) and has_signed_copy(contract)
        ),
    }


def _tail(contract: Contract) -> list[dict[str, Any]]:
    """CTR-1.4, CTR-1.5: the steps that follow the chain."""
    state = {"signed": "done", "archived": "done", "approved": "now"}.get(contract.status, "todo")
    note = f"{contract.signatory_ours} · {contract.signed_on:%m-%d}" if contract.signed_on else ""
    kept = {"signed": "now", "archived": "done"}.get(contract.status, "todo")
    return [
        {"label": _("Signature with the customer"), "state": state, "note": note},
        {"label": _("Archiving"), "state": kept, "note": contract.archive_number},
    ]


@page("contracts.create")
def create(request: HttpRequest) -> HttpResponse:
    given = number(request.GET.get("customer"))
    customer = load(Customer, request.member, given) if given is not None else None
    if customer:
        check(request.member, "contracts.create", customer)
    if request.method == "POST":
        header = DraftForm(request.POST, member=request.member)
        paper = Paper(header, member=request.member, data=request.POST)
        return _answer(
            request, paper, lambda **said: actions.create_draft(by=request.member, **said)
        )
    initial = {"liability": _(actions.LIABILITY)}
    if customer:
        initial |= {"customer": customer.pk, **actions.defaults(customer)}
    paper = Paper(DraftForm(initial=initial, member=request.member), member=request.member)
    return _paper(request, paper)


@page("contracts.change", Contract)
def change(request: HttpRequest, contract: Contract) -> HttpResponse:
    if request.method == "POST":
        header = HeaderForm(request.POST, instance=contract)
        paper = Paper(header, member=request.member, data=request.POST)

        def act(**said: Any) -> Contract:
            seen = request.POST.get("seen", "")
            return actions.change(contract, by=request.member, seen=seen, **said)

        return _answer(request, paper, act, contract)
    lines, plan = actions.rows_of_lines(contract), actions.rows_of_plan(contract)
    header = HeaderForm(instance=contract)
    paper = Paper(header, member=request.member, lines=lines, plan=plan)
    return _paper(request, paper, contract)


def _answer(request: HttpRequest, paper: Paper, act: Any, contract: Any = None) -> HttpResponse:
    """Save what was typed, or show it again with its errors or its sums."""
    is_valid = paper.is_valid()
    if request.POST.get("action") == "preview":
        return _paper(request, paper, contract, status=200 if is_valid else INVALID)
    if not is_valid:
        return _paper(request, paper, contract, status=INVALID)
    header = dict(paper.header.cleaned_data)
    customer = {"customer": header.pop("customer")} if "customer" in header else {}
    try:
        saved = act(
            header=header, lines=paper.lines.rows(), instalments=paper.plan.rows(), **customer
        )
    except Refused as refused:
        paper.refuse(refused)
        return _paper(request, paper, contract, status=INVALID)
    messages.success(request, _("Saved as a draft."))
    return redirect("contracts:detail", pk=saved.pk)


def _paper(
    request: HttpRequest, paper: Paper, contract: Any = None, *, status: int = 200
) -> HttpResponse:
    context = {"paper": paper, "contract": contract, **_sums(paper)}
    if contract:
        context["seen"] = contract.updated_at.isoformat()
    return render(request, "contracts/form.html", context, status=status)


def _sums(paper: Paper) -> dict[str, Any]:
    """Lines, sums and plan as the server computes them from what stands in the form."""
    if not paper.header.is_bound:
        rows, plan_rows, header = paper.given_lines, paper.given_plan, paper.header.initial
    else:
        paper.is_valid()
        rows, plan_rows = paper.lines.rows(), paper.plan.rows()
        header = getattr(paper.header, "cleaned_data", {})
    usable = [row for row in rows if _is_usable(row)]
    mode = header.get("price_mode") or "gross"
    prices, _errors = actions.priced(usable, mode=mode, day=header.get("delivery_on"))
    sums = totals(prices)
    plan = plan_amounts(sums.gross, plan_rows)
    return {
        "sums": sums,
        "priced": list(zip(usable, prices, strict=True)),
        "planned": [(row, amount) for row, (_share, amount) in zip(plan_rows, plan, strict=True)],
        "planned_sum": sum((amount for _share, amount in plan), sums.gross * 0),
    }


def _is_usable(row: dict[str, Any]) -> bool:
    price = row.get("unit_price") if row.get("unit_price") is not None else row.get("list_price")
    return bool(row.get("quantity")) and price is not None


@require_POST
@page("contracts.list")
def preview(request: HttpRequest) -> HttpResponse:
    """The sums of a form that is still being typed; nothing is written."""
    paper = Paper(HeaderForm(request.POST), member=request.member, data=request.POST)
    context = {"paper": paper, **_sums(paper)}
    context["filled"] = [
        form[name].as_widget(attrs={"hx-swap-oob": "true"})
        for form in paper.lines.forms
        for name in form.fields
        if f"{form.prefix}-{name}" in paper.changed
    ]
    return render(request, "contracts/_totals.html", context)


@require_POST
@page("contracts.submit", Contract)
def submit(request: HttpRequest, contract: Contract) -> HttpResponse:
    try:
        contract = actions.submit(contract, by=request.member)
    except Refused as refused:
        if refused.code != "incomplete":
            raise
        request.missing, request.refused = refused.errors, refused
        response = detail(request, pk=contract.pk)
        response.status_code = INVALID
        return response
    names = "、".join(step.who for step in steps_of(contract.case) if step.state == "now")
    text = _("Submitted. Now it is with: %(who)s.") % {"who": names or _("The company's queue")}
    messages.success(request, text)
    return redirect("contracts:detail", pk=contract.pk)


@page("contracts.sign", Contract)
def sign(request: HttpRequest, contract: Contract) -> HttpResponse:
    initial = {"signed_on": timezone.localdate(), "signatory_ours": request.member.name}
    form = SignForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = INVALID
        if form.is_valid():
            try:
                actions.sign(contract, by=request.member, **form.cleaned_data)
            except Refused as refused:
                if refused.code != "incomplete":
                    raise
                for name, text in refused.errors.items():
                    form.add_error(name, text)
            else:
                messages.success(request, _("Signed."))
                return redirect("contracts:detail", pk=contract.pk)
    context = {"form": form, "contract": contract}
    return render(request, "contracts/sign.html", context, status=status)


@page("contracts.archive", Contract)
def archive(request: HttpRequest, contract: Contract) -> HttpResponse:
    form = ArchiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.archive(contract, by=request.member, **form.cleaned_data)
        except Refused as refused:
            if refused.code not in {"incomplete", "damaged"}:
                raise
            request.refused = refused
            form.add_error("place" if "place" in refused.errors else None, refused.detail)
        else:
            messages.success(request, _("Archived."))
            return redirect("contracts:detail", pk=contract.pk)
    context = {"form": form, "contract": contract, "has_copy": has_signed_copy(contract)}
    status = INVALID if form.is_bound else 200
    return render(request, "contracts/archive.html", context, status=status)


@page("contracts.attach", Contract)
def attach(request: HttpRequest, contract: Contract) -> HttpResponse:
    return attach_page(request, contract)


@page("contracts.attach_signed_copy", Contract)
def attach_signed_copy(request: HttpRequest, contract: Contract) -> HttpResponse:
    return attach_page(request, contract, Purpose.SIGNED_COPY)


def has_signed_copy(contract: Contract) -> bool:
    return Attachment.objects.of(contract).kept().filter(purpose=Purpose.SIGNED_COPY).exists()


@page("contracts.view", Contract)
def pdf(request: HttpRequest, contract: Contract) -> HttpResponse:
    return _paper_of(contract, prints.pdf(contract, mark_of(request.member)), "pdf")


@page("contracts.view", Contract)
def docx(request: HttpRequest, contract: Contract) -> HttpResponse:
    return _paper_of(contract, prints.docx(contract, mark_of(request.member)), "docx")


def _paper_of(contract: Contract, data: bytes, kind: str) -> HttpResponse:
    name = clean_name(" ".join((contract.number or _("Draft"), contract.title)))[:120]
    return as_download(data, TYPES[kind], f"{name}.{kind}")


@require_POST
@page("contracts.copy", Contract)
def copy(request: HttpRequest, contract: Contract) -> HttpResponse:
    made = actions.copy(contract, by=request.member)
    messages.success(request, _("Copied as a new draft."))
    return redirect("contracts:change", pk=made.pk)


# --- the catalogue --------------------------------------------------------------------------------


@page("contracts.products")
def products(request: HttpRequest) -> HttpResponse:
    rows = Product.objects.visible_to(request.member)
    found = ProductFilter(request.GET, rows, request=request)
    context = {
        "page": page_of(found.qs, request.GET),
        "filter": found,
        "may_keep": request.member.may("contracts.keep_products"),
        "is_filtered": _is_set(request),
    }
    part = "contracts/_products.html" if request.htmx else "contracts/products.html"
    return render(request, part, context)


@page("contracts.keep_products")
def create_product(request: HttpRequest) -> HttpResponse:
    return _keep(request, Product())


@page("contracts.keep_products", Product)
def change_product(request: HttpRequest, product: Product) -> HttpResponse:
    return _keep(request, product)


def _keep(request: HttpRequest, product: Product) -> HttpResponse:
    form = ProductForm(request.POST or None, instance=product)
    if request.method == "POST" and form.is_valid():
        actions.save_product(form.instance, by=request.member)
        messages.success(request, _("Saved."))
        return redirect("contracts:products")
    status = INVALID if form.is_bound else 200
    used = Line.objects.filter(product=product).exists() if product.pk else False
    context = {"form": form, "product": product, "is_used": used}
    return render(request, "contracts/product_form.html", context, status=status)


@page("contracts.products")
def product_lookup(request: HttpRequest) -> HttpResponse:
    """Up to ten products for the search list of a line."""
    words = request.GET.get("q", "") or request.GET.get(_typed(request), "")
    rows = ProductFilter({"q": words}, Product.objects.active()).qs.order_by("name", "id")[:10]
    options = [
        {"pk": row.pk, "name": row.name, "note": f"{row.code} {row.specification}".strip()}
        for row in rows
    ]
    return render(request, "parts/lookup_options.html", {"options": options})


def _typed(request: HttpRequest) -> str:
    """The list sends the box's own name when it has no `q`."""
    return next((name for name in request.GET if name.endswith("_text")), "")
