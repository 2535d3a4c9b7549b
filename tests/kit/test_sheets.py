"""Reading uploads and writing downloads."""

import csv
import datetime as dt
import io
import random
import time
import zipfile
import zlib
from decimal import Decimal

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from kit.sheets import (
    SheetError,
    escape_formula,
    read_table,
    unescape_formula,
    write_csv,
    write_xlsx,
)
from kit.sheets import reading as r

SIMPLE = "客户名称,电话\r\n明远,13800138000\r\n"
EXPECTED = (["客户名称", "电话"], [(2, ["明远", "13800138000"])])


def empty_parts():
    """The parts of a workbook as the writer makes them."""
    with zipfile.ZipFile(io.BytesIO(write_xlsx([], []))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


PARTS = empty_parts()


def read(data, name="a.csv"):
    table = read_table(data, name)
    return table.header, list(table.rows)


def packed(**parts):
    """A zip of the named parts, deflated."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(cells, **more):
    """A hand-made workbook around the inside of <sheetData>."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{cells}</sheetData></worksheet>"
    )
    return packed(**{**PARTS, "xl/worksheets/sheet1.xml": sheet, **more})


def cell(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


GOOD = workbook(
    f'<row r="1">{cell("A1", "客户名称")}{cell("B1", "电话")}</row>'
    f'<row r="2">{cell("A2", "明远")}<c r="B2"><v>13800138000</v></c></row>'
)


@pytest.mark.parametrize(
    "data",
    [
        SIMPLE.encode(),
        SIMPLE.encode("utf-8-sig"),
        SIMPLE.encode("utf-16"),
        b"\xfe\xff" + SIMPLE.encode("utf-16-be"),
        SIMPLE.encode("gb18030"),
        SIMPLE.replace(",", ";").encode(),
        SIMPLE.replace(",", "\t").encode("gb18030"),
        SIMPLE.replace("\r\n", "\r").encode(),
        SIMPLE.replace("明远", ' "明远"').replace(' "', '"　').encode(),
        ("客户名称,电话,,\n明远,13800138000,,\n,,,\n").encode(),
    ],
)
def test_text_files_are_read_in_every_usual_encoding_and_separator(data):
    assert read(data) == EXPECTED


def test_workbooks_are_read_by_their_content_whatever_their_name():
    assert read(GOOD, "a.xlsx") == read(GOOD, "A.XLS") == read(GOOD, "a.csv") == EXPECTED


def test_row_numbers_are_those_of_the_file():
    assert read(b"\n\na,b\n\n1,2\n\n3\n") == (["a", "b"], [(5, ["1", "2"]), (7, ["3", ""])])
    late = workbook(
        f'<row r="3">{cell("B3", "a")}{cell("A3", "n")}</row><row r="6">{cell("A6", "1")}</row>'
    )
    assert read(late, "a.xlsx") == (["n", "a"], [(6, ["1", ""])])


def test_cells_of_a_workbook_become_plain_text():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        page = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for column in range(9):
            page.write(0, column, f"c{column}")
        for column, value in enumerate(["  a ", 5.0, 0.1 + 0.2, -5, True, 1e14]):
            page.write(1, column, value)
        page.write_datetime(1, 6, dt.datetime(2026, 11, 21), day)  # noqa: DTZ001
        page.write_datetime(1, 7, dt.datetime(2026, 11, 21, 8, 30), moment)  # noqa: DTZ001
        page.write_number(1, 8, 2958465, day)
    row = ["a", "5", "0.3", "-5", "TRUE", "100000000000000", "2026-11-21", "2026-11-21 08:30:00"]
    assert read(out.getvalue(), "a.xlsx")[1] == [(2, [*row, "9999-12-31"])]


def test_only_the_first_visible_sheet_is_read():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        hidden, shown = book.add_worksheet("h"), book.add_worksheet("s")
        hidden.write(0, 0, "secret")
        hidden.hide()
        shown.activate()
        shown.write(0, 0, "open")
    assert read(out.getvalue(), "a.xlsx")[0] == ["open"]


@pytest.mark.parametrize(
    ("data", "row", "column"),
    [
        (b"a,,c\n1,2,3\n", 1, 2),
        (b"a,b,a\n1,2,3\n", 1, 3),
        (b"a,b\n1,2\n1,2,3\n", 3, 3),
        (b"a,b\n1," + b"x" * 2001 + b"\n", 2, 2),
        (b"a,b\n1,\x07\n", 2, 2),
        (b"a,b\n1,\x00\n", 2, None),
        (b'a,b\n"1"x,2\n', 2, None),
        (b'a,b\n1,2\n"1,2\n', 3, None),
        (b"a\n" * 50_002, 50_002, None),
        (",".join(map(str, range(101))).encode(), 1, 101),
        ("中文,a\n".encode("gb18030") + b"\xff\xff\n", 2, None),
    ],
)
def test_faults_name_their_row_and_column(data, row, column):
    with pytest.raises(SheetError) as caught:
        read(data)
    assert (caught.value.row, caught.value.column) == (row, column)
    assert str(caught.value)


def test_fifty_thousand_rows_are_not_too_many():
    assert len(read(b"a\n" + b"x\n" * 50_000)[1]) == 50_000


def test_a_number_that_lost_digits_is_refused_where_it_stands():
    data = workbook(
        f'<row r="1">{cell("A1", "税号")}</row><row r="2">'
        '<c r="A2"><v>913501000001000043</v></c></row>'
    )
    with pytest.raises(SheetError) as caught:
        read(data, "a.xlsx")
    assert (caught.value.row, caught.value.column) == (2, 1)


def lying_zip():
    """The directory promises ten bytes where ten million come out."""
    real = packed(**{**PARTS, "xl/worksheets/sheet1.xml": b"<a>" + b" " * 10**7 + b"</a>"})
    size = (10**7 + 7).to_bytes(4, "little")
    crc = zlib.crc32(b"<a>       ").to_bytes(4, "little")
    old = zlib.crc32(b"<a>" + b" " * 10**7 + b"</a>").to_bytes(4, "little")
    return real.replace(size, (10).to_bytes(4, "little")).replace(old, crc)


def corpus():
    """(name, bytes) of malformed or hostile files."""
    rows = "".join(f'<row r="{i}">{cell(f"A{i}", i)}</row>' for i in range(1, 4))
    across = "".join(cell(f"{a}{b}1", 1) for a in "ABCDEFGH" for b in "ABCDEFGHIJKLMNOP")
    head = f'<row r="1">{cell("A1", "a")}</row>'
    bom = b"\xef\xbb\xbf"
    yield from [
        ("empty.csv", b""),
        ("blank.csv", b"\r\n \r\n,,,\r\n"),
        ("bom-only.csv", bom),
        ("utf16-odd.csv", SIMPLE.encode("utf-16")[:-1]),
        ("utf16-nobom.csv", "a,b\n1,2\n".encode("utf-16-le")),
        ("utf32.csv", SIMPLE.encode("utf-32")),
        ("bom-gbk.csv", bom + SIMPLE.encode("gb18030")),
        ("cut-utf8-later.csv", ("客户,a\n明远,b\n" * 9 + "客").encode()[:-1]),
        ("surrogate.csv", b"a,b\n\xed\xa0\x80,2\n"),
        ("latin1.csv", "a,b\nGr\xfc\xdfe \xff,2\n".encode("latin-1")),
        ("nul.csv", b"a,b\n\x001,2\n"),
        ("all-nul.csv", b"\x00" * 10**6),
        ("control.csv", b"a,b\n1,\x1b[31m\n"),
        ("big-cell.csv", b"a\n" + b"x" * 10**7),
        ("open-quote.csv", b'a,b\n"' + b"1,2\n" * 10**6),
        ("wide.csv", b"," * 10**6 + b"x"),
        ("wide-header.csv", ",".join(map(str, range(10**6))).encode()),
        ("long.csv", b"a\n" * 10**6),
        ("quotes.csv", b'"""""""a\n'),
        ("same.csv", b"a,a\n1,2\n"),
        ("gap.csv", b"a,,b\n1,2,3\n"),
        ("over.csv", b"a\n1,2\n"),
        ("exe.csv", b"MZ\x90\x00" + bytes(range(256)) * 99),
        ("png.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256))),
        ("a.exe", SIMPLE.encode()),
        ("none", SIMPLE.encode()),
        ("../../a.pdf", b"%PDF-1.7"),
        ("large.csv", b"a" * (50 * 2**20 + 1)),
        ("html.xls", b"<html><table><tr><td>a</td></tr></table></html>"),
        ("text.xlsx", SIMPLE.encode()),
        ("ole.xls", r.OLE + b"\x00" * 5000),
        ("ole-short.xls", r.OLE),
        ("ole-ff.xls", r.OLE + b"\xff" * 5000),
        ("zip-head.xlsx", b"PK\x03\x04"),
        ("zip-empty.xlsx", packed()),
        ("zip-other.xlsx", packed(**{"a.txt": "x"})),
        ("cut.xlsx", GOOD[: len(GOOD) // 2]),
        ("cut-end.xlsx", GOOD[:-10]),
        ("bomb.xlsx", workbook("", **{"xl/media/a.bin": b"\x00" * 10**8})),
        (
            "bomb-xml.xlsx",
            workbook(head, **{"xl/sharedStrings.xml": b"<a>" + b" " * 10**8 + b"</a>"}),
        ),
        ("liar.xlsx", lying_zip()),
        ("many.xlsx", workbook("", **{f"xl/x{i}": "" for i in range(2001)})),
        ("macro.xlsm", workbook(rows, **{"xl/vbaProject.bin": b"x"})),
        ("macro.xlsx", workbook(rows, **{"xl/vbaProject.bin": b"x"})),
        ("corners.xlsx", workbook(head + f'<row r="1048576">{cell("XFD1048576", 1)}</row>')),
        ("corner-row.xlsx", workbook('<row r="1048576"><c><v>1</v></c></row>')),
        ("beyond.xlsx", workbook(head + f'<row r="2">{cell("ZZZZZZZ2", 1)}</row>')),
        ("row-text.xlsx", workbook(f'<row r="x">{cell("A1", 1)}</row>')),
        ("row-huge.xlsx", workbook(f'<row r="{"9" * 5000}">{cell("A1", 1)}</row>')),
        (
            "wide.xlsx",
            workbook(f'<row r="1">{across}</row>'),
        ),
        ("huge-number.xlsx", workbook(head + '<row r="2"><c r="A2"><v>1e308</v></c></row>')),
        ("nan.xlsx", workbook(head + '<row r="2"><c r="A2"><v>NaN</v></c></row>')),
        ("string-index.xlsx", workbook(head + '<row r="2"><c r="A2" t="s"><v>99</v></c></row>')),
        ("big-cell.xlsx", workbook(f'<row r="1">{cell("A1", "x" * 10**7)}</row>')),
        ("bell.xlsx", workbook(f'<row r="1">{cell("A1", "_x0007_")}</row>')),
        ("unclosed.xlsx", workbook('<row r="1"><c r="A1">')),
        (
            "doctype.xlsx",
            workbook(
                rows,
                **{
                    "xl/styles.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
                },
            ),
        ),
        (
            "laughs.xlsx",
            workbook(
                rows,
                **{
                    "xl/styles.xml": '<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'
                },
            ),
        ),
        (
            "utf7.xlsx",
            workbook(rows, **{"xl/styles.xml": '<?xml version="1.0" encoding="x-none"?><a/>'}),
        ),
        ("no-sheet.xlsx", packed(**PARTS)),
        ("no-rels.xlsx", packed(**{"xl/workbook.xml": PARTS["xl/workbook.xml"]})),
        ("no-cells.xlsx", workbook("")),
        ("twins.xlsx", workbook(rows, **{"XL/worksheets/sheet1.xml": "<a/>"})),
    ]


BAD = list(corpus())


def words(data, name):
    """What the reader says against a file: "" when it takes it; any other exception passes."""
    try:
        read(data, name)
    except SheetError as error:
        return str(error) or "silent"
    return ""


@pytest.mark.parametrize(("name", "data"), BAD, ids=[name for name, _data in BAD])
def test_a_malformed_file_ends_in_words_and_nothing_else(name, data):
    assert words(data, name) not in {"", "silent"}


def damaged(seed):
    """A good file with up to thirty bytes changed and perhaps its end cut off."""
    dice = random.Random(seed)
    written = write_xlsx(["a", "b"], [["x", Decimal(5)], [None, dt.date(2026, 1, 1)]])
    text = SIMPLE.encode("gb18030") * 20
    name, good = dice.choice([("a.xlsx", GOOD), ("a.csv", text), ("a.xlsx", written)])
    data = bytearray(good)
    for _ in range(dice.randint(1, 30)):
        data[dice.randrange(len(data))] = dice.randrange(256)
    return name, bytes(data[: dice.randint(1, len(data))] if seed % 3 else data)


@pytest.mark.parametrize("seed", range(60))
def test_damaged_copies_of_good_files_never_raise_anything_else(seed):
    name, data = damaged(seed)
    begun = time.monotonic()
    assert words(data, name) != "silent"
    assert time.monotonic() - begun < 10


NAMES = st.sampled_from(["a.csv", "a.txt", "a.xlsx", "a.xls"])
HEADS = st.sampled_from([b"", b"PK\x03\x04", r.OLE, b"\xff\xfe", b"a,b\n"])


@given(st.binary(max_size=300), NAMES, HEADS)
def test_random_bytes_never_raise_anything_else(data, name, head):
    assert words(head + data, name) != "silent"


LEADS = ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "==", " =", '"=', ";=", "＝", "＋", "－", "＠"]


@pytest.mark.parametrize("lead", LEADS)
def test_no_text_becomes_a_formula(lead):
    text = f"{lead}1+1"
    assert escape_formula(text) == f"'{text}"
    assert unescape_formula(escape_formula(text)) == text
    data = write_csv([text], [[text], ["x"]])
    cells = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    # a NUL is dropped from every file, and what is left is harmless
    first = "1" if lead == "\0" else "'"
    assert [row[0][0] for row in cells] == [first, first, "x"]
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx([text], [[text]]))).active
    assert [c.data_type for row in sheet.iter_rows() for c in row] == ["s", "s"]
    assert all(c.value.startswith(first) for row in sheet.iter_rows() for c in row)


@pytest.mark.parametrize(
    "text", ["-5", "+8613800138000", "-1,286,000.00", "-12.5%", "a=b", "'quoted'", "", "明远"]
)
def test_numbers_and_harmless_text_stay_as_they_are(text):
    assert escape_formula(text) == unescape_formula(text) == text


def test_numbers_and_days_stay_numbers_and_days_in_a_workbook():
    rows = [
        [
            -5,
            Decimal("1286000.50"),
            dt.date(2026, 11, 21),
            None,
            True,
            "税号",
            Decimal("123456789012345678.00"),
        ]
    ]
    sheet = openpyxl.load_workbook(
        io.BytesIO(write_xlsx(list("abcdefg"), rows, watermark="张三 8000 & Co"))
    ).active
    values = [c.value for c in sheet[2]]
    assert values == [
        -5,
        1286000.5,
        dt.datetime(2026, 11, 21),  # noqa: DTZ001
        None,
        True,
        "税号",
        "123456789012345678.00",
    ]
    assert sheet.oddHeader.right.text == "张三 8000 && Co"


@pytest.mark.parametrize("write", [write_csv, write_xlsx])
def test_what_is_written_can_be_read_again(write):
    header = ["客户", "金额", "日期", "备注"]
    rows = [["=明远", Decimal("-5.00"), dt.date(2026, 11, 21), 'a"b, c'], ["b", 7, None, None]]
    name = "a.csv" if write is write_csv else "a.xlsx"
    amount = "-5.00" if write is write_csv else "-5"
    assert read(write(header, rows), name) == (
        header,
        [(2, ["=明远", amount, "2026-11-21", 'a"b, c']), (3, ["b", "7", "", ""])],
    )


def test_text_no_file_can_hold_is_cleaned_not_lost():
    text = "a\x00b\x07c\ud800d" + "x" * 40_000
    assert read(write_csv(["h"], [[text[:9]]]))[1] == [(2, ["abcdxxx"[: 9 - 3]])]
    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx(["h"], [[text]]))).active
    assert sheet["A2"].value == ("abcd" + "x" * 40_000)[:32_767]
