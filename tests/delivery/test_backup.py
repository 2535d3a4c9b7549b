"""F8: a backup goes back to a moment, row by row; a damaged one says so; nothing goes out twice."""

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from salesops import services
from salesops.backup.check import check
from tests.delivery.own import Own, folder, measured, tables

ACT = """
from tenancy.context import company
from tests.conftest import cast_of
from customers import actions as customers
from accounts.models import Letter
from tenancy.actions import deliver
from audit.verify import publish
cast = cast_of("acme")
with company(cast.company.pk):
    by, other = cast.east_rep, cast.east_rep2
    lead = cast.east_manager
for n in range(%(first)d, %(last)d):
    with company(cast.company.pk):
        customer = customers.create(by=by, name=f"甲方{n}号机械")
        customers.hand_over([customer], to=other, by=lead, reason="shared")
    with company(cast.company.pk):
        deliver()
        Letter.objects.create(user=by.user, kind="password", language="en", base="")
with company(cast.company.pk):
    publish(cast.company.pk)
result = True
"""
AGAIN = """
from tenancy.context import company
from tests.conftest import cast_of
from accounts.actions import send_letters
from notices.actions import plan_mail
from notices.models import Mail
from audit.verify import verify
from notices.models import Notice
from tenancy.actions import deliver
cast = cast_of("acme")
with company(cast.company.pk):
    before = Notice.objects.count()
    delivered = deliver()
    result = {"letters": send_letters(), "delivered": delivered,
              "mails": plan_mail() + Mail.objects.filter(state="waiting").count(),
              "notices": Notice.objects.count() - before, "chain": verify(cast.company.pk).ok}
"""
QUIET = {"letters": 0, "delivered": 0, "mails": 0, "notices": 0, "chain": True}
# what a restore lets rest, see salesops.backup.restore.QUIET
RESTED = {"accounts_letter", "notices_mail", "notices_notice", "django_session", "org_onetimelink"}


def rows(installation):
    with installation.cluster() as cluster:
        return {name: said for name, said in tables(cluster).items() if name not in RESTED}


def now(installation):
    """A moment between two transactions, and what every table held then."""
    held = rows(installation)
    with installation.cluster() as cluster:
        at = cluster.execute("SELECT clock_timestamp()").fetchone()[0]
    time.sleep(0.02)
    return at, held


@pytest.fixture
def places():
    root = folder()
    made = []

    def place(name, clone=None):
        made.append(Own(root / name, clone))
        return made[-1]

    yield root, place
    for own in made:
        own.remove()
    shutil.rmtree(root, ignore_errors=True)


def put_file(live, name, content):
    path = live.data / "media" / "attachments" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def flip(path, at):
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


def damaged(kept, victim, spoil):
    """Spoil one file, look, and put it back."""
    before = victim.read_bytes()
    spoil(victim)
    verdict = check(kept)
    victim.write_bytes(before)
    return verdict


def named(verdict, victim):
    return not verdict["ok"] and str(victim) in [row["file"] for row in verdict["problems"]]


def test_back_to_a_moment_and_a_damaged_backup_says_so(clone_database, places):
    root, place = places
    kept = root / "kept"
    live = place("live", clone_database())
    put_file(live, "a", b"one")
    live.run(ACT % {"first": 0, "last": 2})
    live.manage("backup", kept)
    live.run(ACT % {"first": 2, "last": 4})
    put_file(live, "b", b"two")
    at, held = now(live)
    live.run(ACT % {"first": 4, "last": 6})
    assert rows(live) != held
    until((kept / "files" / "attachments" / "b").exists)
    back = place("back")
    said = json.loads(back.manage("restore", kept, "--to", at.isoformat(), "--json").stdout)
    assert said["files"] == 2
    assert said["quieted"]["letters"] == 4
    back.up()
    assert rows(back) == held
    assert (back.data / "media" / "attachments" / "b").read_bytes() == b"two"
    assert back.run(AGAIN) == QUIET
    back.down()

    live.down()
    assert check(kept)["ok"], check(kept)
    (base,) = (path for path in (kept / "base").iterdir() if path.is_dir())
    heap = max((path for path in (base / "base").rglob("*")), key=lambda p: p.stat().st_size)
    (piece, *_) = sorted((kept / "wal").glob("????????????????????????"))
    (growing,) = (kept / "wal").glob("*.partial")
    for victim, spoil in (
        (heap, lambda path: flip(path, path.stat().st_size // 2)),
        (piece, lambda path: flip(path, 5_000)),
        (growing, lambda path: flip(path, 5_000)),
        (growing, lambda path: flip(path, 15_000_000)),
        (base / "backup_manifest", lambda path: path.write_bytes(path.read_bytes()[:-90])),
        (base.with_name(base.name + ".json"), lambda p: p.write_bytes(p.read_bytes()[:-9])),
        (kept / "files" / "attachments" / "a", lambda path: path.unlink()),
        (kept / "files" / "attachments" / "b", lambda path: flip(path, 1)),
        (kept / "files.jsonl", lambda path: path.write_bytes(path.read_bytes()[:-3])),
    ):
        assert named(damaged(kept, victim, spoil), victim), victim
    flip(heap, 100)
    done = live.manage("verify_backup", kept, "--json", check=False)
    assert done.returncode == 1
    assert named(json.loads(done.stdout), heap)


@pytest.mark.nightly
def test_back_to_five_moments_with_bits_flipped(clone_database, places):
    root, place = places
    kept, chance, moments = root / "kept", random.Random(time.time()), []
    live = place("live", clone_database())
    live.run(ACT % {"first": 0, "last": 5})
    began = time.monotonic()
    live.manage("backup", kept)
    spent = {"backup_s": round(time.monotonic() - began, 1)}
    for turn in range(5):
        put_file(live, f"file{turn}", bytes([turn]) * 1000)
        for _piece in range(chance.randint(1, 4)):
            number = chance.randrange(10**6)
            live.run(ACT % {"first": number, "last": number + chance.randint(1, 6)})
        moments.append((*now(live), turn + 1))
        if turn == 2:
            live.manage("backup", kept, "--keep", "2")
    last = moments[-1][1]
    until((kept / "files" / "attachments" / "file4").exists)
    refused = live.manage("restore", kept, check=False)
    assert refused.returncode == 1
    # the server dies: what it had acknowledged is in the folder
    with live.cluster() as cluster:
        cluster.execute("CHECKPOINT")
    live.down()

    for place_, (at, held, files) in enumerate(moments):
        back = place(f"back{place_}")
        began = time.monotonic()
        said = json.loads(live.manage("restore", kept, "--to", at.isoformat(), "--into", back.data,
                                      "--json").stdout)  # fmt: skip
        spent.setdefault("restore_s", []).append(round(time.monotonic() - began, 1))
        back.up()
        assert rows(back) == held, at
        assert said["files"] >= files
        assert back.run(AGAIN) == QUIET
        back.down()
    again = back.manage("restore", kept, check=False)
    assert "--over" in again.stderr
    done = back.manage("restore", kept, "--over", "--json")
    spent["lost_after_clean_stop"] = 0
    back.up()
    assert rows(back) == last, json.loads(done.stdout)
    back.down()
    too_early = back.manage("restore", kept, "--over", "--to", "2001-01-01", check=False)
    assert "that old" in too_early.stderr

    assert check(kept)["ok"]
    there = [path for part in ("base", "wal", "files") for path in (kept / part).rglob("*")]
    victims = [path for path in there if path.is_file() and path.stat().st_size]
    for victim in chance.sample(victims, 40):
        at = chance.randrange(victim.stat().st_size)
        verdict = damaged(kept, victim, lambda path, at=at: flip(path, at))
        assert named(verdict, victim), (victim, at)
    measured("F8", **spent, files=len(victims))


WRITE = """
import psycopg, sys, time
with psycopg.connect(host=sys.argv[1], port=int(sys.argv[2]), user="postgres",
                     dbname="salesops", autocommit=True) as cluster:
    for number in range(10**6):
        cluster.execute("INSERT INTO ledger VALUES (%s)", [number])
        print(number, flush=True)
        time.sleep(0.002)
"""


def writing(live, seconds, end):
    """One commit after the other, each noted once it is acknowledged, until the server is gone."""
    run, _home = live.sockets
    with live.cluster() as cluster:
        cluster.execute("CREATE TABLE IF NOT EXISTS ledger (n bigint)")
        cluster.execute("TRUNCATE ledger")
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITE, run, str(services.PG_PORT)], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    time.sleep(seconds)
    end()
    said, _nothing = writer.communicate(timeout=60)
    return int(said.splitlines()[-1]) + 1


def dies(live):
    """As when the machine loses its power: all that belongs to the installation at once."""
    supervisor = int((live.data / "lock").read_text())
    family, found = [supervisor], [supervisor]
    while family:
        there = Path(f"/proc/{family.pop()}")
        for task in there.glob("task/*/children"):
            children = [int(pid) for pid in task.read_text().split()]
            family += children
            found += children
    for pid in found:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)


@pytest.mark.nightly
@pytest.mark.parametrize(("way", "most"), [("clean stop", 0), ("dead machine", 2.0)])
def test_what_is_lost(clone_database, places, way, most):
    """F8, RPO: what was acknowledged is in the folder, within seconds of the end."""
    root, place = places
    live, kept = place("live", clone_database()), root / "kept"
    live.manage("backup", kept)
    acknowledged = writing(live, 5, live.down if way == "clean stop" else lambda: dies(live))
    back = place("back")
    live.manage("restore", kept, "--into", back.data)
    back.up()
    with back.cluster() as cluster:
        there = cluster.execute("SELECT count(*) FROM ledger").fetchone()[0]
    lost = max(acknowledged - there, 0)
    measured("F8 lost", way=way, commits=acknowledged, lost=lost)
    assert lost <= most * acknowledged / 5


def until(check, seconds=20):
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end
        time.sleep(0.05)
