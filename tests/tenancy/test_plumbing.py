"""Parameters, numbers, the outbox and claims."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from kit.because import Refused
from tenancy import actions, params
from tenancy.models import Outbox, Param


@pytest.fixture(autouse=True)
def declared():
    params.declare("tests.floor", Decimal(90), "Floor", low=Decimal(0), high=Decimal(100))
    yield
    del params.declared["tests.floor"]


def test_a_parameter_has_its_default_until_a_company_sets_it(acme):
    assert params.param("tests.floor") == Decimal(90)


def test_a_new_value_starts_tomorrow_at_the_earliest_and_the_past_is_kept(acme):
    today = params.today()
    with pytest.raises(Refused):
        actions.set_param("tests.floor", "85", starts=today)
    actions.set_param("tests.floor", "85")
    actions.set_param("tests.floor", "80", starts=today + timedelta(days=10))
    assert params.param("tests.floor") == Decimal(90)
    assert params.param("tests.floor", on=today + timedelta(days=1)) == Decimal(85)
    assert params.param("tests.floor", on=today + timedelta(days=9)) == Decimal(85)
    assert params.param("tests.floor", on=today + timedelta(days=10)) == Decimal(80)


def test_a_value_out_of_bounds_is_refused(acme):
    with pytest.raises(Refused):
        actions.set_param("tests.floor", "101")


def test_two_values_cannot_overlap_even_past_the_action(acme):
    days = (date(2026, 1, 1), date(2026, 2, 1))
    Param.objects.create(key="x", value=1, during=days)
    with pytest.raises(IntegrityError), transaction.atomic():
        Param.objects.create(key="x", value=2, during=(date(2026, 1, 31), None))


def test_numbers_follow_each_other_and_restart_with_the_month(acme):
    def take(day):
        return actions.take_number("t", "HT-{region}-{yyyyMM}-{n:04}", on=day, region="HD")

    assert [take(date(2026, 11, 1)), take(date(2026, 11, 30)), take(date(2026, 12, 1))] == [
        "HT-HD-202611-0001",
        "HT-HD-202611-0002",
        "HT-HD-202612-0001",
    ]


def test_news_is_delivered_once_and_a_failing_receiver_is_tried_later(acme):
    got = []
    actions.handle("tests.good", lambda payload: got.append(payload["n"]))
    actions.handle("tests.bad", lambda payload: payload["missing"])
    actions.post("tests.good", n=1)
    actions.post("tests.bad")
    actions.deliver()
    actions.deliver()
    assert got == [1]
    bad = Outbox.objects.get(topic="tests.bad")
    assert (bad.sent_at, bad.tries) == (None, 1)
    assert bad.error.startswith("KeyError")


def test_a_run_is_claimed_once(acme):
    assert actions.claim("close", "2026-11") is not None
    assert actions.claim("close", "2026-11") is None
    assert actions.claim("close", "2026-12") is not None


def test_old_answers_and_delivered_news_are_let_go_once_a_day(acme):
    from django.utils import timezone

    from tenancy.models import IdempotencyKey
    from tenancy.tasks import tidy

    old = timezone.now() - timedelta(days=40)
    for key, at in (("old", old), ("new", timezone.now())):
        IdempotencyKey.objects.create(member_id=1, key=key, fingerprint="", created_at=at)
        Outbox.objects.create(topic=key, sent_at=at)
    Outbox.objects.create(topic="waiting", created_at=old)
    assert tidy() == 2
    assert tidy() == 0
    kept = set(Outbox.objects.values_list("topic", flat=True))
    assert {"new", "waiting"} <= kept
    assert "old" not in kept
    assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["new"]


def test_old_login_attempts_are_let_go(acme):
    from django.utils import timezone

    from accounts.actions import may_try, tidy
    from accounts.models import LoginAttempt

    may_try("a@b.c", "10.0.0.1")
    LoginAttempt.objects.create(bucket="x", at=timezone.now() - timedelta(days=1))
    assert tidy() == 1
    assert LoginAttempt.objects.count() == 2


def test_a_year_that_is_not_loaded_is_noticed_from_november_on(acme):
    from tenancy.calendar import missing_year, seed_workdays

    assert missing_year(date(2026, 3, 1)) == 2026
    assert seed_workdays(2025, 2026) > 50
    assert missing_year(date(2026, 10, 31)) is None
    assert missing_year(date(2026, 11, 1)) == 2027
    # the wheel does not know it yet: nothing is loaded and the notice stays
    assert seed_workdays(2027) == 0
