"""What a file really is, whatever its name says; pictures are drawn anew, also small."""

import io
import struct
import threading
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePath

import pypdfium2
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

MOST_PIXELS = 50_000_000
MOST_UNPACKED = 300 * 2**20
MOST_RATIO = 200
SMALL = 20 * 2**20  # below this any ratio is harmless
MOST_ENTRIES = 5_000
SIDE = 800  # of a small picture, in pixels: a page of A4 is read at the width of a phone
BROKEN = (OSError, ValueError, SyntaxError, EOFError, struct.error, zlib.error, IndexError)
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "txt": "text/plain",
}
OFFICE = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml"}
PICTURED = frozenset({"pdf", "png", "jpg"})
Image.MAX_IMAGE_PIXELS = None  # our own, lower limit is asked before anything is decoded
pdfium = threading.Lock()  # the library knows no threads


class Unwanted(ValueError):
    """Why a file is not taken, in words."""

    def __init__(self, message: str | Promise) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be kept: its kind (a key of TYPES) and the bytes to keep."""

    kind: str
    data: bytes


def look(data: bytes, name: str) -> Found:
    """The kind by content, which the name's ending must agree with; Unwanted otherwise."""
    ending = PurePath(name).suffix[1:].lower()
    said = "jpg" if ending == "jpeg" else ending
    if said not in TYPES:
        raise Unwanted(_("Only pdf, png, jpg, xlsx, docx and txt files are taken."))
    if not data:
        raise Unwanted(_("The file is empty."))
    if said not in kinds_of(data):
        raise Unwanted(_("The file is not what its name says, or it is damaged."))
    if said in OFFICE:
        _check_office(data, OFFICE[said])
    return Found(said, redrawn(data, said) if said in {"png", "jpg"} else data)


def kinds_of(data: bytes) -> frozenset[str]:
    """What the first bytes allow; text is what has no other mark and reads as letters."""
    if data.startswith(b"%PDF-"):
        return frozenset({"pdf"}) if b"startxref" in data else frozenset()
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return frozenset({"png"})
    if data.startswith(b"\xff\xd8\xff"):
        return frozenset({"jpg"})
    if data.startswith(b"PK\x03\x04"):
        return frozenset(OFFICE)
    return frozenset({"txt"}) if _is_text(data) else frozenset()


def _is_text(data: bytes) -> bool:
    if any(byte < 32 and byte not in b"\t\n\f\r" for byte in set(data)):
        return False
    for coding in ("utf-8", "gb18030"):
        try:
            data.decode(coding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def redrawn(data: bytes, kind: str) -> bytes:
    """The picture's points alone, upright: no position, no comment, nothing behind its end."""
    broken = _("The file is not what its name says, or it is damaged.")
    try:
        image = Image.open(io.BytesIO(data), formats=["PNG" if kind == "png" else "JPEG"])
        is_huge = image.width * image.height > MOST_PIXELS
        if not is_huge:
            image.load()
            image = ImageOps.exif_transpose(image)
            see_through = kind == "png" and image.has_transparency_data
            image = image.convert("RGBA" if see_through else "RGB")
    except BROKEN as error:
        raise Unwanted(broken) from error
    if is_huge:
        raise Unwanted(_("The picture has more than 50 million points."))
    image.info = {}
    out = io.BytesIO()
    if kind == "png":
        image.save(out, "PNG")
    else:
        image.save(out, "JPEG", quality=90)
    return out.getvalue()


def _check_office(data: bytes, part: str) -> None:
    """A package of the named part without macros that unpacks to a sane size."""
    broken = _("The file is not what its name says, or it is damaged.")
    try:
        package = zipfile.ZipFile(io.BytesIO(data))
        entries = package.infolist()
        names = [entry.filename for entry in entries]
        unpacked = sum(entry.file_size for entry in entries)
        if (
            len(entries) > MOST_ENTRIES
            or unpacked > MOST_UNPACKED
            or unpacked > max(SMALL, len(data) * MOST_RATIO)
        ):
            raise Unwanted(_("The file unpacks to more data than is allowed."))
        if any(name.lower().endswith("vbaproject.bin") for name in names):
            raise Unwanted(_("Files with macros are not taken."))
        odd = any(name.startswith("/") or ".." in name.split("/") for name in names)
        if odd or "[Content_Types].xml" not in names or part not in names:
            raise Unwanted(broken)
        if any(entry.flag_bits & 1 for entry in entries) or package.testzip():
            raise Unwanted(broken)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, *BROKEN) as error:
        if isinstance(error, Unwanted):
            raise
        raise Unwanted(broken) from error


def small_picture(data: bytes, kind: str) -> bytes | None:
    """A JPEG of the picture or of the first page; None when there is nothing to see."""
    try:
        image = _first_page(data) if kind == "pdf" else Image.open(io.BytesIO(data))
        image.thumbnail((SIDE, SIDE))
        image = image.convert("RGBA")
        paper = Image.new("RGB", image.size, "white")
        paper.paste(image, mask=image)
    except (pypdfium2.PdfiumError, *BROKEN):
        return None
    out = io.BytesIO()
    paper.save(out, "JPEG", quality=80)
    return out.getvalue()


def _first_page(data: bytes) -> Image.Image:
    with pdfium:
        book = pypdfium2.PdfDocument(data)
        try:
            page = book[0]
            longest = max(page.get_size()) or 1
            return page.render(scale=min(4, SIDE / longest)).to_pil().copy()
        finally:
            book.close()
