"""Databases of the tests: a template built once, a clone for each process, a new clone for a flush.

A pytest plugin (`-p tests.database` in pyproject.toml), because the data folder must be chosen
before the settings are read. The servers run for as long as a test run needs them.
"""
import fcntl
import hashlib
import os
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

BASE = Path(__file__).resolve().parent.parent
os.environ.setdefault("SALESOPS_DATA", str(BASE / "var" / "test"))
os.environ.setdefault("PLAIN_STATIC", "1")  # pages are rendered without collectstatic

import psycopg
import pytest
from psycopg import sql

from salesops import services
from salesops.supervisor import DATA

WORKER = "PYTEST_XDIST_WORKER" in os.environ
ON_DEMAND = DATA / "on-demand"          # we started the servers, so the last one of us stops them
UNUSED = 6 * 3600                       # seconds after which an old template goes
BUILD = """\
import django
django.setup()
from django.core.management import call_command
call_command("migrate", database="owner", interactive=False, verbosity=0)
try:
    from tests.cast import main
except ModuleNotFoundError as missing:
    if missing.name != "tests.cast":
        raise
else:
    main()
"""


# --- the servers ----------------------------------------------------------------------------------

class Servers:
    """Held by every test run; the last one to leave turns the lights off."""

    def __init__(self):
        DATA.mkdir(parents=True, exist_ok=True)
        self.file = (DATA / "test-runs").open("a")
        with alone("servers"):
            fcntl.flock(self.file, fcntl.LOCK_SH)
            if services.status() is None:
                services.up(fast=True)
                ON_DEMAND.touch()

    def leave(self):
        with alone("servers"), closing(self.file), suppress(BlockingIOError):
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if ON_DEMAND.exists():
                ON_DEMAND.unlink()
                services.down()


@contextmanager
def alone(what):
    with (DATA / f"test-{what}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


SERVERS = pytest.StashKey()


def pytest_configure(config):
    if not (WORKER or config.option.collectonly):
        config.stash[SERVERS] = Servers()


def pytest_unconfigure(config):
    if servers := config.stash.get(SERVERS, None):
        servers.leave()


# --- template and clones --------------------------------------------------------------------------

class Clone(NamedTuple):
    """A database, and the environment of a process that is to work on it."""

    name: str
    env: dict[str, str]


def environment(name):
    return {"DATABASE_URL": services.database_url("app", name),
            "OWNER_DATABASE_URL": services.database_url("owner", name),
            "REDIS_URL": services.redis_url(broker=True),
            "SECRET_KEY": services.secret("django"),
            "HOSTS": "localhost,127.0.0.1,testserver"}


def ask(statement, *names, values=()):
    """One statement of the owner outside the business database; names are quoted."""
    with psycopg.connect(services.database_url("owner", "postgres"), autocommit=True) as server:
        text = sql.SQL(statement).format(*map(sql.Identifier, names))
        cursor = server.execute(text, values or None)
        return cursor.fetchall() if cursor.description else None


def template_name():
    digest = hashlib.sha1(usedforsecurity=False)
    for path in [*sorted(BASE.glob("*/migrations/*.py")), BASE / "tests" / "cast.py",
                 Path(__file__)]:
        if path.exists():
            digest.update(path.relative_to(BASE).as_posix().encode() + path.read_bytes())
    return f"tmpl_{digest.hexdigest()[:20]}"


def template():
    """Name of the template for the present migrations and cast; built by the first who asks."""
    name = template_name()
    with alone("template"):
        sweep(name)
        if not ask("SELECT 1 FROM pg_database WHERE datname = %s", values=[name]):
            half = f"{name}_part"
            drop(half)
            create(half, "template0")
            done = subprocess.run(
                [sys.executable, "-c", BUILD], cwd=BASE, check=False, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                env={**os.environ, **environment(half), "PYTHONPATH": str(BASE)})
            if done.returncode:
                pytest.exit(f"The test database could not be built:\n{done.stdout}", returncode=3)
            ask("ALTER DATABASE {} RENAME TO {}", half, name)
            ask("ALTER DATABASE {} ALLOW_CONNECTIONS false", name)
        ask(f"COMMENT ON DATABASE {{}} IS '{time.time():.0f}'", name)
    return name


def sweep(keep):
    """Drop the clones of dead processes and templates nobody has used for hours."""
    rows = ask("SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database"
               " WHERE datname ~ '^(test|tmpl)_'")
    for name, used in rows:
        kind, number, *_ = name.split("_")
        if kind == "test":
            old = not alive(int(number))
        else:
            old = name != keep and time.time() - int(used or 0) > UNUSED
        if old:
            drop(name)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def create(name, source):
    ask("CREATE DATABASE {} TEMPLATE {} STRATEGY WAL_LOG", name, source)
    # as in the real one: app may do no more than connect
    ask("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC", name)
    ask("GRANT CONNECT ON DATABASE {} TO app", name)


def drop(name):
    ask("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def let_go():
    from django.db import connections

    for connection in connections.all():
        connection.close()
        connection.close_pool()


@pytest.fixture(scope="session")
def clone_database():
    """Function that makes one more database like the tests' own; dropped at the end."""
    source, made = template(), []

    def clone():
        name = f"test_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'one')}_{len(made)}"
        create(name, source)
        made.append(name)
        return Clone(name, environment(name))

    yield clone
    for name in made:
        drop(name)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, clone_database):
    from django.db import connections
    from django.test import TransactionTestCase

    source, name = template_name(), clone_database().name
    let_go()
    for connection in connections.all():
        connection.settings_dict["NAME"] = name

    def again(_case):
        """Instead of a flush: app may not TRUNCATE, and the cast comes back by itself."""
        let_go()
        drop(name)
        create(name, source)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", again)
        yield
        let_go()


@pytest.fixture(autouse=True)
def _no_company_left_over():
    """A company that stays set after a test would make the next fail-closed test fail open."""
    from tenancy.context import current

    assert current() is None
