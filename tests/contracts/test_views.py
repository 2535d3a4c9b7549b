"""Pages of contracts: what they show, what they write and what they refuse."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals.models import Case, Status, Task
from contracts import actions
from contracts.models import Contract, Product
from tests.conftest import client_of
from tests.contracts.conftest import make_contract, make_customer
from tests.contracts.steps import approve, through

TODAY = timezone.localdate


def url(name, *args):
    return reverse(f"contracts:{name}", args=args)


def form_of(customer=None, **more):
    """What the draft form sends: one line typed by hand, a plan of two shares."""
    data = {
        "title": "年度设备采购合同",
        "buyer": "华东精密",
        "seller": "我们",
        "delivery_on": f"{TODAY():%Y-%m-%d}",
        "delivery_place": "苏州",
        "liability": "标准条款",
        "price_mode": "gross",
        "lines-TOTAL_FORMS": "3",
        "lines-INITIAL_FORMS": "0",
        "lines-0-name": "备件包",
        "lines-0-quantity": "4",
        "lines-0-unit": "套",
        "lines-0-list_price": "57100",
        "lines-0-discount": "100",
        "lines-0-vat_category": "standard",
        "lines-1-quantity": "1",
        "lines-1-discount": "100",
        "lines-1-vat_category": "standard",
        "plan-TOTAL_FORMS": "2",
        "plan-INITIAL_FORMS": "0",
        "plan-0-basis": "signing",
        "plan-0-percent": "33.33",
        "plan-0-days_after": "0",
        "plan-1-basis": "delivery",
        "plan-1-percent": "66.67",
        "plan-1-days_after": "30",
    }
    if customer:
        data["customer"] = str(customer.pk)
    return data | more


@pytest.mark.parametrize("name", ["list", "create", "products"])
def test_pages_open_empty(acme, name):
    assert client_of(acme.east_rep).get(url(name)).status_code == 200


def test_draft_form_writes_what_the_server_computed(acme, customer):
    client = client_of(acme.east_rep)
    answer = client.post(url("create"), form_of(customer))
    contract = Contract.objects.get()
    assert answer.url == url("detail", contract.pk)
    assert contract.gross_amount == Decimal("228400.00")
    assert [row.amount for row in contract.instalments.all()] == [
        Decimal("76125.72"),
        Decimal("152274.28"),
    ]
    assert client.get(answer.url).status_code == 200
    assert client.get(url("change", contract.pk)).status_code == 200


def test_draft_for_a_customer_out_of_sight_is_an_error_of_the_field(acme, customer):
    foreign = make_customer(acme.west_rep, name="西北客户")
    client = client_of(acme.east_rep)
    answer = client.post(url("create"), form_of(foreign))
    assert answer.status_code == 422
    assert Contract.objects.count() == 0
    assert client.get(url("create"), {"customer": foreign.pk}).status_code == 404
    assert client.get(url("create"), {"customer": customer.pk}).status_code == 200
    assert client.post(url("create"), form_of(customer)).status_code == 302


def test_customer_of_somebody_else_is_an_error_of_the_field(acme, customer):
    mate = make_customer(acme.east_rep2, name="同组客户")
    client = client_of(acme.east_manager)
    assert client.post(url("create"), form_of(mate)).status_code == 302
    secretary = client_of(acme.secretary)
    assert secretary.post(url("create"), form_of(mate)).status_code == 403
    assert Contract.objects.count() == 1


def test_amounts_beyond_every_column_are_errors_of_the_line(acme, customer):
    big = {"lines-0-quantity": "999999999.999", "lines-0-list_price": "999999999999.99"}
    client = client_of(acme.east_rep)
    answer = client.post(url("create"), form_of(customer, **big))
    assert answer.status_code == 422
    assert set(answer.context["paper"].lines.forms[0].errors) == {"quantity"}
    assert client.post(url("preview"), form_of(**big)).status_code == 200
    assert Contract.objects.count() == 0


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(acme, customer):
    data = form_of(
        customer,
        **{"title": "", "lines-1-name": "无价格", "plan-0-percent": "abc", "notes": "留着"},
    )
    answer = client_of(acme.east_rep).post(url("create"), data)
    paper = answer.context["paper"]
    assert answer.status_code == 422
    assert set(paper.header.errors) == {"title"}
    assert [set(form.errors) for form in paper.lines] == [set(), {"list_price"}, set()]
    assert set(paper.plan.forms[0].errors) == {"percent"}
    body = answer.content.decode()
    assert body.count("留着") == 1
    assert body.count('value="无价格"') == 1


def test_plan_above_the_amount_is_shown_on_the_form(acme, customer):
    data = form_of(customer, **{"plan-0-amount": "228400.01"})
    answer = client_of(acme.east_rep).post(url("create"), data)
    assert answer.status_code == 422
    assert Contract.objects.count() == 0


def test_product_fills_the_rest_of_its_row_without_script(acme, customer, product):
    data = form_of(customer, action="preview", **{"lines-1-product_text": "VMC-850"})
    answer = client_of(acme.east_rep).post(url("create"), data)
    form = answer.context["paper"].lines.forms[1]
    assert answer.status_code == 200
    assert form.cleaned_data["product"] == product
    assert (form["name"].value(), form["list_price"].value()) == ("五轴加工中心", "580000.00")
    assert answer.context["sums"].gross == Decimal("808400.00")
    assert Contract.objects.count() == 0


def test_preview_answers_sums_and_filled_fields_and_writes_nothing(acme, customer, product):
    data = form_of(**{"lines-1-product": str(product.pk)})
    answer = client_of(acme.east_rep).post(url("preview"), data, headers={"HX-Request": "true"})
    body = answer.content.decode()
    assert answer.status_code == 200
    assert "¥808,400.00" in body
    assert 'id="id_lines-1-list_price" hx-swap-oob="true"' in body or "hx-swap-oob" in body
    assert Contract.objects.count() == 0


def test_agreed_unit_price_wins_in_the_form_and_an_empty_one_is_computed(acme, customer):
    client = client_of(acme.east_rep)
    client.post(url("create"), form_of(customer, **{"lines-0-unit_price": "50000"}))
    contract = Contract.objects.get()
    assert contract.gross_amount == Decimal("200000.00")
    page = client.get(url("change", contract.pk))
    assert page.context["paper"].lines.forms[0]["unit_price"].value() == Decimal("50000.00")
    change = form_of(**{"lines-0-discount": "90", "seen": page.context["seen"]})
    assert client.post(url("change", contract.pk), change).status_code == 302
    contract.refresh_from_db()
    assert contract.gross_amount == Decimal("205560.00")


def test_second_tab_is_told_that_the_draft_has_moved_on(acme, contract):
    client = client_of(acme.east_rep)
    seen = client.get(url("change", contract.pk)).context["seen"]
    assert client.post(url("change", contract.pk), form_of(seen=seen)).status_code == 302
    answer = client.post(url("change", contract.pk), form_of(seen=seen))
    assert answer.status_code == 422
    assert len(answer.context["paper"].header.non_field_errors()) == 1


def test_incomplete_submission_names_every_missing_part(acme, customer):
    contract = actions.create_draft(customer, by=acme.east_rep, header={"title": "空"})
    client = client_of(acme.east_rep)
    answer = client.post(url("submit", contract.pk))
    assert answer.status_code == 422
    assert set(answer.context["missing"]) == {
        "delivery_on", "delivery_place", "lines", "instalments",
    }  # fmt: skip


def test_day_from_draft_to_signature_through_the_pages(acme, contract):
    rep, path = client_of(acme.east_rep), url("detail", contract.pk)
    assert rep.get(path).context["may_submit"] is True
    assert rep.post(url("submit", contract.pk)).url == path
    contract.refresh_from_db()
    case = contract.case
    boss = client_of(acme.east_supervisor)
    assert len(boss.get(reverse("approvals:inbox")).context["rows"]) == 1
    page = boss.get(path)
    keys = [point["key"] for point in page.context["board"].points]
    assert keys == ["amount", "specification", "delivery", "payment", "liability", "other"]
    approve_url = reverse("approvals:approve", args=[case.pk])
    words = {"content_hash": case.content_hash, "comment": "看过", "check_amount": "1"}
    words |= {"note_specification": "规格书见附件"}
    answer = boss.post(approve_url, words)
    assert answer.status_code == 422
    points = {point["key"]: point for point in answer.context["board"].points}
    assert points["amount"]["ok"] is True
    assert points["specification"] == {
        "key": "specification", "label": "Product specification", "error": "", "ok": False,
        "note": "规格书见附件",
    }  # fmt: skip
    assert points["delivery"]["error"] != ""
    assert "看过" in answer.content.decode()
    words |= {f"check_{key}": "1" for key in keys}
    assert boss.post(approve_url, words).status_code == 302
    finance = client_of(acme.finance)
    words = {"content_hash": case.content_hash, "check_payment_terms": "1"}
    assert finance.post(approve_url, words).status_code == 302
    manager = client_of(acme.east_manager)
    assert manager.get(path).context["board"].points == []
    assert manager.post(approve_url, {"content_hash": case.content_hash}).status_code == 302
    assert rep.get(path).context["may_sign"] is True
    signature = {
        "signed_on": f"{TODAY():%Y-%m-%d}", "signatory_ours": "陈晓", "signatory_theirs": "王总",
    }  # fmt: skip
    assert rep.post(url("sign", contract.pk), signature).url == path
    contract.refresh_from_db()
    assert contract.status == Status.SIGNED
    director = client_of(acme.director)
    assert director.get(path).status_code == 200
    month = {"month": f"{TODAY():%Y-%m}"}
    assert len(director.get(url("list"), month).context["page"]) == 1


def test_wrong_day_of_signing_keeps_what_was_typed(acme, contract):
    through(acme, contract)
    words = {"signed_on": "2020-01-01", "signatory_ours": "陈晓", "signatory_theirs": "王总"}
    client = client_of(acme.east_rep)
    answer = client.post(url("sign", contract.pk), words)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"signed_on"}
    assert answer.context["form"]["signatory_theirs"].value() == "王总"


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("east_rep", 200), ("east_supervisor", 200), ("east_manager", 200), ("director", 200),
        ("finance", 200), ("secretary", 200), ("east_rep2", 404), ("west_manager", 404),
        ("admin", 404),
    ],
)  # fmt: skip
def test_contract_is_seen_by_the_line_and_finance_only(acme, contract, who, status):
    assert client_of(getattr(acme, who)).get(url("detail", contract.pk)).status_code == status


@pytest.mark.parametrize(
    ("who", "status"), [("east_rep", 302), ("east_supervisor", 403), ("east_rep2", 404)]
)
@pytest.mark.parametrize("verb", ["submit", "change"])
def test_only_the_owner_writes(acme, contract, who, status, verb):
    data = form_of() if verb == "change" else {}
    answer = client_of(getattr(acme, who)).post(url(verb, contract.pk), data)
    assert answer.status_code == status


def test_rejected_contract_is_copied_from_its_page(acme, contract):
    actions.submit(contract, by=acme.east_rep)
    case = Case.objects.get()
    boss = client_of(acme.east_supervisor)
    words = {"content_hash": case.content_hash, "comment": "不符合政策要求"}
    assert boss.post(reverse("approvals:reject", args=[case.pk]), words).status_code == 302
    rep = client_of(acme.east_rep)
    assert rep.get(url("detail", contract.pk)).context["may_copy"] is True
    answer = rep.post(url("copy", contract.pk))
    made = Contract.objects.exclude(pk=contract.pk).get()
    assert answer.url == url("change", made.pk)


@pytest.mark.parametrize(("who", "status"), [("secretary", 302), ("admin", 302), ("east_rep", 403)])
def test_catalogue_pages(acme, who, status):
    data = {
        "name": "备件",
        "code": "SP-1",
        "unit": "套",
        "list_price": "10",
        "vat_category": "lower",
    }
    client = client_of(getattr(acme, who))
    assert client.post(url("create_product"), data).status_code == status
    assert Product.objects.count() == (status == 302)


def test_product_code_twice_is_an_error_of_the_field(acme, product):
    client = client_of(acme.secretary)
    data = {"name": "x", "code": product.code, "list_price": "1", "vat_category": "standard"}
    answer = client.post(url("create_product"), data | {"unit": "台"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"code"}
    assert client.get(url("change_product", product.pk)).status_code == 200


def test_withdrawn_product_is_shown_to_its_keepers_only(acme, product):
    Product.objects.update(is_active=False)
    assert len(client_of(acme.east_rep).get(url("products")).context["page"]) == 0
    assert len(client_of(acme.secretary).get(url("products")).context["page"]) == 1


def test_search_list_of_products(acme, product):
    client = client_of(acme.east_rep)
    for words, count in (("VMC", 1), ("五轴", 1), ("nothing", 0)):
        answer = client.get(url("product_lookup"), {"lines-0-product_text": words})
        assert len(answer.context["options"]) == count


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"status": "draft"}, 1), ({"status": "signed"}, 0), ({"tier": "A"}, 1),
        ({"tier": "B"}, 0), ({"q": "华东精密"}, 1), ({"q": "年度"}, 1), ({"q": "没有"}, 0),
        ({"month": "2020-01"}, 0), ({"month": "nonsense"}, 1), ({"unit": "x"}, 1),
    ],
)  # fmt: skip
def test_filters_of_the_list(acme, contract, query, count):
    answer = client_of(acme.director).get(url("list"), query)
    assert len(answer.context["page"]) == count


def test_customers_are_found_by_their_initials(acme, rates):
    from customers.actions import create

    customer = create(by=acme.east_rep, name="华东精密机械有限公司")
    make_contract(acme.east_rep, customer)
    client = client_of(acme.director)
    assert len(client.get(url("list"), {"q": "hdjm"}).context["page"]) == 1
    assert len(client.get(url("list"), {"q": "xyzq"}).context["page"]) == 0


def test_filters_by_unit_and_owner(acme, contract):
    client = client_of(acme.director)
    for unit, count in (("east", 1), ("west", 0), ("root", 1)):
        answer = client.get(url("list"), {"unit": acme.unit(unit).pk})
        assert len(answer.context["page"]) == count
    assert len(client.get(url("list"), {"owner": acme.east_rep.pk}).context["page"]) == 1
    assert len(client.get(url("list"), {"owner": acme.west_rep.pk}).context["page"]) == 0


def test_customer_page_shows_the_purchase_history(acme, contract, customer):
    signed = through(acme, contract)
    words = {"signatory_ours": "a", "signatory_theirs": "b"}
    actions.sign(signed, by=acme.east_rep, signed_on=TODAY(), **words)
    make_contract(acme.east_rep, customer, title="第二份")
    page = client_of(acme.east_rep).get(reverse("customers:detail", args=[customer.pk]))
    block = next(p for p in page.context["panels"] if "signed" in p)
    assert (block["number"], block["amount"]) == (1, signed.gross_amount)
    assert len(block["open_contracts"]) == 1
    assert [act["url"] for act in page.context["acts"]] == [
        f"{url('create')}?customer={customer.pk}"
    ]


def rows_of(acme, customer, count):
    home = acme.east_rep.scope.home
    have = Contract.objects.count()
    Contract.objects.bulk_create(
        Contract(
            customer=customer,
            title=f"合同 {n}",
            owner=acme.east_rep,
            unit_id=home.unit_id,
            org_path=home.path,
        )
        for n in range(have, count)
    )


def test_list_asks_the_same_number_of_queries_for_1_3_and_500_rows(acme, customer):
    client = client_of(acme.director)
    counts = []
    for count in (1, 3, 500):
        rows_of(acme, customer, count)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(url("list")).status_code == 200
        counts.append(len(seen))
    assert len(set(counts)) == 1


def test_done_box_shows_what_i_decided(acme, contract):
    actions.submit(contract, by=acme.east_rep)
    client = client_of(acme.east_supervisor)
    inbox = reverse("approvals:inbox")
    assert len(client.get(inbox, {"kind": "contracts.contract"}).context["rows"]) == 1
    assert client.get(inbox, {"kind": "soon"}).context["rows"] == []
    assert client.get(inbox, {"box": "done"}).context["rows"] == []
    approve(contract, acme.east_supervisor)
    assert client.get(inbox).context["rows"] == []
    assert len(client.get(inbox, {"box": "done"}).context["rows"]) == 1


def test_inbox_asks_the_same_number_of_queries_for_1_3_and_500_rows(acme, customer):
    client = client_of(acme.east_supervisor)
    counts = []
    first = make_contract(acme.east_rep, customer)
    actions.submit(first, by=acme.east_rep)
    task = Task.objects.get(member=acme.east_supervisor)
    for count in (1, 3, 500):
        have = Case.objects.count()
        for n in range(have, count):
            case = Case.objects.get(pk=task.case_id)
            case.pk, case.object_id = None, 10_000 + n
            case.save(force_insert=True)
            Task.objects.create(
                case=case, round=1, step=task.step, position=1, member=task.member,
                state="open", due_at=task.due_at,
            )  # fmt: skip
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("approvals:inbox")).status_code == 200
        counts.append(len(seen))
    assert len(set(counts)) == 1
    assert approve(first, acme.east_supervisor) is not None
