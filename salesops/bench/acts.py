"""The long acts, each done once in a transaction that is taken back; seconds of the clock."""

import csv
import datetime as dt
import io
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext

from files import actions as files
from files.importers import importers
from files.models import ImportJob, ImportState
from kpi import actions as kpi
from kpi.models import Standing
from org import actions as org
from org.models import Unit
from salesops.bench.bare import MONTH
from salesops.bench.scenarios import Stage
from tenancy.context import company

IMPORTED = 10_000
SIGNS = "云海山川星辰光华金石木林泉溪江河风雷天地东方南北中正德仁义礼智信和平安康泰昌隆盛兴旺达通"


@contextmanager
def taken_back(firm: int) -> Iterator[None]:
    with company(firm), transaction.atomic():
        yield
        transaction.set_rollback(True)


def seconds(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return round(time.perf_counter() - began, 2)


class Turn:
    """A worker's attempt, all inside the transaction that is taken back."""

    number, step = 1, staticmethod(nullcontext)


def sheet() -> bytes:
    """Customers nobody has yet, as the template asks for them."""
    columns, dice, out = importers["customers.customer"].columns, random.Random(10), io.StringIO()  # noqa: S311
    writer = csv.writer(out)
    writer.writerow([gettext(column.label) for column in columns])
    for _n in range(IMPORTED):
        name = "".join(dice.choices(SIGNS, k=5))
        cells = {"name": f"{name}仪器有限公司", "tier": "C"}
        writer.writerow([cells.get(column.key, "") for column in columns])
    return out.getvalue().encode()


def imported(stage: Stage) -> dict[str, Any]:
    """S10: the check, which looks for duplicates among all customers, and the rows."""
    boss = stage.people["supervisor"]
    with taken_back(stage.company):
        unit = Unit.objects.get(pk=boss.scope.home.unit_id)
        file = SimpleUploadedFile("customers.csv", sheet())
        job = files.upload(file, kind="customers.customer", unit=unit, owner=boss, by=boss)
        try:
            check = seconds(lambda: files.check_file({"job": job.pk}, Turn()))
            job = ImportJob.objects.get(pk=job.pk)
            files.commit(job, by=boss)
            commit = seconds(lambda: files.commit_rows({"job": job.pk}, Turn()))
            job.refresh_from_db()
        finally:
            (files.folder() / job.stored).unlink()
        if job.status != ImportState.DONE:
            raise RuntimeError(job.message)
    return {"rows": job.ok_count, "check_s": check, "commit_s": commit}


def closed(stage: Stage) -> dict[str, Any]:
    """S14: the present month closed as on the twentieth of the next, beside its bare sums."""
    today = timezone.localdate()
    first = today.replace(day=1)
    last = (first + dt.timedelta(32)).replace(day=1)
    late = timezone.now().replace(year=last.year, month=last.month, day=20)
    with taken_back(stage.company):
        while kpi.advance(is_told=False):
            pass
        with connection.cursor() as cursor:
            values = {"company": stage.company, "first": first, "last": last}
            bare = min(seconds(lambda: cursor.execute(MONTH, values)) for _turn in range(3))

        def close() -> None:
            while kpi.advance(late, is_told=False):
                pass

        took = seconds(close)
        people = Standing.objects.filter(owner__isnull=False).count()
    return {"people": people, "took_s": took, "bare_s": bare}


def moved(stage: Stage) -> float:
    """S16: a team goes to another region."""
    with taken_back(stage.company):
        team = Unit.objects.filter(kind="team").order_by("pk").first()
        others = Unit.objects.filter(kind="region").exclude(pk=team.parent_id)
        by, other = stage.people["company_admin"], others.order_by("pk").first()
        return seconds(lambda: org.move_unit(team, target=other, by=by))
