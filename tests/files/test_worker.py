"""An export as the worker meets it: without a company open between its transactions."""

import csv

import pytest

from customers import actions as customers
from files import actions
from files.models import ExportJob
from tenancy.actions import run
from tenancy.context import company, current
from tenancy.models import Outbox
from tests.conftest import cast_of


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_worker_writes_outside_of_any_company(transactional_db, settings, tmp_path, form):
    settings.MEDIA_ROOT = tmp_path
    cast = cast_of("acme")
    with company(cast.company.pk):
        customers.create(by=cast.east_rep, name="华东精密机械有限公司")
        job = actions.export(kind="customers.customer", form=form, by=cast.east_rep)
        row = Outbox.objects.get(topic="files.export")
    assert current() is None
    assert run(cast.company.pk, row.pk, row.tries)
    with company(cast.company.pk):
        job = ExportJob.objects.get(pk=job.pk)
    assert (job.status, job.done_rows) == ("done", 1)
    path = actions.exports.folder() / job.stored
    assert path.stat().st_size == job.size
    if form == "csv":
        with path.open(encoding="utf-8-sig") as file:
            assert len(list(csv.reader(file))) == 2
