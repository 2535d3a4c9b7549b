"""CTR-1.1, CTR-1.4: owners learn of drafts that lie still and of contracts to be signed."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine

from approvals.models import Case
from contracts import actions as contracts
from contracts.models import Contract
from contracts.tasks import remind
from notices.models import Notice
from tenancy.calendar import seed_workdays
from tests.access import samples
from tests.access.world import decided

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text):
    moment = dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
    return time_machine.travel(moment, tick=False)


def told():
    rows = Notice.objects.filter(topic__in=("contracts.lying", "contracts.unsigned"))
    return [(row.topic, row.target_id) for row in rows.order_by("pk")]


def test_drafts_and_contracts_to_sign_are_told_once_on_working_days(acme):
    seed_workdays(2026)
    made = {model.__name__: obj for model, obj in samples.build(acme).items()}
    customer, product = made["Customer"], made["Product"]
    draft, fresh, ready = (samples.draft(acme, customer, product) for _n in "abc")
    contracts.submit(ready, by=acme.east_rep)
    decided(ready, "approve", acme.east_supervisor, acme.east_manager, acme.finance)
    since = dt.datetime(2026, 3, 3, 23, 59, tzinfo=SHANGHAI)
    Contract.objects.filter(pk=draft.pk).update(updated_at=since)
    Contract.objects.filter(pk=fresh.pk).update(updated_at=since + dt.timedelta(minutes=2))
    Case.objects.filter(pk=ready.case_id).update(decided_at=since + dt.timedelta(days=2))
    with at("2026-03-09T08:00"):
        remind()
        assert told() == []
    with at("2026-03-10T08:00"):  # seven days after the 3rd, five after the 5th
        assert remind() == 2
        assert remind() == 0
    assert told() == [("contracts.lying", draft.pk), ("contracts.unsigned", ready.pk)]
    assert {row.member_id for row in Notice.objects.filter(topic__startswith="contracts.")} == {
        acme.east_rep.pk
    }
    with at("2026-03-11T08:00"):
        remind()
    assert told()[2:] == [("contracts.lying", fresh.pk)]
    # touched and left again: another spell
    moved = dt.datetime(2026, 3, 14, 10, tzinfo=SHANGHAI)
    Contract.objects.filter(pk=draft.pk).update(updated_at=moved)
    with at("2026-03-21T08:00"):  # a Saturday
        assert remind() == 0
    with at("2026-03-23T08:00"):
        remind()
    assert told()[3:] == [("contracts.lying", draft.pk)]
