"""The pages: fragments, refusals that keep what was typed, one literal number of queries."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from customers import actions
from customers.models import Contact, Customer, TierChange, Visit
from kit import registry
from tests.conftest import client_of

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}

# of these the frame and the door take 12
LIST_QUERIES = 14
VISITS_QUERIES = 14
DETAIL_QUERIES = 22


@pytest.fixture
def no_upper_floors(monkeypatch):
    """Only what this app itself shows on the customer's page."""
    own = [source for source in registry.timelines["customers.customer"] if is_own(source)]
    monkeypatch.setitem(registry.timelines, "customers.customer", own)
    for place in ("customers.customer", "customers.customer.acts"):
        monkeypatch.setitem(registry.panels, place, [])


def is_own(source):
    return source.__module__.startswith("customers.")


@pytest.fixture
def customer(acme):
    return actions.create(
        by=acme.east_rep, name="华东精密机械有限公司", notes=acme.canary, contact={"name": "王工"}
    )


@pytest.fixture
def rep(acme):
    return client_of(acme.east_rep)


def url(name, *args):
    return reverse(f"customers:{name}", args=args)


def many(member, number, **fields):
    rows = [{"name": f"青岛海润物流{n}号有限公司", "contact_name": "赵磊"} for n in range(number)]
    ids = actions.add_many(rows, by=member)
    Customer.objects.filter(pk__in=ids).update(**fields)
    return ids


# --- the list ---


def test_the_fragment_is_part_of_the_page(acme, rep, customer):
    whole = rep.get(url("list")).content.decode()
    part = rep.get(url("list"), headers=HTMX).content.decode()
    assert customer.name in part
    assert "<html" not in part
    assert part.strip() in whole


def test_a_rep_sees_the_own_and_not_anothers(acme, customer):
    for member, sees in (
        ("east_rep", True),
        ("east_supervisor", True),
        ("east_manager", True),
        ("director", True),
        ("finance", True),
        ("secretary", True),
        ("east_rep2", False),
        ("west_rep", False),
        ("west_manager", False),
        ("admin", False),
    ):
        client = client_of(getattr(acme, member))
        assert (customer.name in client.get(url("list")).content.decode()) is sees, member
        assert client.get(url("detail", customer.pk)).status_code == (200 if sees else 404), member


def test_another_companys_page_is_not_found(acme, rival, customer):
    assert client_of(acme.director).get(url("detail", customer.pk)).status_code == 200
    from tests.conftest import inside

    with inside(rival):
        stranger = client_of(rival.director)
        assert stranger.get(url("detail", customer.pk)).status_code == 404
        assert stranger.get(url("list")).content.decode().count(customer.name) == 0


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=hdjm", True),
        ("q=华东", True),
        ("q=chengdu", False),
        ("tier=D", True),
        ("tier=A", False),
        ("province=32", True),
        ("province=44", False),
        ("overdue=true", False),
        ("focus=true", False),
        ("archived=true", False),
        ("owner=0", True),  # not a member: the wrong value is left out, not an error page
    ],
)
def test_the_list_is_narrowed(acme, rep, customer, query, found):
    actions.change(customer, by=acme.east_rep, province="32")
    answer = rep.get(f"{url('list')}?{query}")
    assert answer.status_code == 200
    assert (customer.name in answer.content.decode()) is found


def test_the_unit_covers_what_lies_below(acme, customer):
    director = client_of(acme.director)
    for unit, found in (("east", True), ("east_one", True), ("west", False)):
        answer = director.get(url("list"), {"unit": acme.unit(unit).pk})
        assert (customer.name in answer.content.decode()) is found


def test_one_character_asks_for_a_second(acme, rep, customer):
    answer = rep.get(url("list"), {"q": "华"}).content.decode()
    assert "至少两个字符" in answer
    assert customer.name not in answer


def test_empty_lists_say_what_to_do(acme, rep):
    assert "还没有客户" in rep.get(url("list")).content.decode()
    assert "没有符合条件的客户" in rep.get(url("list"), {"tier": "A"}).content.decode()


def test_pages_are_whole_when_all_moments_are_equal(acme, rep):
    ids = set(many(acme.east_rep, 60, updated_at=timezone.now()))
    seen, address = [], url("list")
    while address:
        page = rep.get(address).context["page"]
        seen += [row.pk for row in page]
        address = f"{url('list')}?cursor={page.next}" if page.next else None
    assert len(seen) == 60
    assert set(seen) == ids


@pytest.mark.parametrize("number", [1, 3, 500])
def test_lists_ask_the_same_number_of_queries(acme, rep, number, django_assert_num_queries):
    ids = many(acme.east_rep, number)
    Visit.objects.bulk_create(
        Visit(
            customer_id=pk,
            owner=acme.east_rep,
            unit=acme.unit("east_one"),
            org_path=acme.unit("east_one").path,
        )
        for pk in ids
    )
    with django_assert_num_queries(LIST_QUERIES):
        rep.get(url("list"))
    with django_assert_num_queries(VISITS_QUERIES):
        rep.get(url("visits"))


@pytest.mark.usefixtures("no_upper_floors")
@pytest.mark.parametrize("number", [1, 3, 500])
def test_the_customers_page_asks_the_same_number(
    acme, rep, customer, number, django_assert_num_queries
):
    contacts = [Contact(customer=customer, name=f"联系人{n}") for n in range(number)]
    Contact.objects.bulk_create(contacts)
    changes = [
        TierChange(customer=customer, old="D", new="C", reason="测试测试", by=acme.east_rep)
        for n in range(number)
    ]
    TierChange.objects.bulk_create(changes)
    Visit.objects.bulk_create(
        Visit(
            customer=customer, owner=acme.east_rep, unit=customer.unit, org_path=customer.org_path
        )
        for n in range(number)
    )
    with django_assert_num_queries(DETAIL_QUERIES):
        rep.get(url("detail", customer.pk))


# --- one customer ---


def test_the_page_shows_the_file_the_contact_and_why(acme, customer):
    text = client_of(acme.finance).get(url("detail", customer.pk)).content.decode()
    assert acme.canary in text
    assert "王工" in text
    assert "为什么我能看到" in text
    assert url("check_in", customer.pk) not in text
    assert url("change", customer.pk) not in text


def test_the_timeline_tells_old_and_new(acme, rep, customer):
    actions.change(customer, by=acme.east_rep, city="苏州", province="32")
    actions.set_tier(customer, tier="B", reason="采购量上升明显", by=acme.east_rep)
    visit = actions.check_in(customer, by=acme.east_rep)
    actions.finish_visit(visit, by=acme.east_rep, summary="确认交期")
    text = rep.get(url("detail", customer.pk)).content.decode()
    for words in ("— → 苏州", "— → 江苏", "D → B", "采购量上升明显", "确认交期"):
        assert words in text


def test_create_keeps_what_was_typed_when_it_is_refused(acme, rep):
    typed = {"name": "成都蜀锦食品集团", "phone": "123", "needs": "每周送货", "contact_mobile": "1"}
    answer = rep.post(url("create"), typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "成都蜀锦食品集团" in text
    assert "每周送货" in text
    assert set(answer.context["form"].errors) == {"phone"}
    assert not Customer.objects.exists()
    answer = rep.post(url("create"), typed | {"phone": "028-88886666"})
    assert set(answer.context["form"].errors) == {"contact_name", "contact_mobile"}
    assert not Customer.objects.exists()
    done = typed | {"phone": "", "contact_name": "赵磊", "contact_mobile": "13800138000"}
    answer = rep.post(url("create"), done)
    assert answer.status_code == 302
    assert Customer.objects.get().contacts.get().mobile == "13800138000"


def test_a_double_submit_makes_one_customer(acme, rep):
    typed = {"name": "成都蜀锦食品集团", "idempotency_key": "k-1"}
    first, second = rep.post(url("create"), typed), rep.post(url("create"), typed)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Customer.objects.count() == 1


def test_a_secretary_chooses_the_owner(acme):
    secretary = client_of(acme.secretary)
    form = secretary.get(url("create"), {"name": "成都蜀锦食品集团"}).context["form"]
    assert acme.west_rep in form.fields["owner"].queryset
    assert acme.finance not in form.fields["owner"].queryset
    typed = {"name": "成都蜀锦食品集团", "owner": acme.west_rep.pk}
    assert secretary.post(url("create"), typed).status_code == 302
    assert Customer.objects.get().owner == acme.west_rep


def test_change_and_tier_forms_answer_422_beside_the_field(acme, rep, customer):
    answer = rep.post(url("change", customer.pk), {"name": "X", "city": "苏州"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"name"})
    answer = rep.post(url("set_tier", customer.pk), {"tier": "A", "reason": "好"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"reason"})
    typed = {"tier": "A", "reason": "全年框架协议已签"}
    assert rep.post(url("set_tier", customer.pk), typed).status_code == 302
    typed = {"name": "华东精密重工", "city": "苏州"}
    assert rep.post(url("change", customer.pk), typed).status_code == 302
    customer.refresh_from_db()
    assert (customer.name, customer.city, customer.tier) == ("华东精密重工", "苏州", "A")


@pytest.mark.parametrize(
    "name",
    ["change", "set_tier", "add_contact", "plan_visit", "check_in"],
)
def test_seen_but_not_allowed_is_403_and_the_owner_may(acme, rep, customer, name):
    assert client_of(acme.finance).get(url(name, customer.pk)).status_code == 403
    assert client_of(acme.west_rep).get(url(name, customer.pk)).status_code == 404
    assert rep.get(url(name, customer.pk)).status_code == 200


def test_archive_and_restore_from_the_page(acme, rep, customer):
    assert rep.post(url("archive", customer.pk)).status_code == 302
    rep.get(url("list"))  # the message with its undo
    assert customer.name not in rep.get(url("list")).content.decode()
    assert url("restore", customer.pk) in rep.get(url("detail", customer.pk)).content.decode()
    assert rep.post(url("restore", customer.pk)).status_code == 302
    assert customer.name in rep.get(url("list")).content.decode()


def test_plans_of_an_archived_customer_rest(acme, rep, customer):
    actions.plan_visit(customer, by=acme.east_rep, planned_on=timezone.localdate())
    assert customer.name in rep.get(url("today")).content.decode()
    actions.archive(customer, by=acme.east_rep)
    assert customer.name not in rep.get(url("today")).content.decode()
    counts = {b: c for b, _l, c in rep.get(url("visits")).context["chips"]}
    assert counts == {"today": "0", "overdue": "0", "planned": "0", "done": "0", "all": "1"}
    actions.restore(customer, by=acme.east_rep)
    assert customer.name in rep.get(url("today")).content.decode()


def test_contacts_are_changed_and_removed(acme, rep, customer):
    contact = customer.contacts.get()
    answer = rep.post(url("change_contact", contact.pk), {"name": "王工", "mobile": "1"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"mobile"})
    typed = {"name": "王总", "mobile": "138 0013 8000"}
    assert rep.post(url("change_contact", contact.pk), typed).status_code == 302
    assert rep.post(url("archive_contact", contact.pk)).status_code == 302
    contact.refresh_from_db()
    assert (contact.name, contact.mobile) == ("王总", "13800138000")
    assert contact.archived_at
    assert client_of(acme.west_rep).get(url("change_contact", contact.pk)).status_code == 404


def test_the_lookup_gives_only_visible_customers(acme, rep, customer):
    actions.create(by=acme.west_rep, name="华东精密西安分公司")
    text = rep.get(url("lookup"), {"customer_text": "华东"}).content.decode()
    assert customer.name in text
    assert "西安" not in text


# --- visits ---


def test_a_day_on_the_phone(acme, rep, customer):
    today = timezone.localdate()
    plan = {"planned_on": today.isoformat(), "kind": "field", "purpose": "季度回访"}
    assert rep.post(url("plan_visit", customer.pk), plan).status_code == 302
    visit = Visit.objects.get()
    assert url("start_visit", visit.pk) in rep.get(url("today")).content.decode()
    position = {"lat": "31.23039041234", "lng": "121.473702", "accuracy": "35"}
    answer = rep.post(url("start_visit", visit.pk), position)
    assert answer["Location"] == url("visit", visit.pk)
    assert url("finish_visit", visit.pk) in rep.get(url("today")).content.decode()
    result = {"summary": "", "next_on": "", "met": "王工"}
    answer = rep.post(url("finish_visit", visit.pk), result)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"summary"})
    assert "王工" in answer.content.decode()
    day = today + timedelta(7)
    result |= {"summary": "确认交期", "next_step": "报价", "next_on": day.isoformat()}
    assert rep.post(url("finish_visit", visit.pk), result).status_code == 302
    assert [v.planned_on for v in Visit.objects.planned()] == [day]
    assert "确认交期" in rep.get(url("visit", visit.pk)).content.decode()


def test_a_check_in_tapped_twice_is_one_visit(acme, rep, customer):
    typed = {"kind": "field", "idempotency_key": "k-2"}
    for _ in range(2):
        assert rep.post(url("check_in", customer.pk), typed).status_code == 302
    assert Visit.objects.count() == 1


def test_a_wrong_position_is_said_above_the_form(acme, rep, customer):
    typed = {"kind": "phone", "purpose": "确认", "lat": "91", "lng": "0"}
    answer = rep.post(url("check_in", customer.pk), typed)
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    assert "确认" in answer.content.decode()


def test_the_page_warns_of_the_visit_still_open(acme, rep, customer):
    assert "未签退" not in rep.get(url("check_in", customer.pk)).content.decode()
    actions.check_in(customer, by=acme.east_rep)
    assert "未签退" in rep.get(url("check_in", customer.pk)).content.decode()


def test_boxes_of_the_visit_list(acme, rep, customer):
    today = timezone.localdate()
    plan = actions.plan_visit(customer, by=acme.east_rep, planned_on=today)
    actions.plan_visit(customer, by=acme.east_rep, planned_on=today + timedelta(3))
    late = actions.plan_visit(customer, by=acme.east_rep, planned_on=today)
    Visit.objects.filter(pk=late.pk).update(planned_on=today - timedelta(2))
    done = actions.check_in(customer, by=acme.east_rep, visit=plan)
    actions.finish_visit(done, by=acme.east_rep, summary="好了")
    counts = {b: c for b, _l, c in rep.get(url("visits")).context["chips"]}
    assert counts == {"today": "1", "overdue": "1", "planned": "1", "done": "1", "all": "3"}
    rows = rep.get(url("visits"), {"box": "overdue"}).context["page"].rows
    assert rows == [late]


def test_a_lead_sees_the_visits_of_the_team(acme, customer):
    actions.plan_visit(customer, by=acme.east_rep, planned_on=timezone.localdate())
    for member, number in (("east_manager", 1), ("director", 1), ("west_manager", 0)):
        page = client_of(getattr(acme, member)).get(url("visits")).context["page"]
        assert len(page) == number, member
    mine = client_of(acme.east_manager).get(url("visits"), {"who": "mine"}).context["page"]
    assert len(mine) == 0


def test_cancelling_needs_a_reason(acme, rep, customer):
    plan = actions.plan_visit(customer, by=acme.east_rep, planned_on=timezone.localdate())
    answer = rep.post(url("cancel_visit", plan.pk), {"reason": " "})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"reason"})
    assert rep.post(url("cancel_visit", plan.pk), {"reason": "客户出差"}).status_code == 302
    assert Visit.objects.get().status == "cancelled"


def test_pick_leads_to_the_check_in_with_and_without_script(acme, rep, customer):
    for query in ({"customer": customer.pk}, {"customer_text": "hdjm"}):
        answer = rep.get(url("pick"), query)
        assert answer["Location"] == url("check_in", customer.pk)
    answer = rep.get(url("pick"), {"customer_text": "成都"})
    assert answer["Location"].startswith(url("list"))
