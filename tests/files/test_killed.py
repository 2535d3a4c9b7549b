"""F2: a worker killed in the middle leaves nothing half done, and the next one finishes."""

import os
import signal
import subprocess
import sys
import time

import pytest

from tests.database import BASE
from tests.serving import environment, run

ROWS = 6000
WHOLE = {
    "status": "checked", "done": ROWS, "ok": ROWS, "rows": ROWS, "customers": 0, "lines": 0,
    "chain": True, "waiting": [],
}  # fmt: skip
SET_UP = """
from django.core.files.uploadedfile import SimpleUploadedFile
from tenancy.context import company
from tenancy.models import Outbox
from tests.conftest import cast_of
from files import actions
cast = cast_of("acme")
with company(cast.company.pk):
    rows = "".join(f"甲方{n}号机械\\n" for n in range(%d))
    file = SimpleUploadedFile("t.csv", ("客户名称\\n" + rows).encode())
    job = actions.upload(file, kind="customers.customer", unit=cast.unit("east_one"),
                         owner=cast.east_rep, by=cast.secretary)
    row = Outbox.objects.get(topic="files.check")
result = {"company": cast.company.pk, "job": job.pk, "row": row.pk}
"""
LOOK = """
from tenancy.context import company
from tenancy.models import Outbox
from customers.models import Customer
from audit.models import AuditLine
from audit.verify import verify
from files.models import ImportJob, ImportRow
with company(%(company)d):
    job = ImportJob.objects.get(pk=%(job)d)
    result = {
        "status": job.status, "done": job.done_rows, "ok": job.ok_count,
        "rows": ImportRow.objects.count(), "customers": Customer.objects.count(),
        "lines": AuditLine.objects.filter(verb="files.import").count(),
        "chain": verify(%(company)d).ok,
        "waiting": list(Outbox.objects.filter(sent_at=None, topic__startswith="files.")
                        .values_list("pk", "tries")),
    }
"""
COMMIT = """
from tenancy.context import company
from org.models import Member
from files import actions
from files.models import ImportJob
with company(%(company)d):
    job = ImportJob.objects.get(pk=%(job)d)
    actions.commit(job, by=Member.objects.get(pk=job.owner_id))
result = 1
"""
DUE = """
from django.utils import timezone
from tenancy.context import company
from tenancy.models import Outbox
with company(%(company)d):
    Outbox.objects.filter(sent_at=None).update(due_at=timezone.now())
from tenancy import actions, tasks
given = []
with company(%(company)d):
    actions.deliver(later=lambda row, tries: given.append((row, tries)))
result = [actions.run(%(company)d, row, tries) for row, tries in given]
"""


def worker(clone, company, row, tries, media):
    turn = f"actions.run({company}, {row}, {tries})"
    code = f"import django; django.setup(); from tenancy import actions; {turn}"
    env = environment(clone, DJANGO_SETTINGS_MODULE="salesops.settings", **media)
    return subprocess.Popen([sys.executable, "-c", code], env=env, cwd=BASE)


@pytest.fixture
def stage(clone_database):
    clone = clone_database()
    return clone, run(clone, SET_UP % ROWS)


def look(clone, made):
    return run(clone, LOOK % made)


def killed_when(clone, made, row, tries, reached):
    """Start a worker and kill -9 it as soon as `reached(a look)` holds."""
    import psycopg

    process = worker(clone, made["company"], row, tries, {})
    with psycopg.connect(clone.env["OWNER_DATABASE_URL"], autocommit=True) as spy:
        spy.execute("SELECT set_config('app.migrating', 'on', false)")
        spy.execute("SELECT set_config('app.company', '0', false)")
        end = time.monotonic() + 60
        while not reached(spy) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    return process.returncode


def test_killed_in_the_middle_of_the_check_it_starts_anew(stage):
    clone, made = stage

    def reached(spy):
        found = spy.execute("SELECT done_rows FROM files_importjob").fetchone()
        return found and found[0] >= 2000

    assert killed_when(clone, made, made["row"], 0, reached) == -signal.SIGKILL
    half = look(clone, made)
    assert half["status"] == "checking"
    assert 0 < half["done"] < ROWS
    assert half["waiting"] == [[made["row"], 1]]
    assert run(clone, DUE % made) == [True]
    assert look(clone, made) | {"chain": True} == WHOLE


@pytest.mark.parametrize("thousands", [1, pytest.param(2, marks=pytest.mark.nightly)])
def test_killed_in_the_middle_of_the_commit_nothing_is_written_and_then_everything_once(
    stage, thousands
):
    killed_in_the_commit(stage, 1000 * thousands)


@pytest.mark.nightly
@pytest.mark.parametrize("tenth", range(10))
def test_killed_at_ten_points_of_the_commit(stage, tenth):
    killed_in_the_commit(stage, ROWS * (2 * tenth + 1) // 20)


@pytest.mark.nightly
@pytest.mark.parametrize("tenth", range(1, 10, 2))
def test_killed_at_five_points_of_the_check(stage, tenth):
    clone, made = stage

    def reached(spy):
        found = spy.execute("SELECT done_rows FROM files_importjob").fetchone()
        return found and found[0] >= ROWS * tenth // 10

    killed_when(clone, made, made["row"], 0, reached)
    run(clone, DUE % made)
    assert look(clone, made) | {"chain": True} == WHOLE


def killed_in_the_commit(stage, number):
    clone, made = stage
    assert run(clone, DUE % made) == [True]
    run(clone, COMMIT % made)
    (waiting,) = look(clone, made)["waiting"]

    def reached(spy):
        # rows of an open transaction are out of sight, but the sequence behind them moves
        found = spy.execute(
            "SELECT coalesce(pg_sequence_last_value('customers_customer_id_seq'), 0)"
        ).fetchone()
        return found[0] >= number

    assert killed_when(clone, made, *waiting, reached) == -signal.SIGKILL
    half = look(clone, made)
    assert (half["status"], half["customers"], half["lines"]) == ("committing", 0, 0)
    assert run(clone, DUE % made) == [True]
    whole = look(clone, made)
    assert (whole["status"], whole["customers"], whole["lines"]) == ("done", ROWS, 1)
    assert whole["chain"]
    assert run(clone, DUE % made) == []
    assert look(clone, made)["customers"] == ROWS
