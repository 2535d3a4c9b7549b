"""The look into an xlsx file before the reader opens it: nothing in it may grow beyond measure."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_UNPACKED = 200 * 2**20
MAX_RATIO = 100  # honest workbooks pack 5 to 40 times
SMALL = 10 * 2**20  # below this any ratio is harmless
MAX_FILES = 2_000
CHUNK = 2**18
LOCAL_HEADER = struct.Struct("<4s22xHH")


class Unsafe(ValueError):
    """Why the file is refused, in words."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message


def check_xlsx(data: bytes, *, cells: int) -> None:
    """Refuse (Unsafe) what is no workbook, holds macros, unpacks too large or spans too much.

    `cells` bounds rows × columns of a sheet: the reader reserves that rectangle, so that two
    cells in opposite corners would take all memory.
    """
    damaged = _("The workbook is damaged. Open it and save it again as .xlsx.")
    try:
        entries = zipfile.ZipFile(io.BytesIO(data)).infolist()
        _check_entries(entries, len(data))
        for entry in entries:
            chunks = _unpacked(data, entry)
            if entry.filename.lower().endswith((".xml", ".rels")):
                _Sheet(cells).read(chunks)
            else:
                for _chunk in chunks:
                    pass
    except (zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError) as error:
        raise Unsafe(damaged) from error
    except (ValueError, NotImplementedError, LookupError) as error:
        if isinstance(error, Unsafe):
            raise
        raise Unsafe(damaged) from error


def _check_entries(entries: list[zipfile.ZipInfo], packed: int) -> None:
    names = [entry.filename.lower() for entry in entries]
    unpacked = sum(entry.file_size for entry in entries)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unsafe(_("The workbook is protected by a password."))
    if any(name.endswith("vbaproject.bin") for name in names):
        raise Unsafe(_("Workbooks with macros are not accepted. Save it as .xlsx."))
    if "xl/workbook.xml" not in names or len(set(names)) != len(names):
        raise Unsafe(_("This is not an Excel workbook. Open it and save it as .xlsx."))
    if (
        len(entries) > MAX_FILES
        or unpacked > MAX_UNPACKED
        or unpacked > max(SMALL, packed * MAX_RATIO)
    ):
        raise Unsafe(_("The workbook unpacks to more data than is allowed."))


def _unpacked(data: bytes, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of an entry; BadZipFile when it is not exactly as long as the directory says.

    zipfile itself stops reading at the length it was promised, so it never notices a longer one.
    """
    mark, name, extra = LOCAL_HEADER.unpack_from(data, entry.header_offset)
    start = entry.header_offset + LOCAL_HEADER.size + name + extra
    packed = memoryview(data)[start : start + entry.compress_size]
    if mark != b"PK\x03\x04" or len(packed) != entry.compress_size:
        raise zipfile.BadZipFile(entry.filename)
    if entry.compress_type == zipfile.ZIP_STORED:
        chunks = (bytes(packed[i : i + CHUNK]) for i in range(0, len(packed), CHUNK))
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        chunks = _inflated(packed)
    else:
        raise zipfile.BadZipFile(entry.filename)
    length = 0
    for chunk in chunks:
        length += len(chunk)
        if length > entry.file_size:
            raise zipfile.BadZipFile(entry.filename)
        yield chunk
    if length != entry.file_size:
        raise zipfile.BadZipFile(entry.filename)


def _inflated(packed: memoryview) -> Iterator[bytes]:
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    rest: bytes | memoryview = packed
    while not stream.eof:
        chunk = stream.decompress(rest, CHUNK)
        rest = stream.unconsumed_tail
        if not chunk and not stream.eof:
            raise zlib.error("cut")
        yield chunk


class _Sheet:
    """One pass over the XML: well formed, no document type, cells in a small rectangle."""

    def __init__(self, cells: int) -> None:
        self.limit = cells
        self.here = self.widest = (0, 0)

    def read(self, chunks: Iterator[bytes]) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self.start
        parser.StartDoctypeDeclHandler = self.refuse
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)

    def refuse(self, *_rest: object) -> None:
        raise Unsafe(_("The workbook is damaged. Open it and save it again as .xlsx."))

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        row, column = self.here
        if tag == "row":
            self.here = (int(attributes.get("r", row + 1)), 0)
        elif tag == "c" and row:
            place = attributes.get("r", "")
            digits = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            letters = place[: len(place) - len(digits)]
            self.here = (int(digits or row), _column(letters) if letters else column + 1)
        elif tag in {"v", "is", "f"} and row:
            # only cells with something in them count: whole empty columns are often painted
            self.widest = rows, columns = (max(self.widest[0], row), max(self.widest[1], column))
            if rows * columns > self.limit:
                raise Unsafe(_("The sheet spans more than 50,000 rows or 100 columns."))


def _column(letters: str) -> int:
    number = 0
    for letter in letters[:6]:
        number = number * 26 + ord(letter) - 64
    return number
