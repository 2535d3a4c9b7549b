"""The stream of changes: names of its pieces, their order, and whether each can be read."""

import re
import struct
import subprocess
import tempfile
from pathlib import Path

from salesops import services
from salesops.backup.folder import Broken, Folder

PIECE = 16 << 20
PAGE, PAGE_HEAD = 8192, 40
PARTIAL = ".partial"
NAME = re.compile(r"[0-9A-F]{24}")
PLACE = re.compile(r"\b([0-9A-F]+)/([0-9A-F]+)\b")


def number(name: str) -> int:
    """Place of a piece in its timeline."""
    return (int(name[8:16], 16) << 8) + int(name[16:24], 16)


def named(timeline: int, place: int) -> str:
    return f"{timeline:08X}{place >> 8:08X}{place & 0xFF:08X}"


def piece_of(timeline: int, position: str) -> str:
    """The piece that holds a position like 0/3000028."""
    high, low = position.split("/")
    return named(timeline, ((int(high, 16) << 32) + int(low, 16)) // PIECE)


def finished(folder: Folder) -> list[Path]:
    return sorted(path for path in folder.wal.glob("*") if NAME.fullmatch(path.name))


def growing(folder: Folder) -> Path | None:
    found = sorted(folder.wal.glob(f"*{PARTIAL}"))
    return found[-1] if found else None


def gap(folder: Folder, first: str) -> Broken | None:
    """The first missing piece from `first` on."""
    there = [path.name for path in finished(folder) if path.name >= first]
    partial = growing(folder)
    if partial is not None and partial.name[:24] not in there:
        there.append(partial.name[:24])
    for place, name in enumerate(there or [""]):
        wanted = named(int(first[:8], 16), number(first) + place)
        if name != wanted:
            return Broken(folder.wal / wanted, "it is missing")
    return None


def read_through(pieces: list[Path]) -> Broken | None:
    """Decode records, each of which carries its own checksum, up to where nothing was written yet.

    A finished piece has to be readable to its end; after the last record of the last piece
    nothing may stand but the beginning of one that had not arrived whole.
    """
    if not pieces:
        return None
    with tempfile.TemporaryDirectory() as place:
        for path in pieces:
            copy = Path(place) / path.name[:24]
            if path.name.endswith(PARTIAL):  # it grows: look at one state of it
                copy.write_bytes(path.read_bytes())
            else:
                copy.symlink_to(path)
        first, last = pieces[0].name[:24], pieces[-1]
        done = subprocess.run(
            [services.pg("pg_waldump"), "-q", "-p", place, first, last.name[:24]],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode == 0:
            return None
        # the last position named is where reading stopped
        high, low = (PLACE.findall(done.stderr) or [("0", "0")])[-1]
        end = (int(high, 16) << 32) + int(low, 16)
        where = next((path for path in pieces if number(path.name[:24]) == end // PIECE), pieces[0])
        if where != last:
            return Broken(where, "it cannot be read to its end")
        data = (Path(place) / last.name[:24]).read_bytes()
    return stray(last, data, end % PIECE)


def stray(path: Path, data: bytes, end: int) -> Broken | None:
    """What stands behind the last whole record."""
    rest = data[end:].rstrip(b"\0")
    if not rest:
        return None
    (length,) = struct.unpack_from("<I", data, end) if end + 4 <= len(data) else (0,)
    most = length + (length // PAGE + 2) * PAGE_HEAD
    if path.name.endswith(PARTIAL) and length >= 24 and len(rest) <= most:
        return None  # a record that was still arriving
    return Broken(path, "it cannot be read to its end")
