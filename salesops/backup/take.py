"""Taking a backup: a copy of the running cluster, the pieces finished so far, the files."""

import datetime as dt
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg

from salesops import services
from salesops.backup import wal
from salesops.backup.folder import (
    POINTER,
    Broken,
    Files,
    Folder,
    digest,
    follow_heads,
    read_sealed,
    write_sealed,
    write_whole,
)  # fmt: skip
from salesops.backup.follow import SLOT, connection
from salesops.supervisor import Refused

FORMAT = 1


def server(database: str = "postgres") -> psycopg.Connection:
    """The cluster as its superuser: only the account that owns its files gets in."""
    return psycopg.connect(
        host=str(services.run_folder()), port=services.PG_PORT, user="postgres", dbname=database,
        autocommit=True,
    )  # fmt: skip


def one(cluster: psycopg.Connection, question: str) -> Any:
    return cluster.execute(question).fetchone()[0]


def take(root: Path, *, keep: int) -> dict[str, Any]:
    """One more base in the folder; from now on the follower streams into it."""
    began = time.monotonic()
    if not services.status():
        raise Refused("nothing runs here: start it first (manage.py services up).")
    with server() as cluster:
        folder = prepared(root, cluster)
        stream(folder, cluster)
        stamp, ended_at = copied(folder, cluster)
        Files(folder).follow()
        follow_heads(folder)
        # the piece before the switch, also when nothing was written since the last one
        last = one(cluster, "SELECT pg_walfile_name(pg_switch_wal() - 1)")
        until((folder.wal / last).exists, "the changes did not arrive in the folder")
    said = described(folder, stamp, ended_at)
    pieces = sealed(folder)
    dropped = pruned(folder, keep)
    return {
        "folder": str(folder.root), "base": stamp, "restorable_from": said["restorable_from"],
        "files": len(said["files"]), "pieces": pieces, "dropped": dropped,
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip


def until(check: Any, problem: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            raise Refused(f"{problem}: see {services.DATA / 'log' / 'follow.log'}.")
        time.sleep(0.05)


def prepared(root: Path, cluster: psycopg.Connection) -> Folder:
    """The folder belongs to this cluster and this line of its history, or is empty."""
    folder = Folder(root)
    line = {
        "format": FORMAT,
        "system": str(one(cluster, "SELECT system_identifier FROM pg_control_system()")),
        "timeline": one(cluster, "SELECT timeline_id FROM pg_control_checkpoint()"),
    }
    if folder.identity.exists():
        if json.loads(folder.identity.read_text()) != line:
            raise Refused(f"{root} holds the backup of another database, or of this one before a"
                          " restore: name an empty folder.")  # fmt: skip
        return folder
    if root.exists() and any(root.iterdir()):
        raise Refused(f"{root} is not empty and no backup folder.")
    for place in (folder.root, folder.base, folder.wal, folder.files):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.root.chmod(0o700)
    write_whole(folder.identity, json.dumps(line))
    return folder


def stream(folder: Folder, cluster: psycopg.Connection) -> None:
    """Let the follower write here, and wait until it does."""
    lost = "SELECT count(*) FROM pg_replication_slots WHERE slot_name = %s AND wal_status = 'lost'"
    if cluster.execute(lost, [SLOT]).fetchone()[0]:
        if any(folder.wal.iterdir()):
            raise Refused("the stream stood still too long and has a gap: name an empty folder.")
        cluster.execute("SELECT pg_drop_replication_slot(%s)", [SLOT])
    cluster.execute(
        "SELECT pg_create_physical_replication_slot(%s, true) WHERE NOT EXISTS"
        " (SELECT FROM pg_replication_slots WHERE slot_name = %s)", [SLOT, SLOT],
    )  # fmt: skip
    if not POINTER.exists() or POINTER.read_text().strip() != str(folder.root):
        write_whole(POINTER, str(folder.root))
    until(lambda: wal.growing(folder) is not None, "the stream of changes did not start")


def copied(folder: Folder, cluster: psycopg.Connection) -> tuple[str, dt.datetime]:
    stamp = f"{one(cluster, 'SELECT now()'):%Y%m%dT%H%M%SZ}"
    half = folder.base / f"{stamp}.part"
    for left in folder.base.glob("*.part"):  # a backup that was killed
        shutil.rmtree(left)
    done = subprocess.run(
        [services.pg("pg_basebackup"), *connection(), "-D", half, "-X", "none", "-c", "fast",
         "--manifest-checksums=SHA256", "--label", stamp],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise Refused(f"pg_basebackup failed:\n{done.stderr}")
    half.rename(folder.base / stamp)
    return stamp, one(cluster, "SELECT clock_timestamp()")


def described(folder: Folder, stamp: str, ended_at: dt.datetime) -> dict[str, Any]:
    """What belongs to this base, sealed; the files known so far move into it."""
    manifest = json.loads((folder.base / stamp / "backup_manifest").read_text())
    (span,) = manifest["WAL-Ranges"]
    said = {
        "stamp": stamp,
        "restorable_from": ended_at.isoformat(),
        "first": wal.piece_of(span["Timeline"], span["Start-LSN"]),
        "last": wal.piece_of(span["Timeline"], span["End-LSN"]),
        "manifest": digest(folder.base / stamp / "backup_manifest"),
    }
    with folder.alone():
        there = folder.known_files()
        said["files"] = {name: there[name] for name in sorted(there)}
        write_sealed(folder.base / f"{stamp}.json", said)
        folder.files_log.unlink(missing_ok=True)
    return said


def sealed(folder: Folder) -> int:
    """Checksums of the finished pieces, each decoded once before it is believed."""
    sums = read_sealed(folder.wal_sums) if folder.wal_sums.exists() else {}
    fresh = [path for path in wal.finished(folder) if path.name not in sums]
    if problem := wal.read_through(fresh):
        raise Refused(str(problem))
    sums |= {path.name: digest(path) for path in fresh}
    write_sealed(folder.wal_sums, sums)
    return len(sums)


def pruned(folder: Folder, keep: int) -> list[str]:
    """Let go of all bases but the newest, and of the changes only they needed."""
    old = folder.bases()[:-keep]
    for path in old:
        shutil.rmtree(path.with_suffix(""), ignore_errors=True)
        path.unlink()
    if old:
        first = read_sealed(folder.bases()[0])["first"]
        sums = read_sealed(folder.wal_sums)
        write_sealed(folder.wal_sums, {name: s for name, s in sums.items() if name >= first})
        for path in wal.finished(folder):
            if path.name < first:
                path.unlink()
    return [path.stem for path in old]


def tried(root: Path, *, keep: int) -> dict[str, Any]:
    """`take`, with whatever the folder says in words."""
    try:
        return take(root, keep=keep)
    except Broken as problem:
        raise Refused(f"the folder is damaged: {problem}") from None
