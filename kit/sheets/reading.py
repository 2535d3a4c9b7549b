"""Reading an uploaded table: cells become text, faults a sentence with row and column."""

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from pathlib import PurePath

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from kit.sheets.archive import Unsafe, check_xlsx
from kit.sheets.writing import unescape_formula

MAX_BYTES = 50 * 2**20
MAX_ROWS = 50_000
MAX_COLUMNS = 100
MAX_CELL = 2_000  # characters
EXACT = 10**15  # a spreadsheet keeps fifteen digits of a number

TEXT_FILES = {".csv", ".txt", ".tsv"}
EXCEL_FILES = {".xlsx", ".xls"}
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")

Rows = Iterable[tuple[int, list[object]]]


class SheetError(ValueError):
    """Why a file cannot be read, in words; `row` and `column` from 1, None for the whole file."""

    def __init__(
        self, message: str | Promise, row: int | None = None, column: int | None = None
    ) -> None:
        super().__init__(message)
        self.message, self.row, self.column = message, row, column

    def __str__(self) -> str:
        place = {"row": self.row, "column": self.column}
        words = str(self.message)
        if self.row and self.column:
            words = gettext("Row %(row)d, column %(column)d:") % place + f" {words}"
        elif self.row:
            words = gettext("Row %(row)d:") % place + f" {words}"
        return words


@dataclass(frozen=True)
class Table:
    """The header and (row number in the file, cells) for each row that is not empty.

    Each row has as many cells as the header. `rows` can be walked once and raises SheetError on
    the way.
    """

    header: list[str]
    rows: Iterator[tuple[int, list[str]]]


def read_table(data: bytes, filename: str) -> Table:
    """The first table of a csv, txt, tsv, xlsx or xls file; SheetError when it cannot be had.

    The first row that is not empty is the header: no gaps, no name twice. Cells are trimmed text,
    numbers without a trailing .0, days as 2026-11-21; an apostrophe that `escape_formula` put in
    front is removed.
    """
    suffix = PurePath(filename).suffix.lower()
    if suffix not in TEXT_FILES | EXCEL_FILES:
        raise SheetError(_("Only csv, txt, xlsx and xls files can be read."))
    if len(data) > MAX_BYTES:
        raise SheetError(_("The file is larger than 50 MB."))
    if data.startswith((ZIP, OLE)):
        raw = _excel_rows(data)
    elif suffix in EXCEL_FILES:
        raise SheetError(_("This is not an Excel workbook. Open it and save it as .xlsx."))
    else:
        raw = _text_rows(_decode(data))
    rows = _filled(raw)
    for number, cells in rows:
        header = _header(number, cells)
        return Table(header, _body(rows, len(header)))
    raise SheetError(_("The file is empty."))


def _filled(raw: Rows) -> Iterator[tuple[int, list[str]]]:
    """Rows with something in them, as text, without the empty cells at their end."""
    for index, (number, cells) in enumerate(raw):
        if index > MAX_ROWS:
            raise SheetError(_("More than 50,000 rows: split the file."), number)
        texts = [_text(cell, number, column) for column, cell in enumerate(cells, 1)]
        while texts and not texts[-1]:
            texts.pop()
        if len(texts) > MAX_COLUMNS:
            raise SheetError(_("More than 100 columns."), number, MAX_COLUMNS + 1)
        if texts:
            yield number, texts


def _header(number: int, cells: list[str]) -> list[str]:
    seen: set[str] = set()
    for column, name in enumerate(cells, 1):
        if not name:
            raise SheetError(_("This column has no heading."), number, column)
        if name in seen:
            raise SheetError(
                gettext("Two columns are called “%(name)s”.") % {"name": name}, number, column
            )
        seen.add(name)
    return cells


def _body(rows: Iterator[tuple[int, list[str]]], width: int) -> Iterator[tuple[int, list[str]]]:
    for number, cells in rows:
        if len(cells) > width:
            raise SheetError(_("There is a cell here but no heading above it."), number, width + 1)
        yield number, cells + [""] * (width - len(cells))


def _text(cell: object, row: int, column: int) -> str:
    if isinstance(cell, str):
        text = cell.strip()
    elif isinstance(cell, bool):
        text = "TRUE" if cell else "FALSE"
    elif isinstance(cell, int | float):
        return _number(cell, row, column)
    elif isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat(" ")
    elif isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    else:
        text = "" if cell is None else str(cell)
    if len(text) > MAX_CELL:
        raise SheetError(_("The cell has more than 2,000 characters."), row, column)
    if CONTROL.search(text):
        raise SheetError(_("The cell holds characters that cannot be stored."), row, column)
    return unescape_formula(text)


def _number(value: float, row: int, column: int) -> str:
    if not abs(value) < EXACT:  # also NaN
        raise SheetError(
            _("The number lost all digits after the fifteenth: format the cell as text."),
            row,
            column,
        )
    number = Decimal(format(value, ".15g"))
    text = format(number, "f")
    return "0" if not number else text.rstrip("0").rstrip(".") if "." in text else text


# --- text files ---------------------------------------------------------------------------------


def _decode(data: bytes) -> str:
    """UTF-8 with or without mark, UTF-16 with mark, else GB18030; strictly."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decoded(data, "utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # a marked file, or one that is UTF-8 up to its cut end, would read as nonsense in GB18030
        if data.startswith(b"\xef\xbb\xbf") or _cut(data, error):
            raise SheetError(_("The file is damaged or incomplete.")) from None
    return _decoded(data, "gb18030")


def _decoded(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1 if encoding == "gb18030" else None
        raise SheetError(
            _("The text is neither UTF-8 nor GB18030. Save it as CSV UTF-8."), row
        ) from None


def _cut(data: bytes, error: UnicodeDecodeError) -> bool:
    whole = data[: error.start]
    return error.reason == "unexpected end of data" and not whole.isascii()


def _text_rows(text: str) -> Rows:
    if "\x00" in text:
        raise SheetError(
            _("The cell holds characters that cannot be stored."),
            text.count("\n", 0, text.index("\x00")) + 1,
        )
    first = next((line for line in io.StringIO(text) if line.strip()), "")
    unquoted = re.sub(r'"[^"]*"', "", first)
    delimiter = max(",;\t", key=unquoted.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, 1):
            yield number, cells
    except csv.Error:
        raise SheetError(_("The quotation marks do not match."), number + 1) from None


# --- workbooks ----------------------------------------------------------------------------------


def _excel_rows(data: bytes) -> Rows:
    if data.startswith(ZIP):
        try:
            check_xlsx(data, cells=(MAX_ROWS + 1) * MAX_COLUMNS)
        except Unsafe as unsafe:
            raise SheetError(unsafe.message) from None
    with _readable():
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [
            sheet.name
            for sheet in book.sheets_metadata
            if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
        ]
        sheet = book.get_sheet_by_name(names[0]) if names else None
    rows = sheet.iter_rows() if sheet else iter(())
    for number in count(1):
        with _readable():
            cells = next(rows, None)
        if cells is None:
            return
        yield number, cells


@contextmanager
def _readable() -> Iterator[None]:
    damaged = _("The workbook is damaged. Open it and save it again as .xlsx.")
    try:
        yield
    except (CalamineError, OSError, ValueError, OverflowError) as error:
        raise SheetError(damaged) from error
    except BaseException as error:
        # a panic inside the reader is not even an Exception, and its class cannot be imported
        if type(error).__name__ != "PanicException":
            raise
        raise SheetError(damaged) from error
