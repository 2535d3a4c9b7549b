"""T16.1: the reader's mark on pages, drafts and tables; a company may switch it off."""

import io
from datetime import date

import openpyxl
from django.db.backends.postgresql.psycopg_any import DateRange
from pypdf import PdfReader

from contracts import prints
from contracts.models import Contract
from kit.sheets import write_xlsx
from org.mark import mark_of
from tenancy.models import Param
from tests.access import samples
from tests.conftest import client_of


def test_name_the_last_digits_and_the_time(acme):
    acme.director.user.mobile = "13812349876"
    assert mark_of(acme.director).startswith("acme.director 9876 20")
    acme.director.user.mobile = None
    assert mark_of(acme.director).startswith("acme.director director 20")


def test_pages_bear_it_and_are_not_in_anybodys_way(acme):
    text = client_of(acme.director).get("/customers/").content.decode()
    assert '<svg class="so-mark" aria-hidden="true"' in text
    assert "acme.director director 20" in text
    assert "style=" not in text[text.index("so-mark") :]
    always = DateRange(date(2024, 1, 1), None)
    Param.objects.create(key="org.watermark", value=0, during=always)
    acme.company.refresh_from_db()
    assert "so-mark" not in client_of(acme.finance).get("/customers/").content.decode()


def test_drafts_bear_it_and_the_signed_contract_does_not(acme):
    contract = samples.build(acme)[Contract]

    def text():
        pages = PdfReader(io.BytesIO(prints.pdf(contract, "何立群 9876 2026-11-22 11:05"))).pages
        return "".join(page.extract_text() for page in pages)

    assert "何立群 9876" in text()
    contract.status = "signed"
    assert "何立群" not in text()


def test_tables_bear_it(acme):
    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(["a"], [[1]], watermark="何立群 & 9876")))
    assert "何立群 && 9876" in book.active.oddHeader.right.text
    assert "何立群 && 9876" in book.active.oddFooter.left.text
