"""Looking at a backup without a server: every problem is named with its file."""

import contextlib
import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from salesops import services
from salesops.backup import wal
from salesops.backup.folder import Broken, Folder, digest, read_sealed

FRESH = 600  # seconds
IN_QUOTES = re.compile(r'"([^"]+)"')


def check(root: Path, only: str = "") -> dict[str, Any]:
    """The whole folder, or what one base needs; `ok` is False when a single file is wrong."""
    folder, problems = Folder(root), []

    def looked(found: Iterator[Broken]) -> None:
        try:
            problems.extend(found)
        except Broken as problem:
            problems.append(problem)

    looked(identity(folder))
    bases = [path for path in folder.bases() if not only or path.stem == only]
    if not bases:
        problems.append(Broken(folder.base, "there is no complete base"))
    first = ""
    for path in bases:
        looked(base(folder, path))
        with_name = quiet(path)
        first = min(filter(None, [first, with_name.get("first", "")]), default="")
    looked(changes(folder, first))
    looked(files(folder, folder.bases()))
    return {
        "ok": not problems,
        "bases": [path.stem for path in bases],
        "restorable_from": quiet(bases[0]).get("restorable_from", "") if bases else "",
        "pieces": len(wal.finished(folder)),
        "problems": [
            {"file": problem.file, "problem": problem.problem}
            for problem in {problem.file: problem for problem in problems}.values()
        ],
    }


def quiet(path: Path) -> dict[str, Any]:
    try:
        return read_sealed(path)
    except Broken:
        return {}


def identity(folder: Folder) -> Iterator[Broken]:
    try:
        json.loads(folder.identity.read_text())["system"]
    except FileNotFoundError:
        yield Broken(folder.identity, "it is missing")
    except (ValueError, KeyError, TypeError):
        yield Broken(folder.identity, "it was cut or changed")


def base(folder: Folder, path: Path) -> Iterator[Broken]:
    """The copy against PostgreSQL's manifest, the manifest against ours."""
    said, place = read_sealed(path), path.with_suffix("")
    manifest = place / "backup_manifest"
    if not manifest.exists():
        yield Broken(manifest, "it is missing")
        return
    if digest(manifest) != said["manifest"]:
        yield Broken(manifest, "it was cut or changed")
        return
    done = subprocess.run(
        [services.pg("pg_verifybackup"), "-n", "-q", place],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    lines = done.stderr.strip().splitlines()
    for line in lines if done.returncode else ():
        name = IN_QUOTES.search(line)
        yield Broken(place / name[1] if name else place, line.split("error: ", 1)[-1])


def changes(folder: Folder, first: str) -> Iterator[Broken]:
    """Finished pieces by their checksums, later ones by decoding their records."""
    sums = read_sealed(folder.wal_sums)
    if first and (missing := wal.gap(folder, first)):
        yield missing
    for name, sum_ in sums.items():
        path = folder.wal / name
        if path.exists() and digest(path) != sum_:
            yield Broken(path, "its checksum does not match")
        elif not path.exists():
            yield Broken(path, "it is missing")
    if problem := again(lambda: wal.read_through(unsealed(folder, sums))):
        yield problem


def unsealed(folder: Folder, sums: dict[str, str]) -> list[Path]:
    """Pieces without a checksum yet, the growing one last."""
    later = [path for path in wal.finished(folder) if path.name not in sums]
    partial = wal.growing(folder)
    if partial is not None and not (folder.wal / partial.name[:24]).exists():
        later.append(partial)
    return later


def again(look: Callable[[], Broken | None]) -> Broken | None:
    """The follower goes on while we look: a piece may get its last name, a line its end."""
    for _turn in range(2):
        with contextlib.suppress(FileNotFoundError):
            if look() is None:
                return None
        time.sleep(0.3)
    return look()


def cut(folder: Folder) -> Broken | None:
    try:
        folder.later_files()
    except Broken as problem:
        return problem
    return None


def files(folder: Folder, bases: list[Path]) -> Iterator[Broken]:
    """Every file that a base or the log since knows; others did not come from us."""
    known = {}
    for path in bases:
        known.update(quiet(path).get("files", {}))
    if problem := again(lambda: cut(folder)):
        raise problem
    known.update(folder.later_files())
    for name, (size, sum_, _time) in known.items():
        path = folder.files / name
        if not path.exists():
            yield Broken(path, "it is missing")
        elif path.stat().st_size != size or digest(path) != sum_:
            yield Broken(path, "its checksum does not match")
    for path in folder.files.rglob("*"):
        name = path.relative_to(folder.files).as_posix()
        # the follower lists what it has copied a moment later
        is_old = path.is_file() and time.time() - path.stat().st_mtime > FRESH
        if is_old and name not in known and not path.name.endswith(".part"):
            yield Broken(path, "it is in no list")
