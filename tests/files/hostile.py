"""Files that people with bad intent, or bad luck, attach: (name, bytes) by what is odd."""

import io
import zipfile
import zlib

from PIL import Image

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
EXE = b"MZ\x90\x00" + b"\0" * 60
SANE = b'<?xml version="1.0"?><Types/>'


def picture(kind="PNG", size=(40, 30), **more):
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **more)
    return out.getvalue()


def located():
    """A photo that tells where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (31.0, 14.0, 5.0), 3: "E", 4: (121.0, 28.0, 9.0)})
    exif[0x010F] = "SECRETPHONE"
    return picture("JPEG", exif=exif, comment=b"SECRETCOMMENT")


def package(part, **entries):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in {"[Content_Types].xml": SANE, part: SANE, **entries}.items():
            file.writestr(name, data)
    return out.getvalue()


def bomb_png(side=60_000):
    """A picture that says it is far larger than its bytes."""

    def chunk(kind, data):
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    rows = zlib.compress(b"\0" * 10_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf(words=b"hello"):
    """The smallest book of one page."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 300]>>",
    ]
    out, places = b"%PDF-1.4\n%" + words + b"\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj%sendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    tail = b"xref\n0 4\n0000000000 65535 f \n%s"
    tail += b"trailer<</Size 4/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return out + tail % (table, len(out))


GOOD = {
    "pdf": ("合同.pdf", pdf()),
    "png": ("图.png", picture()),
    "jpg": ("照片.JPG", picture("JPEG")),
    "jpeg": ("照片.jpeg", picture("JPEG", (30, 40))),
    "xlsx": ("表.xlsx", package("xl/workbook.xml")),
    "docx": ("文.docx", package("word/document.xml")),
    "txt": ("说明.txt", "付款说明".encode()),
    "txt of GBK": ("说明.txt", "付款说明，货到付款".encode("gb18030")),
}

REFUSED = {
    "svg": ("x.svg", SVG),
    "svg as png": ("x.png", SVG),
    "svg as jpg": ("x.jpg", SVG),
    "svg after a space": ("x.svg ", SVG),
    "html": ("x.html", HTML),
    "htm": ("x.htm", HTML),
    "xhtml": ("x.xhtml", HTML),
    "html as jpg": ("x.jpg", HTML),
    "html as png": ("x.png", HTML),
    "html as pdf": ("x.pdf", HTML),
    "html as xlsx": ("x.xlsx", HTML),
    "html as docx": ("x.docx", HTML),
    "js": ("x.js", b"alert(1)"),
    "xml": ("x.xml", b"<?xml version='1.0'?><x/>"),
    "php": ("x.php", b"<?php phpinfo();"),
    "pHp": ("x.pHp", b"<?php phpinfo();"),
    "php behind jpg": ("x.jpg.php", picture("JPEG")),
    "phtml": ("x.phtml", b"<?php"),
    "php as jpg": ("x.php.jpg", b"<?php phpinfo();"),
    "exe": ("x.exe", EXE),
    "exe as pdf": ("x.pdf", EXE),
    "exe as txt": ("x.txt", EXE),
    "script": ("x.sh", b"#!/bin/sh\nid"),
    "bat": ("x.bat", b"@echo off"),
    "hta": ("x.hta", HTML),
    "lnk": ("x.lnk", b"L\0\0\0"),
    "swf": ("x.swf", b"FWS\x09"),
    "gif": ("x.gif", b"GIF89a" + b"\0" * 20),
    "gif as png": ("x.png", b"GIF89a" + b"\0" * 20),
    "webp as jpg": ("x.jpg", b"RIFF\0\0\0\0WEBP"),
    "bmp": ("x.bmp", b"BM" + b"\0" * 60),
    "tiff as jpg": ("x.jpg", b"II*\0" + b"\0" * 60),
    "no ending": ("x", b"hello"),
    "only an ending": (".pdf", b"hello"),
    "dot at the end": ("x.pdf.", pdf()),
    "full-width ending": ("x．pdf", pdf()),
    "alternate stream": ("x.pdf::$DATA", pdf()),
    "bare pdf mark": ("x.pdf", b"%PDF-1.7"),
    "pdf behind rubbish": ("x.pdf", b"\0\0" + pdf()),
    "png cut short": ("x.png", picture()[:40]),
    "jpg cut short": ("x.jpg", picture("JPEG")[:30]),
    "png as jpg": ("x.jpg", picture()),
    "jpg as pdf": ("x.pdf", picture("JPEG")),
    "bomb of points": ("x.png", bomb_png()),
    "zip": ("x.zip", package("xl/workbook.xml")),
    "zip as docx": ("x.docx", package("a.txt")),
    "xlsx as docx": ("x.docx", package("xl/workbook.xml")),
    "jar as docx": ("x.docx", package("META-INF/MANIFEST.MF")),
    "zip bomb": ("x.xlsx", package("xl/workbook.xml", **{"xl/b.bin": b"\0" * 60_000_000})),
    "many entries": (
        "x.xlsx",
        package("xl/workbook.xml", **{f"xl/{n}": b"" for n in range(5001)}),
    ),
    "macros": ("x.xlsx", package("xl/workbook.xml", **{"xl/vbaProject.bin": b"x"})),
    "macro file": ("x.xlsm", package("xl/workbook.xml")),
    "way out of the package": ("x.docx", package("word/document.xml", **{"../../etc/x": b"x"})),
    "zip cut short": ("x.docx", package("word/document.xml")[:-40]),
    "utf-16 text": ("x.txt", "hello".encode("utf-16")),
    "NUL in text": ("x.txt", b"a\0b"),
    "escape in text": ("x.txt", b"\x1b]0;x\x07"),
    "ofd": ("x.ofd", package("OFD.xml")),
    "eml": ("x.eml", b"From: x"),
    "empty": ("x.txt", b""),
}

# taken, but harmless: what they try must not work
TAMED = {
    "picture with a page behind it": ("x.jpg", picture("JPEG") + HTML),
    "picture with a package behind it": ("x.png", picture() + package("word/document.xml")),
    "pdf that is a page too": ("x.pdf", pdf(HTML)),
    "html as txt": ("x.txt", HTML),
    "EICAR": (
        "x.txt",
        rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$"
        b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*",
    ),
    "entity in a workbook": (
        "x.xlsx",
        package("xl/workbook.xml", **{"xl/s.xml": b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>'}),
    ),
    "up and away": ("../../../../etc/cron.d/x.txt", b"hello"),
    "up in percent": ("..%2f..%2fetc%2fx.txt", b"hello"),
    "up with backslashes": ("..\\..\\windows\\x.txt", b"hello"),
    "from the root": ("/etc/passwd.txt", b"hello"),
    "name with NUL": ("x\0.php.txt", b"hello"),
    "line break in the name": ("x\r\nSet-Cookie: a=b.txt", b"hello"),
    "quote in the name": ('x"; filename="y.html.txt', b"hello"),
    "300 characters": ("长" * 300 + ".txt", b"hello"),
    "right to left": ("合同\u202etxt.exe.txt", b"hello"),
    "markup in the name": ("<img src=x onerror=alert(1)>.txt", b"hello"),
    "photo with a position": ("x.jpg", located()),
}
