"""An installation of its own to break: cluster, Redis, files and secrets in one folder."""

import functools
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

from salesops import services
from salesops.supervisor import DATA
from tests.database import BASE

CHOSEN_BY_URL = {"DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "SECRET_KEY", "HOSTS"}


INSIDE = """
import json, sys, django
django.setup()
from django.db import connection
for line in sys.stdin:
    names = {}
    exec(json.loads(line), names)
    connection.close()  # the next one is checked before it is given out
    print("RESULT" + json.dumps(names["result"]), flush=True)
"""


class Own:
    """`clone` gives it the tables and the cast; its servers are the embedded ones."""

    def __init__(self, root, clone=None, fast=True):
        self.data, self.inside = Path(root), None
        if clone:
            self.up(fast)
            self.load(clone)

    @property
    def env(self):
        kept = {k: v for k, v in os.environ.items() if k not in CHOSEN_BY_URL}
        return {**kept, "SALESOPS_DATA": str(self.data), "PLAIN_STATIC": "1",
                "PYTHONPATH": str(BASE)}  # fmt: skip

    def manage(self, *arguments, check=True):
        done = subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)], cwd=BASE, env=self.env,
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if check:
            assert done.returncode == 0, done.stdout + done.stderr
        return done

    def run(self, code):
        """Python inside the product, in one process that stays; what it leaves in `result`."""
        if self.inside is None:
            self.inside = subprocess.Popen(
                [sys.executable, "-c", INSIDE], cwd=BASE, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                env={**self.env, "DJANGO_SETTINGS_MODULE": "salesops.settings"},
            )  # fmt: skip
        self.inside.stdin.write(json.dumps(code) + "\n")
        self.inside.stdin.flush()
        for line in self.inside.stdout:
            if line.startswith("RESULT"):
                return json.loads(line.removeprefix("RESULT"))
        raise AssertionError(code)

    def servers(self, code):
        """`manage.py services …` without the second that Django takes to start."""
        done = subprocess.run(
            [sys.executable, "-c", f"from salesops import services; {code}"], cwd=BASE,
            env=self.env, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def up(self, fast=True):
        self.servers(f"services.up(fast={fast})")

    @functools.cached_property
    def sockets(self):
        """As `salesops.services` finds them for this data folder."""
        return self.servers("print(services.run_folder(), services.home())").split()

    def cluster(self, database="salesops"):
        run, _home = self.sockets
        return psycopg.connect(host=run, port=services.PG_PORT, user="postgres", dbname=database,
                               autocommit=True)  # fmt: skip

    def load(self, clone):
        run, _home = self.sockets
        source = ["-h", str(services.run_folder()), "-p", str(services.PG_PORT), "-U", "postgres"]
        dump = subprocess.Popen(
            [services.pg("pg_dump"), *source, "-Fc", "-Z0", clone.name], stdout=subprocess.PIPE
        )
        subprocess.run(
            [services.pg("pg_restore"), "-h", run, "-p", str(services.PG_PORT), "-U", "postgres",
             "--exit-on-error", "-d", "salesops"],
            stdin=dump.stdout, check=True, capture_output=True,
        )  # fmt: skip
        dump.stdout.close()
        assert dump.wait() == 0

    def down(self):
        if self.inside:
            self.inside.communicate()
            self.inside = None
        self.servers("services.down()")

    def remove(self):
        self.down()
        _run, home = self.sockets
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)


def folder():
    """A short path that PostgreSQL's account may enter."""
    place = Path(tempfile.mkdtemp(prefix="so-"))
    place.chmod(0o755)
    return place


def tables(cluster):
    """Every row of every table, as one checksum a table."""
    names = cluster.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'public'::regnamespace ORDER BY 1"
    ).fetchall()
    return {
        name: cluster.execute(
            f"SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '')"
            f' FROM "{name}" t'
        ).fetchone()
        for (name,) in names
    }


def measured(case, **figures):
    """Figures of a long test, for docs/operations.md."""
    with (DATA / "measured.jsonl").open("a") as file:
        file.write(json.dumps({"case": case, **figures}) + "\n")
