"""Writing tables for spreadsheets: no text of ours may wake up as a formula in somebody's Excel."""

import csv
import datetime as dt
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal

import xlsxwriter

Cell = str | int | float | Decimal | dt.date | dt.datetime | None

BOM = "\ufeff"
MAX_TEXT = 32_767  # longer text would be dropped by the xlsx writer without a word
EXACT_DIGITS = 15
# what a spreadsheet may skip, or cut off as another separator, before it sees a formula
SKIPPED = " \t\r\n\v\f\x00\u00a0\u2000-\u200f\u2028\u2029\u202a-\u202e\u2060\u3000\ufeff\"';,"
LEAD = re.compile(rf"[{SKIPPED}]*[=+\-@]|[\t\r\n\x00]")
NUMBER = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?%?")
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def escape_formula(text: str) -> str:
    """The text, after an apostrophe when a spreadsheet might run it; numbers like -5 stay."""
    if NUMBER.fullmatch(text):
        return text
    return f"'{text}" if LEAD.match(unicodedata.normalize("NFKC", text[:200])) else text


def unescape_formula(text: str) -> str:
    """What `escape_formula` was given: rows taken away can be mended and brought back."""
    return text[1:] if text.startswith("'") and escape_formula(text[1:]) == text else text


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A csv file in UTF-8 with mark, as Excel expects it; all text quoted.

    Moments are written as they stand: bring them into the company's zone first.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow([_plain(cell) for cell in header])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    return (BOM + out.getvalue()).encode()


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    if isinstance(cell, dt.date):
        return cell.isoformat()
    if isinstance(cell, int | float):
        return str(cell)
    return escape_formula(UNWRITABLE.sub("", str(cell)))


def write_xlsx(
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    sheet: str = "Sheet1",
    watermark: str = "",
) -> bytes:
    """An xlsx file with one sheet; numbers and days are real ones, text never a formula or a link.

    `watermark` goes into header and footer. More than 15 digits become text, for a spreadsheet
    would round them. Moments are written as they stand, without their zone.
    """
    out = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
    }
    with xlsxwriter.Workbook(out, options) as book:
        page = book.add_worksheet(sheet)
        bold = book.add_format({"bold": True})
        formats = {
            Decimal: book.add_format({"num_format": "#,##0.00"}),
            dt.datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        page.freeze_panes(1, 0)
        if watermark:
            words = watermark.replace("&", "&&")[:200]
            page.set_header(f"&R{words}")
            page.set_footer(f"&L{words}&R&P / &N")
        for column, cell in enumerate(header):
            page.write_string(0, column, _shown(cell), bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                _put(page, number, column, cell, formats)
    return out.getvalue()


def _put(page: object, row: int, column: int, cell: Cell, formats: dict) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, Decimal | int) and len(Decimal(cell).as_tuple().digits) > EXACT_DIGITS:
        page.write_string(row, column, _plain(cell))
    elif isinstance(cell, int | float | Decimal):
        page.write_number(row, column, cell, formats.get(type(cell)))
    elif isinstance(cell, dt.datetime):
        page.write_datetime(row, column, cell.replace(tzinfo=None), formats[dt.datetime])
    elif isinstance(cell, dt.date):
        page.write_datetime(row, column, cell)
    else:
        page.write_string(row, column, _shown(cell))


def _shown(cell: object) -> str:
    return _plain(str(cell))[:MAX_TEXT]
