"""The pictures of README.md, from a running demo: `pictures.py ADDRESS LOGINS.json [FOLDER]`."""

import json
import shutil
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent / "pictures"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1440, "height": 1000}
FOLDER = 3  # place of the argument
MOST = 200_000  # bytes of one picture
FEWER = bytes(min(255, round(value / 4) * 4) for value in range(256))
PAETH = 4

FIRST_ROW = ".so-rowcard-title a >> visible=true"
FIRST_LINE = "main .so-table tbody a >> visible=true"
# name: (size, whose page, the way there: addresses and what is clicked)
PICTURES = {
    "rep": (PHONE, "销售代表", ["/"]),
    "approval": (PHONE, "区域销售经理", ["/approvals/", FIRST_ROW]),
    "figures": (DESK, "销售总监", ["/figures/?period=year"]),
    "customer": (DESK, "销售主管", ["/customers/", FIRST_LINE]),
    "contract": (DESK, "销售总监", ["/contracts/?status=signed", FIRST_LINE]),
    "tree": (DESK, "公司管理员", ["/org/tree/"]),
}


def main() -> None:
    address, logins = sys.argv[1].rstrip("/"), json.loads(Path(sys.argv[2]).read_text("utf-8"))
    folder = Path(sys.argv[3]) if len(sys.argv) > FOLDER else HERE
    folder.mkdir(exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (size, post, steps) in PICTURES.items():
            page = opened(browser, size, address, logins, post)
            for step in steps:
                if step.startswith("/"):
                    page.goto(address + step)
                else:
                    page.click(step)
            keep(page, folder / f"{name}.png")
            page.context.close()
        browser.close()


def opened(browser: Browser, size: dict, address: str, logins: list, post: str) -> Page:
    """A page at which the first holder of a post has just logged in."""
    person = next(row for row in logins if row["role"] == post)
    page = browser.new_context(viewport=size, locale="zh-CN", reduced_motion="reduce").new_page()
    page.goto(f"{address}/accounts/login/")
    page.fill("[name=login]", person["login"])
    page.fill("[name=password]", person["password"])
    page.click("form:has([name=password]) button")
    page.wait_for_url(lambda url: "/accounts/login/" not in url)
    return page


def keep(page: Page, path: Path) -> None:
    page.wait_for_timeout(1000)  # the chart draws itself
    data = packed(page.screenshot())
    if len(data) > MOST:
        raise SystemExit(f"{path.name} has {len(data)} bytes: show less")
    path.write_bytes(data)


def packed(png: bytes) -> bytes:
    """The same picture in steps of four of each colour, packed as tightly as zlib can."""
    kept, body, at = [], b"", 8
    while at < len(png):
        (size,) = struct.unpack(">I", png[at : at + 4])
        tag, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + size]
        if tag == b"IDAT":
            body += data
        else:
            kept.append((tag, data))
        at += size + 12
    width, _, _, kind = struct.unpack(">IIBB", kept[0][1][:10])
    step = {2: 3, 6: 4}[kind]
    rows = b"".join(b"\0" + row.translate(FEWER) for row in plain(body, width * step, step))
    kept.insert(-1, (b"IDAT", zlib.compress(rows, 9)))
    return png[:8] + b"".join(
        struct.pack(">I", len(data)) + tag + data + struct.pack(">I", zlib.crc32(tag + data))
        for tag, data in kept
    )


def plain(body: bytes, width: int, step: int) -> Iterator[bytes]:
    """The rows of a picture, which PNG stores as differences to what stands left and above."""
    data, above = zlib.decompress(body), bytes(width)
    for start in range(0, len(data), width + 1):
        kind, row = data[start], bytearray(data[start + 1 : start + 1 + width])
        for i in range(width) if kind else ():
            left, corner = (row[i - step], above[i - step]) if i >= step else (0, 0)
            row[i] = (row[i] + guess(kind, left, above[i], corner)) & 255
        above = bytes(row)
        yield above


def guess(kind: int, left: int, up: int, corner: int) -> int:
    if kind < PAETH:
        return (0, left, up, (left + up) // 2)[kind]
    return min((left, up, corner), key=lambda value: abs(left + up - corner - value))


if __name__ == "__main__":
    main()
