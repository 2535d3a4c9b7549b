"""T3: the search before a new file, its mask, and the duplicate check in every way in."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.models import AuditLine
from customers import actions
from customers.duplicates import Known, Sought, compare, is_same, likeness
from customers.imports import check as check_rows
from customers.models import Customer
from files.importers import Context
from kit.because import Forbidden, Refused
from tenancy.models import Param
from tests.conftest import client_of, inside

pytestmark = pytest.mark.django_db

CODE = "91350100M000100Y43"
NAME = "上海明远(集团)有限公司"
SECRETS = {
    "address": "CANARY-ADDRESS-1",
    "needs": "CANARY-NEEDS-2",
    "city": "CANARY-CITY-3",
    "industry": "CANARY-INDUSTRY-4",
    "phone": "021-62345678",
    "credit_code": CODE,
}
CONTACT = {"name": "CANARY-PERSON-5", "mobile": "13800138000"}
SEARCH_QUERIES = 21


def known(name, **facts):
    return Known(1, name, "A", "王芳", None, **facts)


@pytest.mark.parametrize(
    ("name", "code", "mobiles", "twin", "way"),
    [
        ("上海明远集团有限公司", "", [], known(NAME), "similar"),
        ("上海明远有限责任公司", "", [], known(NAME), "similar"),
        ("明远有限公司", "", [], known(NAME), "similar"),
        ("北京明远有限公司", "", [], known(NAME), "similar"),
        ("ＡＢＣ有限公司", "", [], known("abc 公司"), "similar"),
        ("苏州华信电子", "", [], known("苏州华兴电子"), ""),
        ("别的名字", CODE, [], known(NAME, code=CODE), "same"),
        ("别的名字", "", [], known(NAME, code=CODE), ""),
        ("别的名字", "", ["13800138000"], known(NAME, mobiles=("13800138000",)), "phone"),
        ("别的名字", "", [], known(NAME, mobiles=("13800138000",)), ""),
        ("别的名字", "", ["13900139000"], known(NAME, mobiles=("13800138000",)), ""),
    ],
)
def test_likeness_is_a_pure_function_of_the_keys(name, code, mobiles, twin, way):
    sought = Sought.of(name, code, mobiles)
    assert likeness(sought, twin) == way
    verdict = compare(sought, [twin])
    assert bool(verdict) is (not way)
    assert is_same(verdict) is (way == "same")
    if way:
        assert verdict.lines[0].ref == way
        assert twin.name in str(verdict)


def test_the_worst_hit_stands_first():
    sought = Sought.of(NAME, CODE)
    lines = compare(sought, [known(NAME), known("别的", code=CODE)]).lines
    assert [line.ref for line in lines] == ["same", "similar"]


@pytest.fixture
def foreign(acme):
    """A customer of the west, which nobody of the east sees."""
    customer = actions.create(
        by=acme.west_rep, name=NAME, tier="B", notes=acme.canary, contact=CONTACT, **SECRETS
    )
    at = timezone.now() - timedelta(days=9)
    Customer.objects.filter(pk=customer.pk).update(last_contact_at=at)
    return customer


def page(name, *args):
    return reverse(f"customers:{name}", args=args)


def hidden(acme):
    return [*SECRETS.values(), *CONTACT.values(), acme.canary]


def test_a_hit_out_of_sight_shows_four_things_and_no_more(acme, foreign):
    text = client_of(acme.east_rep).post(page("search"), {"q": "明远"}).content.decode()
    for shown in (foreign.name, "acme.west_rep", "9 天前"):
        assert shown in text
    assert [secret for secret in hidden(acme) if secret in text] == []
    assert page("detail", foreign.pk) not in text
    # the twin: whoever sees the customer gets the way to it, and its page shows the rest
    west = client_of(acme.west_rep)
    assert page("detail", foreign.pk) in west.post(page("search"), {"q": "明远"}).content.decode()
    assert SECRETS["needs"] in west.get(page("detail", foreign.pk)).content.decode()


def test_the_api_says_the_same_four_things(acme, foreign):
    path = "/api/v1/customers/search/"
    for who, pk in (("east_rep", None), ("west_rep", foreign.pk)):
        answer = client_of(getattr(acme, who)).post(path, {"q": "myjt"}, "application/json")
        assert answer.json() == [
            {
                "id": pk,
                "name": NAME,
                "tier": "B",
                "owner_name": "acme.west_rep",
                "last_contact_days": 9,
            }
        ]


@pytest.mark.parametrize("q", ["明远", "上海明远有限责任公司", "北京明远", "mingyuan", "shmy"])
def test_the_search_finds_by_key_word_and_initials(acme, foreign, q):
    assert [hit.name for hit in actions.search(q, by=acme.east_rep)] == [NAME]


def test_neither_another_companys_nor_archived_customers_are_hits(acme, rival, foreign):
    with inside(rival):
        actions.create(by=rival.east_rep, name="明远重工")
    assert len(actions.search("明远", by=acme.east_rep)) == 1
    actions.archive(foreign, by=acme.west_rep)
    assert actions.search("明远", by=acme.east_rep) == []
    assert compare(Sought.of(NAME), [])
    assert actions.create(by=acme.east_rep, name=NAME).duplicate_reason == ""


def test_a_search_is_logged_and_limited(acme, foreign):
    rep = acme.east_rep
    Param.objects.create(
        key="customers.searches_per_day", value=2, during=(timezone.localdate(), None)
    )
    client = client_of(rep)
    for _ in range(2):
        assert client.post(page("search"), {"q": "明远"}).status_code == 200
    answer = client.post(page("search"), {"q": "明远"})
    assert answer.status_code == 422
    assert NAME not in answer.content.decode()
    assert "今天已查询 2 次" in answer.content.decode()
    lines = AuditLine.objects.filter(verb="customers.search")
    assert [(x.actor_id, x.after) for x in lines] == [(rep.pk, {"q": "明远", "hits": 1})] * 2
    assert client_of(acme.east_rep2).post(page("search"), {"q": "明远"}).status_code == 200


def test_one_character_and_people_who_add_nothing_are_refused(acme, foreign):
    with pytest.raises(Refused):
        actions.search("明", by=acme.east_rep)
    with pytest.raises(Forbidden):
        actions.search("明远", by=acme.finance)
    assert client_of(acme.finance).post(page("search"), {"q": "明远"}).status_code == 403
    answer = client_of(acme.east_rep).get(
        page("search"), HTTP_HOST="testserver", HTTP_REFERER="http://testserver/x/?a=1"
    )
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert 'href="/x/?a=1"' in answer.content.decode()


@pytest.mark.parametrize(
    ("came", "way"),
    [
        ("http://testserver/customers/?tier=A", 'href="/customers/?tier=A"'),
        ("http://testserver/nowhere/", ""),  # the page itself
        ("http://testserver//elsewhere.example/", ""),
        ("http://elsewhere.example/customers/", ""),
        ("", ""),
    ],
)
def test_a_page_that_is_missing_leads_back_only_into_the_house(acme, came, way):
    client = client_of(acme.east_rep)
    answer = client.get("/nowhere/", HTTP_REFERER=came, HTTP_HOST="testserver")
    assert answer.status_code == 404
    html = answer.content.decode()
    assert answer.headers["X-Request-Id"] in html
    assert ("返回上一页" in html) is bool(way)
    assert way in html


@pytest.mark.parametrize("number", [1, 200])
def test_the_search_asks_the_same_number_of_queries(acme, number, django_assert_num_queries):
    rows = [{"name": f"青岛海润物流{n}号有限公司"} for n in range(number)]
    actions.add_many(rows, by=acme.west_rep)
    client = client_of(acme.east_rep)
    with django_assert_num_queries(SEARCH_QUERIES):
        client.post(page("search"), {"q": "海润"})


# --- the check when a file is made ---


def test_the_first_page_is_the_search_and_leads_to_the_form(acme):
    client = client_of(acme.east_rep)
    assert page("search") in client.get(page("create")).content.decode()
    form = client.get(page("create"), {"name": "成都蜀锦食品"}).context["form"]
    assert form["name"].value() == "成都蜀锦食品"
    assert "duplicate_reason" not in client.get(page("create"), {"name": "成都"}).content.decode()


@pytest.mark.parametrize(
    "typed",
    [{"name": "上海明远有限责任公司"}, {"name": "别家", "contact_mobile": "138 0013 8000"}],
)
def test_in_spite_of_a_hit_only_with_a_reason_that_is_kept(acme, foreign, typed):
    client, typed = client_of(acme.east_rep), typed | {"contact_name": "李"}
    answer = client.post(page("create"), typed)
    text = answer.content.decode()
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"duplicate_reason"})
    assert NAME in text
    assert "acme.west_rep" in text
    secrets = [s for s in hidden(acme) if s in text and s != CONTACT["mobile"]]
    assert secrets == []
    assert Customer.objects.count() == 1
    for short in ("好", " " * 9):
        assert client.post(page("create"), typed | {"duplicate_reason": short}).status_code == 422
    reason = "另一家独立法人，地址不同"
    assert client.post(page("create"), typed | {"duplicate_reason": reason}).status_code == 302
    made = Customer.objects.get(owner=acme.east_rep)
    assert made.duplicate_reason == reason
    assert AuditLine.objects.get(verb="customers.create", object_id=made.pk).note == reason


def test_without_a_hit_no_reason_is_kept(acme):
    made = actions.create(by=acme.east_rep, name="成都蜀锦", duplicate_reason="没有重复也写了")
    assert made.duplicate_reason == ""


def test_an_equal_credit_code_is_refused_whatever_the_reason(acme, foreign):
    with pytest.raises(Refused) as refused:
        actions.create(
            by=acme.east_rep, name="别家", credit_code=CODE, duplicate_reason="另一家公司"
        )
    assert set(refused.value.errors) == {"credit_code"}
    assert NAME not in str(refused.value.errors)


def test_the_api_checks_too(acme, foreign):
    client, path = client_of(acme.east_rep), "/api/v1/customers/"
    answer = client.post(path, {"name": "明远有限公司"}, "application/json")
    assert answer.status_code == 409
    assert (answer.json()["code"], set(answer.json()["errors"])) == (
        "duplicate",
        {"duplicate_reason"},
    )
    text = answer.content.decode()
    assert [secret for secret in hidden(acme) if secret in text] == []
    body = {"name": "明远有限公司", "duplicate_reason": "另一家独立法人"}
    answer = client.post(path, body, "application/json")
    assert (answer.status_code, answer.json()["duplicate_reason"]) == (201, "另一家独立法人")


def test_the_dry_run_marks_hits_and_names_only_the_visible(acme, foreign):
    rows = [
        (2, {"name": "上海明远有限责任公司"}),
        (3, {"name": "丙方", "contact_name": "李", "contact_mobile": "13800138000"}),
        (4, {"name": "丁方", "credit_code": CODE}),
        (5, {"name": "戊方"}),
        (6, {"name": "北京明远公司", "duplicate_reason": "另一家独立法人"}),
        (7, {"name": "己方", "credit_code": CODE, "duplicate_reason": "另一家独立法人"}),
    ]
    context = {"unit": acme.unit("root"), "owner": acme.secretary}
    for who, is_named in (("secretary", True), ("east_rep", False)):
        said = check_rows(rows, Context(by=getattr(acme, who), **context))
        columns = [[word.column for word in words] for words in said]
        assert columns == [["name"], ["contact_mobile"], ["credit_code"], [], [], ["credit_code"]]
        assert all(word.is_duplicate for words in said for word in words)
        assert (NAME in said[0][0].text) is is_named


def test_a_known_mobile_is_said_beside_its_field(acme):
    """T3.2: a warning with its own words, the reason beside the number it is about."""
    other = {"name": "王工", "mobile": "13800138000"}
    actions.create(by=acme.west_rep, name="西安航天", contact=other)
    client = client_of(acme.east_rep)
    typed = {"name": "苏州重工机械", "contact_name": "王工", "contact_mobile": "138 0013 8000"}
    answer = client.post("/customers/create/", typed)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "该手机号已登记在其他客户名下" in text
    assert text.index('name="contact_mobile"') < text.index('name="duplicate_reason"')
    assert text.index('name="duplicate_reason"') < text.index('name="needs"')
    reason = {"duplicate_reason": "同一采购负责两家工厂"}
    assert client.post("/customers/create/", typed | reason).status_code == 302
    by_name = client.post("/customers/create/", {"name": "西安航天有限公司"}).content.decode()
    assert by_name.index('name="duplicate_reason"') < by_name.index('name="industry"')


def test_a_contact_with_a_known_mobile_is_kept_with_a_warning(acme):
    contact = {"name": "王工", "mobile": "13800138000"}
    actions.create(by=acme.west_rep, name="西安航天", contact=contact)
    mine = actions.create(by=acme.east_rep, name="苏州重工机械")
    client = client_of(acme.east_rep)
    page = f"/customers/{mine.pk}/add_contact/"
    text = client.post(page, contact, follow=True).content.decode()
    assert "西安航天" in text
    assert "acme.west_rep" in text
    assert mine.contacts.get().mobile == "13800138000"
    text = client.post(
        page, {"name": "李工", "mobile": "13900139000"}, follow=True
    ).content.decode()
    assert "西安航天" not in text
