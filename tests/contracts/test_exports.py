"""T16, F6: the table of contracts has exactly the rows of one's own list."""

import csv
import io

import pytest

from files import actions
from tenancy.actions import run
from tenancy.models import Outbox
from tests.conftest import client_of
from tests.contracts.conftest import make_contract, make_customer


@pytest.fixture
def three(acme, rates, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for who, title in (("east_rep", "=1+1 设备合同"), ("east_rep2", "备件"), ("west_rep", "维保")):
        member = getattr(acme, who)
        make_contract(member, make_customer(member, name=f"{title}客户"), title=title)


@pytest.mark.parametrize(
    "who", ["east_rep", "west_rep", "bare_rep", "east_supervisor", "director", "finance", "admin"]
)
@pytest.mark.parametrize("filters", ["", "q=备件", "status=draft", "term=in_force"])
def test_the_rows_are_those_of_ones_own_list(acme, three, who, filters):
    member = getattr(acme, who)
    page = client_of(member).get(f"/contracts/?{filters}").context["page"]
    job = actions.export(kind="contracts.contract", form="csv", filters=filters, by=member)
    row = Outbox.objects.get(topic="files.export", sent_at=None)
    assert run(acme.company.pk, row.pk, row.tries)
    job.refresh_from_db()
    data = (actions.exports.folder() / job.stored).read_bytes().decode("utf-8-sig")
    table = list(csv.reader(io.StringIO(data)))
    assert [row[1].removeprefix("'") for row in table[1:]] == [c.title for c in page]
    assert "'=1+1 设备合同" in data or "=1+1" not in data


def test_the_way_stands_on_the_list(acme, three):
    text = client_of(acme.director).get("/contracts/?status=draft").content.decode()
    assert "/files/exports/new/?status=draft&amp;kind=contracts.contract" in text
    form = client_of(acme.director).get("/files/exports/new/?kind=contracts.contract")
    assert "with_contacts" not in form.content.decode()
