"""The jobs of the clock on the administrator's page: how each stands, and a run asked for."""

import dataclasses
import datetime as dt
import re

import pytest
import time_machine
from django.utils import timezone, translation

from audit.models import AuditLine
from kit.because import Forbidden, Refused
from org import actions
from org.jobs import standings
from salesops.celery import app
from tenancy.actions import deliver, post
from tenancy.calendar import seed_workdays
from tenancy.jobs import jobs, run_everywhere
from tenancy.models import JobRun, Outbox
from tests.conftest import client_of, inside

pytestmark = pytest.mark.django_db
REMIND = "customers.remind"


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


def at(text):
    return time_machine.travel(f"{text}+08:00", tick=False)


def row(key):
    return next(one for one in standings() if one.job.key == key)


def failing(_after, _day):
    raise ZeroDivisionError("华东精密机械有限公司")


def test_every_scheduled_job_has_its_words(settings):
    app.loader.import_default_modules()
    apart = {  # of the installation, not of a company
        "accounts.send_letters", "accounts.tidy", "audit.publish_heads",
    }  # fmt: skip
    planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert planned - apart - set(jobs) == set()
    for known in jobs.values():
        assert known.text != str(translation.gettext(known.text)), known.key
        assert known.work or known.state, known.key


def test_a_job_says_when_it_ran_what_it_did_and_when_it_runs_again(acme):
    seed_workdays(2026)
    with at("2026-03-11T06:30"):
        found = row(REMIND)
        assert (found.run, found.did) == (None, [])
        assert timezone.localtime(found.next_at) == timezone.localtime().replace(
            hour=7, minute=0
        )
    with at("2026-03-11T08:00"):
        assert row(REMIND).next_at is None  # within minutes
        run_everywhere(REMIND)
        found = row(REMIND)
        assert found.did == [("拜访", 0), ("客户", 0)]
        assert f"{timezone.localtime(found.next_at):%m-%d %H:%M}" == "03-12 07:00"
        page = client_of(acme.admin).get("/org/jobs/").content.decode()
        assert "到期拜访与久未联系的客户" in page
        assert "03-12 07:00" in page
        asked = set(re.findall(r'name="job" value="([\w.]+)"', page))
        assert asked == {key for key, known in jobs.items() if known.work}
    with at("2026-09-30T08:00"):
        run_everywhere(REMIND)
        assert f"{timezone.localtime(row(REMIND).next_at):%m-%d}" == "10-08"


def test_what_failed_is_said_in_words_without_data(acme, monkeypatch):
    known = jobs[REMIND]
    monkeypatch.setitem(jobs, REMIND, dataclasses.replace(known, work=failing))
    with at("2026-03-11T08:00"):
        run_everywhere(REMIND)
        page = client_of(acme.admin).get("/org/jobs/").content.decode()
    assert "ZeroDivisionError" in page
    assert "第 1 次" in page
    assert "08:05" in page
    assert "华东精密机械有限公司" not in page


def test_run_now_goes_to_the_worker_and_is_one_run_however_often_it_is_clicked(acme):
    browser = client_of(acme.admin)
    with at("2026-03-11T10:00"):
        for _n in range(2):
            answer = browser.post("/org/jobs/run/", {"job": REMIND})
            assert answer["Location"] == "/org/jobs/"
        (asked,) = JobRun.objects.filter(job=REMIND)
        assert (asked.subject, asked.asked_by_id, asked.finished_at) == (
            "asked", acme.admin.pk, None
        )  # fmt: skip
        assert Outbox.objects.filter(topic="tenancy.job").count() == 1
        assert "等待" in browser.get("/org/jobs/").content.decode()
        while deliver():
            pass
        asked.refresh_from_db()
        assert asked.finished_at is not None
        assert asked.did == {"visits": 0, "contacts": 0}
    line = AuditLine.objects.latest("seq")
    assert (line.verb, line.actor_name, line.after) == (
        "org.run_job", acme.admin.name, {"job": REMIND}
    )  # fmt: skip
    # what was asked for does not take the place of the day's own run
    with at("2026-03-11T10:01"):
        assert run_everywhere(REMIND) == 2


def test_without_a_worker_it_runs_at_once(acme, monkeypatch):
    post("x.y")
    Outbox.objects.update(due_at=timezone.now() - dt.timedelta(minutes=2), tries=0, sent_at=None)
    run = actions.run_job("notices.tidy", by=acme.admin)
    run.refresh_from_db()
    assert run.finished_at is not None
    assert not Outbox.objects.filter(topic="tenancy.job").exists()
    monkeypatch.setitem(jobs, REMIND, dataclasses.replace(jobs[REMIND], work=failing))
    run = actions.run_job(REMIND, by=acme.admin)
    run.refresh_from_db()
    assert run.error == "ZeroDivisionError"


def test_only_the_administrator_and_only_a_job_that_is_one(acme):
    for name in ("director", "management", "secretary", "east_rep"):
        with pytest.raises(Forbidden):
            actions.run_job("notices.tidy", by=getattr(acme, name))
        assert client_of(getattr(acme, name)).get("/org/jobs/").status_code == 403
    for wrong in ("", "x", "tenancy.sweep"):
        with pytest.raises(Refused):
            actions.run_job(wrong, by=acme.admin)
        assert client_of(acme.admin).post("/org/jobs/run/", {"job": wrong}).status_code == 409
    assert actions.run_job("notices.tidy", by=acme.admin) is not None


def test_another_companys_runs_are_not_there(acme, rival):
    with inside(rival):
        JobRun.objects.create(job=REMIND, period="2026-03-11", did={"visits": 4711})
    assert row(REMIND).run is None
    page = client_of(acme.admin).get("/org/jobs/").content.decode()
    assert "4711" not in page


@pytest.mark.parametrize("number", [1, 200])
def test_the_page_asks_the_same_few_statements(acme, number, django_assert_max_num_queries):
    JobRun.objects.bulk_create(
        JobRun(job=REMIND, period=f"{n}", finished_at=timezone.now()) for n in range(number)
    )
    with django_assert_max_num_queries(8):
        found = standings()
    assert len(found) == len(jobs)


def test_the_interface_tells_the_same(acme):
    run_everywhere("notices.tidy")
    answer = client_of(acme.admin).get("/api/v1/jobs/")
    found = {one["job"]: one for one in answer.json()}
    assert set(found) == set(jobs)
    assert found["notices.tidy"]["run"]["did"] == {"notices": 0, "mails": 0}
    assert re.match(r"\d{4}-", found["notices.tidy"]["run"]["started_at"])
    assert client_of(acme.director).get("/api/v1/jobs/").status_code == 403
