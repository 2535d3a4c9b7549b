"""Finding by name, pinyin and initials; the index really used."""

import pytest
from django.db import connection

from customers import actions
from customers.models import Customer
from tests.conftest import inside

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "q", ["华东", "东精", "华东精密", "huadong", "HuaDong", "hdjm", "jingmi", "精密 华东", "有限"]
)
def test_a_customer_is_found_by(acme, q):
    wanted = actions.create(by=acme.east_rep, name="华东精密机械有限公司")
    actions.create(by=acme.east_rep, name="成都蜀锦食品集团")
    assert list(Customer.objects.search(q)) == [wanted]


@pytest.mark.parametrize("q", ["", " ", "华", "h", "!?", "华西", "gnodauh", "密精"])
def test_a_customer_is_not_found_by(acme, q):
    actions.create(by=acme.east_rep, name="华东精密机械有限公司")
    assert list(Customer.objects.search(q)) == []


def test_pairs_in_another_order_are_no_match(acme):
    actions.create(by=acme.east_rep, name="东精密华东厂")
    assert list(Customer.objects.search("华东精密")) == []


def test_another_companys_customers_are_never_found(acme, rival):
    with inside(rival):
        actions.create(by=rival.east_rep, name="华东精密机械有限公司")
        assert Customer.objects.search("华东").count() == 1
    assert list(Customer.objects.search("华东")) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM customer_matches(ARRAY['华东'], 500)")
        assert cursor.fetchone() == (0,)


def test_a_common_term_walks_the_list(acme, monkeypatch):
    monkeypatch.setattr("customers.models.MOST_MATCHES", 3)
    rows = [{"name": f"青岛海润物流{n}号有限公司"} for n in range(8)]
    ids = actions.add_many(rows, by=acme.east_rep)
    actions.create(by=acme.east_rep, name="成都蜀锦食品集团")
    assert set(Customer.objects.search("海润").values_list("pk", flat=True)) == set(ids)


def test_a_search_shows_only_what_is_visible(acme):
    actions.create(by=acme.west_rep, name="华东精密西安分公司")
    seen = Customer.objects.visible_to(acme.east_rep)
    assert list(seen.search("华东")) == []
    assert Customer.objects.visible_to(acme.director).search("华东").count() == 1


def test_the_function_scans_the_index(acme):
    names = ("华东", "成都", "青岛", "武汉", "西安", "沈阳", "厦门", "南京", "重庆", "郑州")
    rows = [{"name": f"{names[n % 10]}{chr(0x4E00 + n)}机电有限公司"} for n in range(3000)]
    actions.add_many(rows, by=acme.east_rep)
    with connection.cursor() as cursor:
        cursor.execute("SELECT proconfig FROM pg_proc WHERE proname = 'customer_matches'")
        config = cursor.fetchone()[0]
    assert {"enable_seqscan=off", "enable_indexscan=off"} <= set(config)
    assert Customer.objects.search(f"{chr(0x4E00 + 7)}机").count() == 1
