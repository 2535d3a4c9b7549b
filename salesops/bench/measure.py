"""Taking the measure: CPU of ours and of the database, statements, bytes, in interleaved rounds."""

import gzip
import http.client
import statistics
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from salesops.bench.scenarios import Scenario

PLUMBING = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SELECT set_config('app.company'")
MS = 1e-6  # of nanoseconds


@dataclass(slots=True)
class Taken:
    """What one scenario cost, a number a round, in milliseconds."""

    app: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    sql: int = 0
    gzip: int = 0

    @property
    def cpu(self) -> float:
        return statistics.median(map(sum, zip(self.app, self.database, strict=True)))

    def as_json(self) -> dict[str, Any]:
        ordered = sorted(self.wall)
        both = sorted(map(sum, zip(self.app, self.database, strict=True)))
        return {
            "cpu_ms": round(self.cpu, 2),
            "app_ms": round(statistics.median(self.app), 2),
            "database_ms": round(statistics.median(self.database), 2),
            "spread_ms": [round(both[0], 2), round(both[-1], 2)],
            "p50_ms": round(statistics.median(ordered), 1),
            "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
            "sql": self.sql,
            "gzip": self.gzip,
        }


class Backends:
    """CPU time of the processes that serve this database, as the kernel counts it."""

    def __init__(self) -> None:
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                "AND usename = 'app'"
            )
            self.pids = [row[0] for row in cursor.fetchall()]

    def spent(self) -> float:
        """Milliseconds on a processor so far."""
        total = 0
        for pid in self.pids:
            with suppress(OSError):
                total += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
        return total * MS


def once(scenario: Scenario, taken: Taken, backends: Backends) -> None:
    if ready := getattr(scenario.act, "ready", None):
        ready()
    before = backends.spent()
    wall, app = time.perf_counter(), time.process_time()
    answer = scenario.act()
    taken.app.append((time.process_time() - app) * 1000)
    taken.wall.append((time.perf_counter() - wall) * 1000)
    taken.database.append(backends.spent() - before)
    if answer.status_code not in {200, 201}:
        raise RuntimeError(f"{scenario.name}: {answer.status_code} {answer.content[:300]!r}")


def counted(scenario: Scenario, taken: Taken) -> None:
    """Statements and bytes, the same in every round."""
    if ready := getattr(scenario.act, "ready", None):
        ready()
    with CaptureQueriesContext(connection) as found:
        answer = scenario.act()
    texts = [query["sql"] for query in found.captured_queries]
    taken.sql = sum(not text.startswith(PLUMBING) for text in texts)
    taken.gzip = len(gzip.compress(answer.content))


def take(scenarios: Iterable[Scenario], rounds: int) -> dict[str, Taken]:
    """All scenarios in turn, round after round, so that a noisy minute touches all of them."""
    scenarios = list(scenarios)
    found = {scenario.name: Taken() for scenario in scenarios}
    for scenario in scenarios:
        counted(scenario, found[scenario.name])
    backends = Backends()
    for _round in range(rounds):
        for scenario in scenarios:
            once(scenario, found[scenario.name], backends)
    return found


def asked(port: int, path: str, cookie: str = "") -> int:
    """One request to our own server; the status, or OSError when it does not listen yet."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        line.request("GET", path, headers={"Cookie": cookie})
        answer = line.getresponse()
        answer.read()
        return answer.status
    finally:
        line.close()


def pressed(port: int, path: str, cookie: str, seconds: float, clients: int) -> float:
    """Answers a second that so many clients get at once."""
    end, counts = time.monotonic() + seconds, [0] * clients

    def client(number: int) -> None:
        while time.monotonic() < end:
            if asked(port, path, cookie) != 200:
                raise RuntimeError(path)
            counts[number] += 1

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def memory(pid: int) -> list[float]:
    """Resident megabytes of the children of a process."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, IndexError, ValueError):
            status = (folder / "status").read_text()
            words = dict(line.split(":", 1) for line in status.splitlines())
            if int(words["PPid"]) == pid:
                found.append(round(int(words["VmRSS"].split()[0]) / 1024, 1))
    return found
