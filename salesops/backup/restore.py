"""Restoring: a base, the changes up to a moment, the files, and nothing that went out before."""

import datetime as dt
import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from django.conf import settings
from django.db import connections
from psycopg import sql

from audit.verify import verify
from salesops import services
from salesops.backup import wal
from salesops.backup.check import check
from salesops.backup.folder import (
    HEADS,
    MEDIA,
    POINTER,
    Broken,
    Folder,
    copy,
    opened,
    read_sealed,
    write_whole,
)  # fmt: skip
from salesops.backup.take import one, server
from salesops.supervisor import DATA, Refused, lock
from tenancy.context import company

TOO_FAR = "recovery ended before configured recovery target was reached"
# what could go out a second time, or open a door that was closed since
QUIET = {
    "letters": "UPDATE accounts_letter SET sent_at = now() WHERE sent_at IS NULL",
    "mails": "UPDATE notices_mail SET state = 'dropped', ended_at = now() WHERE state = 'waiting'",
    "news": "UPDATE notices_notice SET way = '' WHERE way <> '' AND mail_id IS NULL",
    "sessions": "DELETE FROM django_session",
    "links": "UPDATE org_onetimelink SET expires_at = now()"
             " WHERE used_at IS NULL AND expires_at > now()",
}  # fmt: skip


def moment(text: str) -> dt.datetime | None:
    if not text:
        return None
    try:
        at = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Refused(f"--to {text}: write it as 2026-11-22T17:30:00+08:00.") from None
    at = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    if at > dt.datetime.now(dt.UTC):
        raise Refused("--to lies in the future.")
    return at


def restore(root: Path, *, to: dt.datetime | None, over: bool) -> dict[str, Any]:
    """A stopped installation in DATA, as DIR knows it at `to` (or at its end)."""
    began = time.monotonic()
    folder = opened(root)
    chosen = base_for(folder, to)
    verdict = check(root, only=chosen["stamp"])
    if not verdict["ok"]:
        row = verdict["problems"][0]
        raise Refused(f"the backup is bad: {row['file']}: {row['problem']}")
    with lock():
        made = services.home() / "pg.restored"
        in_the_way(over)
        laid_out(folder, chosen, made)
        with running(made, to) as cluster:
            reached = one(cluster, "SELECT pg_last_xact_replay_timestamp()")
            counts = quieted(cluster)
            heads = dict(cluster.execute("SELECT company_id, seq FROM audit_head").fetchall())
            notes = set_aside()
            notes += ledger(folder, heads)
            lines = verified()
            connections.close_all()
            for connection in connections.all():
                connection.close_pool()
        files = put_back(folder, chosen)
        made.rename(services.home() / "pg")
        POINTER.unlink(missing_ok=True)
    return {
        "data": str(DATA), "base": chosen["stamp"],
        "reached": (reached or to or moment(chosen["restorable_from"])).isoformat(),
        "files": files, "lines": lines, "quieted": counts, "notes": notes,
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip


def base_for(folder: Folder, to: dt.datetime | None) -> dict[str, Any]:
    """The last base that was complete at that moment."""
    try:
        bases = [read_sealed(path) for path in folder.bases()]
    except Broken as problem:
        raise Refused(f"the backup is bad: {problem}") from None
    fit = [base for base in bases if to is None or moment(base["restorable_from"]) <= to]
    if not fit:
        since = f" (only since {bases[0]['restorable_from']})" if bases else ""
        raise Refused(f"no base in {folder.root} is that old{since}.")
    return fit[-1]


def there() -> list[Path]:
    return [path for path in (services.home() / "pg", MEDIA, DATA / HEADS) if path.exists()]


def in_the_way(over: bool) -> None:
    """What is there gets another name, and only with the word for it; nothing is deleted."""
    if there() and not over:
        raise Refused(f"{there()[0]} is there already: add --over to set it aside,"
                      " or name another folder with --into.")  # fmt: skip


def set_aside() -> list[str]:
    notes, stamp = [], f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}"
    for path in there():
        old = path.with_name(f"{path.name}.before-{stamp}")
        path.rename(old)
        notes.append(f"{path} is now {old}")
    shutil.rmtree(DATA / "redis", ignore_errors=True)  # wake-ups of another time
    return notes


def laid_out(folder: Folder, chosen: dict[str, Any], made: Path) -> None:
    """The base with all later changes beside it, belonging to the server's account."""
    services.home().mkdir(parents=True, exist_ok=True)
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(folder.base / chosen["stamp"], made, symlinks=True)
    for path in wal.finished(folder):
        if path.name >= chosen["first"]:
            shutil.copy(path, made / "pg_wal" / path.name)
    partial = wal.growing(folder)
    if partial is not None and not (made / "pg_wal" / partial.name[:24]).exists():
        shutil.copy(partial, made / "pg_wal" / partial.name[:24])
    services.write_access(made)
    (made / "recovery.signal").touch()
    made.chmod(0o700)
    if user := services.server_user():
        services.home().chmod(0o755)
        for path in (made, *made.rglob("*")):
            os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


class running:  # noqa: N801  a context, named as it reads
    """The server on the restored files, past its recovery, for nobody but us."""

    def __init__(self, made: Path, to: dt.datetime | None) -> None:
        self.made, self.to = made, to
        self.log = DATA / "log" / "restore.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> psycopg.Connection:
        target = [f"recovery_target_time={self.to.isoformat()}"] if self.to else []
        if not self.recovered(target):
            if TOO_FAR not in self.log.read_text(errors="replace"):
                tail = "\n  ".join(self.log.read_text(errors="replace").splitlines()[-10:])
                raise Refused(f"PostgreSQL could not recover:\n  {tail}")
            # nothing was written between the last change and that moment
            if not self.recovered([]):
                raise Refused(f"PostgreSQL could not recover, see {self.log}.")
        self.cluster = server("salesops")
        return self.cluster

    def recovered(self, target: list[str]) -> bool:
        parts = [*services.SETTINGS, *target, "recovery_target_action=promote",
                 "restore_command=false"]  # fmt: skip
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [services.pg("postgres"), "-D", self.made, "-k", services.run_folder(), "-p",
                 str(services.PG_PORT), *services.options(parts)],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/",
                env={"LC_ALL": "C.UTF-8"}, **services.owners()[0],
            )  # fmt: skip
        while self.process.poll() is None:
            try:
                with server() as cluster:
                    if not one(cluster, "SELECT pg_is_in_recovery()"):
                        return True
            except psycopg.OperationalError:
                pass
            time.sleep(0.1)
        return False

    def __exit__(self, *_error: object) -> None:
        self.cluster.close()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(120)


def quieted(cluster: psycopg.Connection) -> dict[str, int]:
    """The passwords of this installation; letters, sessions and links of another time rest."""
    for role in ("owner", "app"):
        given = sql.Identifier(role), services.secret(role)
        words = sql.SQL("ALTER ROLE {} PASSWORD {}").format(*given)
        cluster.execute(words)
    return {name: cluster.execute(text).rowcount for name, text in QUIET.items()}


def ledger(folder: Folder, heads: dict[int, int]) -> list[str]:
    """Published heads up to that moment; later ones are kept beside, they cannot be true here."""
    aside = sorted(DATA.glob(f"{HEADS}.before-*"))
    source = aside[-1] if aside else folder.heads
    if not source.exists():
        return []
    lines = source.read_text().splitlines()
    fit = [line for line in lines if json.loads(line)["seq"] <= heads.get(
        json.loads(line)["company"], 0)]  # fmt: skip
    write_whole(DATA / HEADS, "".join(f"{line}\n" for line in fit))
    late = len(lines) - len(fit)
    return [f"{late} later heads of audit chains stay in {source}"] if late else []


def verified() -> int:
    """Every audit chain, from its first line to the published head."""
    from tenancy.models import Company

    lines = 0
    for row in Company.objects.order_by("id"):
        with company(row.pk):
            verdict = verify(row.pk)
        if not verdict.ok:
            raise Refused(f"the audit chain of company {row.pk} is broken at {verdict.bad}:"
                          f" {verdict.why}.")  # fmt: skip
        lines += verdict.lines
    return lines


def put_back(folder: Folder, chosen: dict[str, Any]) -> int:
    """The files of the base and all that came later: one without its row is harmless."""
    known = {**chosen["files"], **folder.newest().get("files", {}), **folder.later_files()}
    half = MEDIA.with_name("media.restored")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    for name, (_size, sum_, _time) in known.items():
        if copy(folder.files / name, half / name)[1] != sum_:
            raise Refused(f"{folder.files / name}: its checksum does not match")
    half.rename(MEDIA)
    return len(known)
