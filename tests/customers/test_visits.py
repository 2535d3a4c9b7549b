"""Plans, check-ins and results of visits (T1, T2)."""

import io
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from audit.models import AuditLine
from customers import actions
from customers.models import Customer, Visit
from kit.because import Forbidden, Refused
from tests.conftest import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer(acme):
    return actions.create(by=acme.east_rep, name="中科恒远新能源股份有限公司")


def today():
    return timezone.localdate()


def test_a_plan_sets_the_next_visit_of_the_customer(acme, customer):
    later, sooner = today() + timedelta(9), today() + timedelta(2)
    actions.plan_visit(customer, by=acme.east_rep, planned_on=later)
    plan = actions.plan_visit(customer, by=acme.east_rep, planned_on=sooner, purpose="季度回访")
    assert Customer.objects.get().next_visit_on == sooner
    actions.cancel_visit(plan, by=acme.east_rep, reason="客户出差")
    assert Customer.objects.get().next_visit_on == later


def test_a_plan_does_not_lie_in_the_past(acme, customer):
    actions.plan_visit(customer, by=acme.east_rep, planned_on=today())
    with pytest.raises(Refused) as refused:
        actions.plan_visit(customer, by=acme.east_rep, planned_on=today() - timedelta(1))
    assert set(refused.value.errors) == {"planned_on"}


def test_nobody_visits_anothers_customer_except_who_leads_it(acme, customer):
    assert actions.check_in(customer, by=acme.east_rep).owner == acme.east_rep
    assert actions.check_in(customer, by=acme.east_supervisor).owner == acme.east_supervisor
    for stranger in (acme.east_rep2, acme.west_rep, acme.secretary, acme.finance):
        with pytest.raises(Forbidden):
            actions.check_in(customer, by=stranger)
        with pytest.raises(Forbidden):
            actions.plan_visit(customer, by=stranger, planned_on=today())


def test_a_check_in_takes_the_servers_time_and_an_optional_position(acme, customer):
    before = timezone.now()
    visit = actions.check_in(
        customer,
        by=acme.east_rep,
        lat=Decimal("31.2303904123"),
        lng=Decimal("121.473702"),
        accuracy=Decimal(35),
    )
    assert before <= visit.checked_in_at <= timezone.now()
    assert (visit.lat, visit.datum) == (Decimal("31.230390"), "WGS-84")
    bare = actions.check_in(customer, by=acme.east_rep, kind="phone", lat=Decimal(31))
    assert (bare.lat, bare.lng) == (None, None)
    assert Customer.objects.get().last_contact_at == bare.checked_in_at


def test_a_position_off_the_earth_is_refused(acme, customer):
    with pytest.raises(Refused) as refused:
        actions.check_in(customer, by=acme.east_rep, lat=Decimal(91), lng=Decimal(0))
    assert set(refused.value.errors) == {"lat"}
    assert not Visit.objects.exists()


def test_the_next_check_in_closes_the_visit_left_open(acme, customer):
    first = actions.check_in(customer, by=acme.east_rep)
    second = actions.check_in(customer, by=acme.east_rep)
    first.refresh_from_db()
    assert (first.status, first.is_unclosed, first.stay_minutes) == ("done", True, None)
    assert list(Visit.objects.filter(status="open")) == [second]
    with pytest.raises(IntegrityError, match="one_open"), transaction.atomic():
        Visit.objects.filter(pk=first.pk).update(status="open")


def test_a_visit_left_open_still_takes_its_result_once(acme, customer):
    first = actions.check_in(customer, by=acme.east_rep)
    actions.check_in(customer, by=acme.east_rep)
    actions.finish_visit(first, by=acme.east_rep, summary="补写：确认交期")
    with pytest.raises(Refused) as refused:
        actions.finish_visit(first, by=acme.east_rep, summary="再改一次")
    assert refused.value.code == "moved"
    assert Visit.objects.get(pk=first.pk).summary == "补写：确认交期"


def test_a_visit_left_open_freezes_after_a_day(acme, customer):
    first = actions.check_in(customer, by=acme.east_rep)
    actions.check_in(customer, by=acme.east_rep)
    Visit.objects.filter(pk=first.pk).update(checked_out_at=timezone.now() - timedelta(hours=25))
    with pytest.raises(Refused) as refused:
        actions.finish_visit(first, by=acme.east_rep, summary="太晚了")
    assert refused.value.code == "frozen"


def test_the_same_check_in_sent_twice_is_one_visit(acme, customer):
    key = uuid4()
    one = actions.check_in(customer, by=acme.east_rep, client_uuid=key)
    two = actions.check_in(customer, by=acme.east_rep, client_uuid=key)
    assert one == two
    assert not two.is_unclosed


def test_a_plan_is_started_once(acme, customer):
    plan = actions.plan_visit(customer, by=acme.east_rep, planned_on=today(), purpose="方案讲解")
    visit = actions.check_in(customer, by=acme.east_rep, visit=plan)
    assert (visit.pk, visit.purpose, visit.is_planned) == (plan.pk, "方案讲解", True)
    with pytest.raises(Refused) as refused:
        actions.check_in(customer, by=acme.east_rep, visit=plan)
    assert refused.value.code == "moved"


def test_nobody_starts_or_finishes_the_visit_of_another(acme, customer):
    plan = actions.plan_visit(customer, by=acme.east_rep, planned_on=today())
    with pytest.raises(Forbidden):
        actions.check_in(customer, by=acme.east_supervisor, visit=plan)
    visit = actions.check_in(customer, by=acme.east_rep, visit=plan)
    with pytest.raises(Forbidden):
        actions.finish_visit(visit, by=acme.east_supervisor, summary="代写")
    assert actions.finish_visit(visit, by=acme.east_rep, summary="已见面").status == "done"


def test_the_next_date_makes_the_next_plan(acme, customer):
    visit = actions.check_in(customer, by=acme.east_rep)
    day = today() + timedelta(7)
    actions.finish_visit(
        visit, by=acme.east_rep, summary="确认方案", next_step="报价", next_on=day, met="王工"
    )
    plan = Visit.objects.planned().get()
    assert (plan.planned_on, plan.purpose, plan.owner) == (day, "报价", acme.east_rep)
    assert Customer.objects.get().next_visit_on == day
    verbs = list(AuditLine.objects.order_by("seq").values_list("verb", flat=True))
    assert verbs[-2:] == ["customers.check_in", "customers.finish_visit"]


@pytest.mark.parametrize(
    ("result", "wrong"),
    [
        ({"summary": " "}, {"summary"}),
        ({"summary": "好", "next_on": timedelta(-1)}, {"next_on"}),
        ({"summary": "", "next_step": "长" * 300}, {"summary", "next_step"}),
    ],
)
def test_a_result_is_refused_beside_its_field(acme, customer, result, wrong):
    visit = actions.check_in(customer, by=acme.east_rep)
    if "next_on" in result:
        result = result | {"next_on": today() + result["next_on"]}
    with pytest.raises(Refused) as refused:
        actions.finish_visit(visit, by=acme.east_rep, **result)
    assert set(refused.value.errors) == wrong
    assert Visit.objects.get().status == "open"


def test_a_call_needs_no_check_in_but_a_visit_on_site_does(acme, customer):
    call = actions.plan_visit(customer, by=acme.east_rep, planned_on=today(), kind="phone")
    assert actions.finish_visit(call, by=acme.east_rep, summary="电话确认").status == "done"
    site = actions.plan_visit(customer, by=acme.east_rep, planned_on=today())
    with pytest.raises(Refused) as refused:
        actions.finish_visit(site, by=acme.east_rep, summary="没去")
    assert refused.value.code == "order"


def test_only_a_plan_is_cancelled_and_with_a_reason(acme, customer):
    plan = actions.plan_visit(customer, by=acme.east_rep, planned_on=today())
    with pytest.raises(Refused) as refused:
        actions.cancel_visit(plan, by=acme.east_rep, reason=" ")
    assert set(refused.value.errors) == {"reason"}
    actions.cancel_visit(plan, by=acme.east_supervisor, reason="改期")
    with pytest.raises(Refused) as refused:
        actions.cancel_visit(plan, by=acme.east_rep, reason="再取消")
    assert refused.value.code == "moved"


def test_overdue_is_computed_never_stored(acme, customer):
    plan = actions.plan_visit(customer, by=acme.east_rep, planned_on=today())
    assert list(Visit.objects.overdue(today())) == []
    assert list(Visit.objects.overdue(today() + timedelta(1))) == [plan]
    assert plan.state.colour == "info"
    plan.planned_on -= timedelta(1)
    assert plan.state.colour == "red"


def test_a_customer_is_overdue_by_the_cadence_of_its_tier(acme, customer):
    def shift(days, **fields):
        moment = timezone.now() - timedelta(days=days)
        Customer.objects.update(last_contact_at=moment, **fields)
        late = Customer.objects.overdue(today()).exists()
        assert late == bool(Customer.objects.get().days_overdue)
        return late

    assert not shift(7, tier="A")
    assert shift(8, tier="A")
    assert not shift(30, tier="C")
    assert shift(31, tier="C")
    assert not shift(31, tier="C", next_visit_on=today())
    assert shift(1, tier="C", next_visit_on=today() - timedelta(1))


def test_pictures_of_a_visit_hang_on_it(acme, settings, tmp_path):
    """CUS-1.9: its owner adds them, whoever sees the visit sees them, nobody else."""
    settings.MEDIA_ROOT = tmp_path
    customer = actions.create(by=acme.east_rep, name="华东精密机械有限公司")
    visit = actions.plan_visit(customer, by=acme.east_rep, planned_on=timezone.localdate())
    page, picture = f"/customers/visits/{visit.pk}/", io.BytesIO()
    Image.new("RGB", (4, 4), "teal").save(picture, "PNG")

    def file():
        return SimpleUploadedFile("showroom.png", picture.getvalue())

    assert client_of(acme.director).post(f"{page}attach/", {"file": file()}).status_code == 403
    assert client_of(acme.west_rep).post(f"{page}attach/", {"file": file()}).status_code == 404
    assert client_of(acme.east_rep).post(f"{page}attach/", {"file": file()}).status_code == 302
    assert "showroom.png" in client_of(acme.director).get(page).content.decode()
    assert f"{page}attach/" not in client_of(acme.director).get(page).content.decode()
