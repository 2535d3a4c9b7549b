"""The backup folder: what lies where, what is known of it, and the copies of uploaded files.

Standard library only: the follower runs without Django.

    salesops.json           which cluster it belongs to
    base/TIME/              a copy of the database's files with PostgreSQL's own manifest
    base/TIME.json          what belongs to it: where its changes begin, checksums of all files
    wal/                    every change since the oldest base, as it was written
    wal.json                checksums of the finished pieces
    files/, files.jsonl     uploads, and the checksums of those that came since the last base
    audit-heads.jsonl       the published heads of the audit chains
"""

import contextlib
import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from salesops.supervisor import DATA, Refused

POINTER = DATA / "backup"  # names the folder that the follower writes to
MEDIA = DATA / "media"
HEADS = "audit-heads.jsonl"
SETTLED = 1.0  # seconds without a change after which a file counts as written
CHUNK = 1 << 20


class Broken(Exception):
    """A file of the backup that is not as it was written."""

    def __init__(self, file: str | Path, problem: str) -> None:
        super().__init__(f"{file}: {problem}")
        self.file, self.problem = str(file), problem


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, text: str) -> None:
    """All of it or nothing, also when the power goes."""
    half = path.with_name(f".{path.name}.part")
    half.unlink(missing_ok=True)
    half.touch(mode=0o600)
    with half.open("w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    half.rename(path)


def write_sealed(path: Path, body: dict[str, Any]) -> None:
    """JSON that notices when it was cut or changed."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False, indent=0)
    seal = hashlib.sha256(text.encode()).hexdigest()
    write_whole(path, json.dumps({"sha256": seal, "text": text}))


def read_sealed(path: Path) -> dict[str, Any]:
    try:
        outer = json.loads(path.read_text())
        text = outer["text"]
        if hashlib.sha256(text.encode()).hexdigest() != outer["sha256"]:
            raise Broken(path, "its checksum does not match")
        return json.loads(text)
    except FileNotFoundError:
        raise Broken(path, "it is missing") from None
    except (ValueError, KeyError, TypeError):
        raise Broken(path, "it was cut or changed") from None


def copy(source: Path, target: Path) -> tuple[int, str]:
    """Copy and hash in one reading; the copy appears when it is complete."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half, known, size = target.with_name(f".{target.name}.part"), hashlib.sha256(), 0
    with source.open("rb") as file, half.open("wb") as out:
        while block := file.read(CHUNK):
            known.update(block)
            size += out.write(block)
        out.flush()
        os.fsync(out.fileno())
    half.chmod(0o600)
    half.rename(target)
    return size, known.hexdigest()


class Folder:
    """One backup folder."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.identity, self.base, self.wal = (
            self.root / "salesops.json", self.root / "base", self.root / "wal"
        )  # fmt: skip
        self.wal_sums, self.files = self.root / "wal.json", self.root / "files"
        self.files_log, self.heads = self.root / "files.jsonl", self.root / HEADS

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """One writer of files at a time: the follower, or `backup`."""
        with (self.root / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def bases(self) -> list[Path]:
        """The complete ones, oldest first."""
        return sorted(self.base.glob("*.json"))

    def newest(self) -> dict[str, Any]:
        found = self.bases()
        return read_sealed(found[-1]) if found else {}

    def known_files(self) -> dict[str, list[Any]]:
        """Path to size, SHA-256 and time, of all files by the last base and of those since."""
        known = dict(self.newest().get("files", {}))
        known.update(self.later_files())
        return known

    def later_files(self) -> dict[str, list[Any]]:
        if not self.files_log.exists():
            return {}
        rows = self.files_log.read_text().split("\n")
        try:
            # the last line has its end
            known = {path: said for path, *said in map(json.loads, rows[:-1])}
        except (ValueError, TypeError):
            rows = ["cut"]
        if rows[-1]:
            raise Broken(self.files_log, "it was cut or changed")
        return known


class Files:
    """Follows the uploads: new ones are copied, folders that did not change are not read again."""

    def __init__(self, folder: Folder, media: Path = MEDIA) -> None:
        self.folder, self.media = folder, media
        self.seen: dict[Path, int] = {}
        self.known: dict[str, list[Any]] | None = None
        self.stamp = -1

    def follow(self) -> int:
        """Copy what is new and settled; returns how many files."""
        with self.folder.alone():
            self.reload()
            fresh = []
            for path in self.unseen(self.media):
                relative = path.relative_to(self.media).as_posix()
                info = path.stat()
                said = self.known.get(relative)
                if said and [said[0], said[2]] == [info.st_size, info.st_mtime_ns]:
                    continue
                size, sum_ = copy(path, self.folder.files / relative)
                self.known[relative] = [size, sum_, info.st_mtime_ns]
                fresh.append(json.dumps([relative, *self.known[relative]], ensure_ascii=False))
            if fresh:
                with self.folder.files_log.open("a") as log:
                    log.write("".join(f"{line}\n" for line in fresh))
                    log.flush()
                    os.fsync(log.fileno())
                self.stamp = self.folder.files_log.stat().st_mtime_ns
            return len(fresh)

    def reload(self) -> None:
        log = self.folder.files_log
        stamp = log.stat().st_mtime_ns if log.exists() else 0
        if self.known is None or stamp != self.stamp:
            self.known, self.stamp, self.seen = self.folder.known_files(), stamp, {}

    def unseen(self, place: Path) -> Iterator[Path]:
        """Files of folders that changed since the last look."""
        with contextlib.suppress(FileNotFoundError):
            changed = place.stat().st_mtime_ns
            look, settled = self.seen.get(place) != changed, True
            for entry in sorted(os.scandir(place), key=lambda entry: entry.name):
                if entry.is_dir(follow_symlinks=False):
                    yield from self.unseen(Path(entry.path))
                elif look and entry.is_file(follow_symlinks=False):
                    with contextlib.suppress(FileNotFoundError):
                        if time.time() - entry.stat().st_mtime < SETTLED:
                            settled = False  # it may still be growing: next time
                        else:
                            yield Path(entry.path)
            if settled:
                self.seen[place] = changed


def follow_heads(folder: Folder) -> None:
    """The ledger of audit heads only grows: a copy that is shorter is brought up to date."""
    source = DATA / HEADS
    if source.exists() and (
        not folder.heads.exists() or folder.heads.stat().st_size != source.stat().st_size
    ):
        write_whole(folder.heads, source.read_text())


def asked() -> Path | None:
    """Where the follower is to write, if anywhere."""
    with contextlib.suppress(FileNotFoundError):
        return Path(POINTER.read_text().strip())
    return None


def opened(root: Path) -> Folder:
    folder = Folder(root)
    if not folder.identity.exists():
        raise Refused(f"{root} is no backup folder: salesops.json is missing.")
    return folder
