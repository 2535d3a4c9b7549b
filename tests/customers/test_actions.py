"""What the verbs of customers and contacts do and refuse."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from audit.models import AuditLine
from customers import actions
from customers.models import Contact, Customer, CustomerShare, TierChange
from kit.because import Forbidden, Refused

pytestmark = pytest.mark.django_db

GOOD_CODE = "91350100M000100Y43"


def new(member, name="华东精密机械有限公司", **fields):
    return actions.create(by=member, name=name, **fields)


def test_a_rep_adds_a_customer_at_the_own_unit(acme):
    customer = new(acme.east_rep, notes=acme.canary)
    assert customer.owner == acme.east_rep
    assert customer.org_path == acme.unit("east_one").path
    assert customer.tier == "D"
    line = AuditLine.objects.get(verb="customers.create", object_id=customer.pk)
    assert line.after == {"name": customer.name, "notes": acme.canary, "tier": "D"}


def test_finance_adds_no_customer_but_a_rep_does(acme):
    new(acme.east_rep)
    with pytest.raises(Forbidden):
        new(acme.finance)


def test_the_secretary_adds_for_a_rep_and_a_rep_does_not_for_another(acme):
    customer = new(acme.secretary, owner=acme.west_rep)
    assert (customer.owner, customer.unit) == (acme.west_rep, acme.unit("west_one"))
    with pytest.raises(Forbidden):
        new(acme.east_rep, owner=acme.west_rep)


def test_a_supervisor_adds_in_the_own_team_only(acme):
    """ORG-1.6: beyond the own team it is refused."""
    assert new(acme.east_supervisor, owner=acme.east_rep).owner == acme.east_rep
    with pytest.raises(Forbidden):
        new(acme.east_supervisor, owner=acme.west_rep)


def test_numbers_are_stored_in_one_form(acme):
    customer = new(
        acme.east_rep,
        phone="+86 138 0013 8000",
        credit_code=" 91350100m000100y43 ",
        contact={"name": "王工", "mobile": "0086-13900139000", "title": ""},
    )
    assert customer.phone == "13800138000"
    assert customer.credit_code == GOOD_CODE
    contact = customer.contacts.get()
    assert (contact.mobile, contact.is_primary) == ("13900139000", True)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": "X"}, {"name"}),
        ({"name": ""}, {"name"}),
        ({"name": "长" * 200}, {"name"}),
        ({"phone": "12345"}, {"phone"}),
        ({"credit_code": "91350100M000100Y4Z"}, {"credit_code"}),
        ({"credit_code": "91350100M000100Y44"}, {"credit_code"}),
        ({"province": "99"}, {"province"}),
        ({"contact": {"name": "王", "mobile": "123"}}, {"contact_mobile"}),
        ({"contact": {"name": "", "mobile": "13900139000"}}, {"contact_name"}),
        ({"phone": "12345", "credit_code": "1"}, {"phone", "credit_code"}),
    ],
)
def test_each_wrong_field_is_named(acme, fields, wrong):
    with pytest.raises(Refused) as refused:
        actions.create(by=acme.east_rep, **({"name": "华东精密"} | fields))
    assert set(refused.value.errors) == wrong


def test_a_credit_code_belongs_to_one_customer_of_the_company(acme):
    first = new(acme.east_rep, credit_code=GOOD_CODE)
    with pytest.raises(Refused) as refused:
        new(acme.west_rep, "另一家", credit_code=GOOD_CODE)
    assert set(refused.value.errors) == {"credit_code"}
    actions.change(first, by=acme.east_rep, credit_code=GOOD_CODE, city="苏州")


def test_a_change_tells_the_log_old_and_new(acme):
    customer = new(acme.east_rep, city="苏州", industry="装备制造")
    actions.change(customer, by=acme.east_rep, city="无锡", industry="装备制造 ")
    line = AuditLine.objects.get(verb="customers.change")
    assert (line.before, line.after) == ({"city": "苏州"}, {"city": "无锡"})


def test_a_change_without_a_difference_writes_nothing(acme):
    customer = new(acme.east_rep, city="苏州")
    actions.change(customer, by=acme.east_rep, city=" 苏州 ")
    assert not AuditLine.objects.filter(verb="customers.change").exists()


def test_a_new_name_is_found_and_the_old_is_not(acme):
    customer = new(acme.east_rep)
    actions.change(customer, by=acme.east_rep, name="成都蜀锦食品集团")
    assert list(Customer.objects.search("shujin")) == [customer]
    assert list(Customer.objects.search("华东精密")) == []


def test_the_tier_needs_a_reason_and_leaves_a_history(acme):
    """CUS-3.2: A to D."""
    customer = new(acme.east_rep)
    with pytest.raises(Refused) as refused:
        actions.set_tier(customer, tier="A", reason="好", by=acme.east_rep)
    assert set(refused.value.errors) == {"reason"}
    actions.set_tier(customer, tier="A", reason="全年框架协议已签", by=acme.east_rep)
    change = TierChange.objects.get()
    assert (change.old, change.new, change.by) == ("D", "A", acme.east_rep)
    line = AuditLine.objects.get(verb="customers.set_tier")
    assert (line.before, line.after) == ({"tier": "D"}, {"tier": "A"})
    with pytest.raises(Refused) as refused:
        actions.set_tier(customer, tier="A", reason="再来一次好了", by=acme.east_rep)
    assert set(refused.value.errors) == {"tier"}


def test_the_tier_history_cannot_be_rewritten(acme):
    customer = new(acme.east_rep)
    actions.set_tier(customer, tier="B", reason="采购量上升明显", by=acme.east_rep)
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        TierChange.objects.update(reason="x")
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        TierChange.objects.all()._raw_delete("default")


def test_one_main_contact_at_a_time(acme):
    customer = new(acme.east_rep, contact={"name": "王工"})
    actions.add_contact(customer, by=acme.east_rep, name="李总", is_primary=True)
    assert [c.name for c in Contact.objects.filter(is_primary=True)] == ["李总"]


def test_archive_is_undone_by_restore(acme):
    customer = actions.archive(new(acme.east_rep), by=acme.east_rep)
    assert not Customer.objects.active().filter(pk=customer.pk).exists()
    with pytest.raises(Forbidden):
        actions.change(customer, by=acme.east_rep, city="苏州")
    actions.restore(customer, by=acme.east_rep)
    assert Customer.objects.active().filter(pk=customer.pk).exists()


def test_a_share_shows_one_customer_until_it_ends(acme):
    customer = new(acme.east_rep)
    other = new(acme.east_rep, "成都蜀锦食品")
    assert not acme.west_rep.may("customers.view", customer)
    until = timezone.now() + timedelta(days=1)
    share = actions.share(customer, member=acme.west_rep, until=until, by=acme.east_rep)
    seen = Customer.objects.visible_to(acme.anew("west_rep"))
    assert customer in seen
    assert other not in seen
    assert str(acme.west_rep.may("customers.view", customer)) != ""
    assert not acme.west_rep.may("customers.change", customer)
    CustomerShare.objects.filter(pk=share.pk).update(valid_until=timezone.now())
    assert customer not in Customer.objects.visible_to(acme.anew("west_rep"))


def test_sharing_again_moves_the_end(acme):
    customer = new(acme.east_rep)
    for days in (1, 5):
        until = timezone.now() + timedelta(days=days)
        actions.share(customer, member=acme.west_rep, until=until, by=acme.east_rep)
    assert [share.valid_until for share in CustomerShare.objects.all()] == [until]


def test_many_come_at_once_with_one_line_in_the_log(acme, django_assert_num_queries):
    rows = [
        {"name": f"武汉光谷仪表{n}厂", "tier": "C", "contact_name": "周凯" if n % 2 else ""}
        for n in range(30)
    ]
    acme.east_rep.scope  # noqa: B018  read before the count
    with django_assert_num_queries(6):
        ids = actions.add_many(rows, by=acme.east_rep)
    assert len(ids) == 30
    assert Contact.objects.count() == 15
    assert AuditLine.objects.get(verb="customers.add_many").after["rows"] == 30
    assert Customer.objects.get(pk=ids[7]).name == "武汉光谷仪表7厂"
    assert Customer.objects.search("whgg").count() == 30
