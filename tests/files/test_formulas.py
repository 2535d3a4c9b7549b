"""F3: no text of any field becomes a formula in any table that leaves; read back it is the same."""

import csv
import io

import openpyxl
import pytest

from customers import actions as customers
from customers.models import Contact, Customer
from files import actions
from files.exporters import exporters
from files.models import ImportRow
from kit.sheets import unescape_formula
from org.models import Member
from tenancy.actions import run
from tenancy.models import Outbox
from tests.access import samples, world
from tests.access.payloads import Inside, fill
from tests.conftest import client_of

# a NUL is refused by the database; tests/kit/test_sheets.py has it
LEADS = [
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "==",
    " =",
    '"=',
    ";=",
    "＝",
    "＋",
    "－",
    "＠",
    "\u200b=",
]
TABLES = ("customers.customer", "contracts.contract", "figures")
TEXTS = [f"{lead}cmd|' /C calc'!A{n}" for n, lead in enumerate(LEADS)]
SIGNS = tuple("=+-@\t\r\n＝＋－＠")


@pytest.fixture
def hostile(acme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    samples.build(acme)
    assert acme.east_supervisor
    assert acme.east_manager
    for n in range(len(TEXTS)):
        contact = {"name": "王工", "mobile": "13800138000"}
        customers.create(by=acme.east_rep, name=f"第{n}机械厂", contact=contact,
                         duplicate_reason="同一联系人")  # fmt: skip
    filled = fill(Inside(), TEXTS)
    written = {f"Customer.{f}" for f in ("name", "city", "address", "industry", "phone")}
    assert written | {"Contact.name"} <= {name.partition(".")[2] for name in filled}
    return acme


def cells_of(data, form):
    if form == "csv":
        return [c for row in csv.reader(io.StringIO(data.decode("utf-8-sig"))) for c in row]
    book = openpyxl.load_workbook(io.BytesIO(data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    return [str(cell.value) for cell in cells if cell.value is not None]


def awake(cells):
    """Texts that a spreadsheet would take for a formula; numbers may begin with a sign."""
    return [c for c in cells if c.lstrip(" \"';,\u200b").startswith(SIGNS) and not is_safe(c)]


def is_safe(cell):
    return cell.startswith("'") or not cell.lstrip("+-").strip("0123456789.,%")


@pytest.mark.parametrize("form", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", TABLES)
def test_no_field_of_an_export_is_a_formula(hostile, kind, form):
    assert set(exporters) == set(TABLES), "a new table: name it here"
    boss = Member.objects.get(pk=hostile.east_supervisor.pk)
    is_whole = kind == "customers.customer"  # with its people, in a row for each text
    job = actions.export(kind=kind, by=boss, form=form, with_contacts=is_whole)
    if is_whole:
        actions.consent(job, by=Member.objects.get(pk=hostile.east_manager.pk))
    row = Outbox.objects.get(topic="files.export", sent_at=None)
    assert run(hostile.company.pk, row.pk, row.tries)
    job.refresh_from_db()
    cells = cells_of((actions.exports.folder() / job.stored).read_bytes(), form)
    assert awake(cells) == []
    assert sum("cmd|" in cell for cell in cells) > (5 * len(TEXTS) if is_whole else 1)
    if form == "csv" and is_whole:
        back = {unescape_formula(cell).strip() for cell in cells}
        for names in (Customer.objects.filter(owner=hostile.east_rep), Contact.objects.all()):
            assert {name.strip() for name in names.values_list("name", flat=True)} <= back


def test_the_rows_that_failed_come_back_harmless(acme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    job = world.build(acme).job
    ImportRow.objects.filter(job=job).delete()
    for number, text in enumerate(TEXTS):
        ImportRow.objects.create(
            job=job, row_no=number + 2, state="failed", data={"name": text, "city": text},
            messages=[{"text": text}],
        )  # fmt: skip
    answer = client_of(acme.east_rep).get(f"/files/imports/{job.pk}/failed/")
    cells = cells_of(answer.content, "csv")
    assert awake(cells) == []
    assert sum("cmd|" in cell for cell in cells) == 3 * len(TEXTS)


def test_the_twin_a_formula_would_be_noticed():
    assert awake(TEXTS) == TEXTS
    assert awake([f"'{text}" for text in TEXTS]) == []
    assert awake(["-5", "+8613800138000", "-1,286.00"]) == []
