"""An import taken back: exactly its rows, and only those that nobody has worked with."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contracts import actions as contracts
from customers import actions as customers
from customers.models import Customer
from files import actions
from files.models import ImportJob
from kit.because import Forbidden, Refused
from tests.conftest import client_of
from tests.files.test_actions import HEAD, checked, media, work

__all__ = ["media"]
NAMES = [f"甲方{letter}机械" for letter in "一二三四五六七"]


@pytest.fixture
def job(acme):
    text = HEAD + "".join(f"{name},,\n" for name in NAMES)
    job = checked(acme, text, member="east_rep", unit=acme.unit("east_one"))
    actions.commit(job, by=acme.east_rep)
    assert work(acme, "files.commit")
    job.refresh_from_db()
    return job


def named(name):
    return Customer.objects.get(name=name)


def test_what_nobody_touched_is_archived_and_the_rest_is_named(acme, job):
    rep = acme.east_rep
    other = customers.create(by=rep, name="别的客户")
    customers.change(named(NAMES[0]), by=rep, city="苏州")
    customers.plan_visit(named(NAMES[1]), by=rep, planned_on=timezone.localdate())
    customers.add_contact(named(NAMES[2]), by=rep, name="王工")
    customers.share(named(NAMES[3]), member=acme.west_rep, by=rep)
    header = {"title": "合同"}
    contracts.create_draft(named(NAMES[4]), by=rep, header=header, lines=[], instalments=[])
    assert actions.undo(job, by=rep) == 2
    left = set(Customer.objects.active().values_list("name", flat=True))
    assert left == {other.name, *NAMES[:5]}
    job.refresh_from_db()
    assert job.status == "undone"
    assert job.message.startswith("5 行保留")
    for name in NAMES[:5]:
        assert name in job.message
    with pytest.raises(Forbidden):
        actions.undo(job, by=rep)


def test_what_went_out_of_sight_is_left_and_not_named(acme, job):
    """ORG-1.6: handed over and called otherwise since; or moved without a trace."""
    away = {"to": acme.west_rep, "reason": "区域调整交接", "by": acme.director}
    customers.hand_over([named(NAMES[0])], **away)
    customers.change(named(NAMES[0]), by=acme.west_rep, name="西边的新名字")
    west = acme.unit("west_one")
    Customer.objects.filter(name=NAMES[1]).update(
        owner=acme.west_rep, unit=west, org_path=west.path
    )
    customers.change(named(NAMES[2]), by=acme.east_rep, city="苏州")
    assert actions.undo(job, by=acme.anew("east_rep")) == 4
    left = set(Customer.objects.active().values_list("name", flat=True))
    assert left == {"西边的新名字", *NAMES[1:3]}
    job.refresh_from_db()
    assert job.message.startswith("3 行保留")
    assert (NAMES[2] in job.message, "西边" in job.message, NAMES[1] in job.message) == (
        True, False, False
    )  # fmt: skip


def test_only_who_brought_it_and_only_for_a_day(acme, job):
    director, address = client_of(acme.director), f"/files/imports/{job.pk}/"
    assert director.post(f"{address}undo/").status_code == 403
    assert "undo/" not in director.get(address).content.decode()
    rep = client_of(acme.east_rep)
    assert "undo/" in rep.get(address).content.decode()
    late = timezone.now() - timedelta(hours=24, minutes=1)
    ImportJob.objects.filter(pk=job.pk).update(finished_at=late)
    assert "undo/" not in rep.get(address).content.decode()
    assert rep.post(f"{address}undo/").status_code == 403
    ImportJob.objects.filter(pk=job.pk).update(finished_at=timezone.now())
    assert rep.post(f"{address}undo/").status_code == 302
    assert Customer.objects.active().count() == 0
    assert "已撤销" in rep.get(address).content.decode()


def test_it_is_taken_back_once(acme, job):
    again = ImportJob.objects.get(pk=job.pk)
    assert actions.undo(job, by=acme.east_rep) == len(NAMES)
    with pytest.raises(Refused):
        actions.undo(again, by=acme.east_rep)
