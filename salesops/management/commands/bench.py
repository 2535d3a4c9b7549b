"""`bench --size 10k|100k|1m`: measures, prints one table and writes bench.json; asserts nothing."""

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections
from django.test.utils import override_settings

from salesops.bench import world

PORT = 8947
CLIENTS = 8
FORM = "{:<20} {:>8} {:>7} {:>7} {:>15} {:>7} {:>7} {:>4} {:>8} {:>7} {:>6} {:>7} {:>7} {:>6}  {}"
HEAD = (
    "scenario", "CPU ms", "app", "db", "spread", "p50", "p95", "SQL", "gzip B", "÷limit", "÷bare",
    "÷query", "growth", "peer÷", "goal",
)  # fmt: skip
# CPU ms of a multi-tenant CRM's API at 100,000 customers, measured elsewhere on one machine
PEER = {"S12": 3670, "S3": 2840, "S6 customer": 239, "S9 director": 467}


class Command(BaseCommand):
    help = "Measures the scenarios on a database of the size; prints a table, writes bench.json."

    def add_arguments(self, parser):
        parser.add_argument("--size", choices=world.SIZES, default="100k")
        parser.add_argument("--rounds", type=int, default=15)
        parser.add_argument("--new", action="store_true", help="make the database again")
        parser.add_argument("--inside", action="store_true", help="(what the command calls itself)")

    def handle(self, *args, **options):
        told = world.ready(options["size"], is_new=options["new"])
        if options["inside"]:
            self.inside(told, options)
            return
        words = ["bench", "--inside", "--size", options["size"], "--rounds", str(options["rounds"])]
        world.manage(told["name"], *words)

    def inside(self, told, options):
        from salesops.bench import acts
        from salesops.bench.bare import bare
        from salesops.bench.measure import take
        from salesops.bench.scenarios import Stage, scenarios

        with override_settings(ROOT_URLCONF="salesops.bench.urls"):
            stage = Stage(told["company"])
            found = scenarios(stage)
            with connections["owner"].cursor() as cursor:
                cursor.execute("ANALYZE")  # what was just made is an hour old in real life
            taken = take(found, options["rounds"])
        raw = bare(stage.asked, options["rounds"])
        file = Path(settings.DATA) / "bench.json"
        kept = json.loads(file.read_text()) if file.exists() else {}
        smaller = {"100k": "10k", "1m": "100k"}.get(options["size"], "")
        before = kept.get(smaller, {}).get("scenarios", {})
        limit, least = taken["limit"].cpu, taken["bare"].cpu
        rows = {}
        for one in found:
            row = taken[one.name].as_json()
            row["limit"] = round(taken[one.name].cpu / limit, 2)
            row["bare"] = round(taken[one.name].cpu / least, 2)
            if one.name in raw:
                row["query"] = round(row["database_ms"] / max(raw[one.name], 0.01), 1)
            if one.name in PEER:
                row["peer"] = round(PEER[one.name] / taken[one.name].cpu)
            if old := before.get(one.name):
                row["growth"] = round(math.log10(row["cpu_ms"] / old["cpu_ms"]), 2)
            row["meets"] = row["limit"] <= one.goal and row["sql"] <= one.sql
            row["goal"] = f"≤ {one.goal} limit, {one.sql} SQL"
            rows[one.name] = row
        kept[options["size"]] = {
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
            "rounds": options["rounds"],
            "load": os.getloadavg(),
            "migrate_s": round(told["migrate_s"], 1),
            "seed_s": round(told["seed_s"], 1),
            "import": acts.imported(stage),
            "close": acts.closed(stage),
            "move_team_s": acts.moved(stage),
            "scenarios": rows,
            "server": self.served(told["name"], stage),
        }
        file.write_text(json.dumps(kept, ensure_ascii=False, indent=1))
        self.shown(options["size"], kept[options["size"]], file)

    @staticmethod
    def served(name, stage):
        """The real server, two workers, eight clients: answers a second and resident memory."""
        from salesops.bench.measure import asked, memory, pressed

        def answers():
            try:
                return asked(PORT, "/readyz") == 200
            except OSError:
                return False

        line = [
            sys.executable, "-m", "gunicorn", "--no-control-socket", "--worker-class", "gthread",
            "--workers", "2", "--threads", "8", "--bind", f"127.0.0.1:{PORT}",
            "salesops.wsgi:application",
        ]  # fmt: skip
        with tempfile.TemporaryFile() as log:
            server = subprocess.Popen(
                line, env=world.environment(name), cwd=settings.BASE, stdout=log, stderr=log
            )
            try:
                began = time.perf_counter()
                while not answers():
                    time.sleep(0.1)
                found = {"cold_start_s": round(time.perf_counter() - began, 1)}
                cookie = f"sessionid={stage.clients['director'].cookies['sessionid'].value}"
                for path in ("/healthz", "/customers/", "/figures/", "/api/v1/customers/",
                             "/static/dist/app.js"):
                    found[path] = round(pressed(PORT, path, cookie, 4, CLIENTS), 1)
                found["rss_mb"] = memory(server.pid)
            finally:
                server.terminate()
                server.wait(30)
        return found

    def shown(self, size, told, file):
        say = self.stdout.write
        say(
            f"{size}, {told['at']}, {told['rounds']} interleaved rounds, load {told['load'][0]:.1f}"
        )
        say(FORM.format(*HEAD))
        for name, row in told["scenarios"].items():
            spread = "{}–{}".format(*row["spread_ms"])
            verdict = "ok" if row["meets"] else f"MISSED {row['goal']}"
            say(
                FORM.format(
                    name, row["cpu_ms"], row["app_ms"], row["database_ms"], spread, row["p50_ms"],
                    row["p95_ms"], row["sql"], row["gzip"], row["limit"], row["bare"],
                    row.get("query", "–"), row.get("growth", "–"), row.get("peer", "–"), verdict,
                )
            )  # fmt: skip
        say(f"migrate {told['migrate_s']} s, seed {told['seed_s']} s, move a team "
            f"{told['move_team_s']} s")  # fmt: skip
        say(f"import {told['import']}, close of a month {told['close']}")
        say(f"answers a second to {CLIENTS} clients: {told['server']}")
        say(f"written to {file}")
