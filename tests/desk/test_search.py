"""The search everywhere: what one may see, by every way of typing it, and nothing else."""

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import translation

from contracts import actions as contracts
from customers import actions as customers
from customers.models import Contact
from kit.search import Sought, look
from tests.access import samples
from tests.conftest import client_of, inside

pytestmark = pytest.mark.django_db
NAME = "华东精密机械有限公司"


@pytest.fixture(autouse=True)
def chinese():
    """An earlier request may have left another language behind."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def made(acme):
    return {model.__name__: obj for model, obj in samples.build(acme).items()}


def hits(member, text, *keys):
    """The labels that somebody finds, of some groups."""
    return [
        hit.found.label
        for group in look(member, Sought.of(text))
        if not keys or group.key in keys
        for hit in group.hits
    ]


@pytest.mark.parametrize("q", ["华东精密", "hdjm", "huadongjingmi", "HuaDong", "精密 机械"])
def test_a_customer_is_found_by(acme, made, q):
    assert hits(acme.east_rep, q, "customers") == [NAME]


def test_a_credit_code_is_found_whole_and_comes_first(acme):
    code = "91350100M000100Y43"
    customers.create(by=acme.east_rep, name="苏州新客户有限公司", credit_code=code)
    assert hits(acme.east_rep, code, "exact") == ["苏州新客户有限公司"]
    assert hits(acme.east_rep, code[:-2]) == []
    assert hits(acme.west_rep, code) == []


def test_a_contract_is_found_by_number_title_and_customer(acme, made):
    contract = made["Contract"]
    tail = contract.number[-8:]
    for q in (tail, "年度设备", "华东精密", "hdjm"):
        assert str(contract) in hits(acme.east_rep, q, "contracts"), q
    assert hits(acme.east_rep, contract.number, "exact") == [str(contract)]
    assert look(acme.east_rep, Sought.of(contract.number.lower()))[0].key == "exact"
    assert hits(acme.west_rep, contract.number) == []
    assert hits(acme.director, contract.number, "exact") == [str(contract)]


def test_a_person_is_found_by_name_and_by_a_whole_number_only(acme, made):
    """T16: a masked number cannot be guessed digit by digit."""
    assert hits(acme.east_rep, "王工", "contacts") == ["王工"]
    assert hits(acme.east_rep, "138 0013 8000") == ["王工"]
    for part in ("1380013800", "13800138", "8000", "38001", "138*****000", "%8000", "_3800138000"):
        assert hits(acme.east_rep, part, "contacts", "exact", "customers") == [], part
    assert hits(acme.west_rep, "13800138000") == []


def test_no_number_of_a_person_is_ever_shown(acme, made):
    for q in ("王工", "13800138000"):
        answer = client_of(acme.east_rep).get("/search/", {"q": q}).content.decode()
        assert "王工" in answer
        # what was typed stands in the field and in the way back after a change of language
        typed = ('value="13800138000"', "/search/?q=13800138000")
        for own in typed if q.isdigit() else ():
            answer = answer.replace(own, "")
        assert "13800138000" not in answer


def test_colleagues_products_and_pages(acme, made):
    assert hits(acme.east_rep, "east_rep2", "exact") == ["acme.east_rep2"]
    assert hits(acme.east_rep, "disabled") == []
    assert hits(acme.east_rep, "wzjg", "products") == ["五轴加工中心"]
    assert hits(acme.east_rep, "VMC-850", "exact") == ["五轴加工中心"]


def test_pages_are_those_one_may_open(acme):
    def urls(member, q):
        groups = [g for g in look(member, Sought.of(q)) if g.key == "pages"]
        return [hit.found.url for group in groups for hit in group.hits]

    assert urls(acme.admin, "参数") == [reverse("org:params")]
    assert urls(acme.east_rep, "参数") == []
    assert reverse("customers:create") in urls(acme.east_rep, "xjkh")
    assert reverse("customers:create") in urls(acme.east_rep, "new customer")
    assert reverse("customers:create") not in urls(acme.finance, "新建客户")


def test_every_page_that_is_offered_opens(acme):
    for name in ("east_rep", "finance", "admin", "director"):
        member = getattr(acme, name)
        browser = client_of(member)
        for group in look(member, Sought.of("")):
            for hit in group.hits:
                assert browser.get(hit.found.url).status_code == 200, hit.found.url


def test_another_companys_records_are_never_found(acme, rival, made):
    with inside(rival):
        samples.build(rival)
        secret = customers.create(by=rival.east_rep, name="对手独有客户")
        person = customers.add_contact(secret, by=rival.east_rep, name="独孤求败")
        assert hits(rival.director, "独孤") == [person.name]
    for q in ("对手独有", "独孤求败", rival.canary):
        assert hits(acme.director, q) == []
    with connection.cursor() as cursor:
        for function in ("contact_matches", "contract_matches"):
            cursor.execute(f"SELECT count(*) FROM {function}(ARRAY['独孤', '年度'], 500)")
            assert cursor.fetchone() == (0,)


def test_whoever_lost_sight_finds_nothing(acme, made):
    customer = made["Customer"]
    assert hits(acme.bare_rep, "华东精密") == []
    share = customers.share(customer, member=acme.bare_rep, by=acme.east_rep)
    assert NAME in hits(acme.anew("bare_rep"), "华东精密")
    customers.end_share(customer, share=share.pk, by=acme.east_rep)
    assert hits(acme.anew("bare_rep"), "华东精密") == []


def test_archived_customers_and_their_people_are_not_found(acme, made):
    customers.archive(made["Customer"], by=acme.east_rep)
    assert hits(acme.east_rep, "华东精密", "customers") == []
    assert hits(acme.east_rep, "王工") == []


@pytest.mark.parametrize("q", ["华", "x", "!", "%%", "__", "'; --", "\\", "😀"])
def test_too_little_or_only_signs_finds_no_record(acme, made, q):
    assert hits(acme.east_rep, q) == []


def test_without_words_the_records_touched_last_and_pages(acme, made):
    groups = {group.key: group for group in look(acme.east_rep, Sought.of(""))}
    assert [hit.found.label for hit in groups["customers"].hits] == [NAME]
    assert set(groups) == {"customers", "contracts", "applications", "pages"}


def test_many_hits_are_cut_and_lead_to_the_list(acme):
    rows = [{"name": f"青岛海润物流{n}号有限公司"} for n in range(12)]
    customers.add_many(rows, by=acme.east_rep)
    (group,) = (g for g in look(acme.east_rep, Sought.of("海润")) if g.key == "customers")
    assert (len(group.hits), group.url) == (8, "customers:list")


def test_the_best_fit_comes_first(acme):
    for name in ("大海润物流", "海润物流二号", "海润物流"):
        customers.create(by=acme.east_rep, name=name, duplicate_reason="另一家公司，不是同一家")
    customers.create(by=acme.east_rep, name="新海润物流", duplicate_reason="另一家公司，不同")
    first = hits(acme.east_rep, "海润物流", "customers")
    assert first[:2] == ["海润物流", "海润物流二号"]


def test_common_terms_are_still_found(acme, made, monkeypatch):
    monkeypatch.setattr("customers.models.customer.MOST_MATCHES", 1)
    assert NAME in hits(acme.east_rep, "华东精密", "customers")
    assert hits(acme.east_rep, "王工", "contacts") == ["王工"]
    assert str(made["Contract"]) in hits(acme.east_rep, "年度设备", "contracts")
    assert hits(acme.west_rep, "王工") == []


def test_the_page_and_its_fragments(acme, made):
    browser = client_of(acme.east_rep)
    page = browser.get("/search/", {"q": "hdjm"}).content.decode()
    assert "<mark>华东精密</mark>" in page
    assert page.count("<h1>") == 1
    for target in ("so-palette-list", "so-found"):
        answer = browser.get(
            "/search/", {"q": "hdjm"}, headers={"HX-Request": "true", "HX-Target": target}
        ).content.decode()
        assert "<html" not in answer
        assert "<mark>华东精密</mark>" in answer


def test_names_are_shown_as_text(acme):
    customers.create(by=acme.east_rep, name="<script>alert(1)</script>公司")
    page = client_of(acme.east_rep).get("/search/", {"q": "alert"}).content.decode()
    assert "<mark>alert</mark>(1)&lt;/script&gt;" in page


@pytest.mark.parametrize("number", [1, 30])
def test_the_search_asks_the_same_number_of_queries(acme, number, django_assert_num_queries):
    contracts.seed_vat_rates()
    rows = [{"name": f"青岛海润物流{n}号有限公司"} for n in range(number)]
    customers.add_many(rows, by=acme.east_rep)
    first = acme.east_rep.scope, Contact.objects.count()
    assert first
    with django_assert_num_queries(12):
        look(acme.east_rep, Sought.of("海润"))


def test_the_functions_scan_nothing_but_their_indexes(acme):
    """Row security would otherwise have every row of the company read."""
    with connection.cursor() as cursor:
        for name in ("customer_matches", "contact_matches", "contract_matches"):
            cursor.execute("SELECT proconfig, prosecdef FROM pg_proc WHERE proname = %s", [name])
            config, is_definer = cursor.fetchone()
            assert is_definer
            assert {"enable_seqscan=off", "enable_indexscan=off"} <= set(config)
