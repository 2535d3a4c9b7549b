"""The database of a measurement: made, migrated and filled once for each size."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql

from salesops import services

SIZES = {"1k": 1000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}
TINY = {"1k": 2, "10k": 20, "100k": 50, "1m": 200}
TINY_SIZE = 10


def environment(name: str) -> dict[str, str]:
    return {
        **os.environ,
        "DATABASE_URL": services.database_url("app", name),
        "OWNER_DATABASE_URL": services.database_url("owner", name),
        "REDIS_URL": services.redis_url(broker=True),
        "SECRET_KEY": services.secret("django"),
        "HOSTS": "localhost,127.0.0.1,testserver",
        "PLAIN_STATIC": "1",
    }


def as_owner(statement: str, name: str) -> None:
    address = services.database_url("owner", "postgres")
    with psycopg.connect(address, autocommit=True) as server:
        server.execute(sql.SQL(statement).format(sql.Identifier(name)))


def manage(name: str, *words: str) -> float:
    """Seconds a command took on that database."""
    began = time.perf_counter()
    line = [sys.executable, "manage.py", *words]
    subprocess.run(line, env=environment(name), cwd=settings.BASE, check=True)
    return time.perf_counter() - began


def ready(size: str, *, is_new: bool = False) -> dict[str, Any]:
    """Name, seconds of its making and people of the database of a size; a finished one is kept."""
    if services.status() is None:
        services.up()
    name, file = f"bench_{size}", Path(settings.DATA) / f"bench-{size}.json"
    if file.exists() and not is_new and exists(name):
        return json.loads(file.read_text())
    file.unlink(missing_ok=True)
    as_owner("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    as_owner("CREATE DATABASE {} TEMPLATE template0", name)
    as_owner("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC", name)
    as_owner("GRANT CONNECT ON DATABASE {} TO app", name)
    seeds = Path(settings.DATA) / f"bench-{size}-seed.json"

    def seed(number: int, which: int) -> tuple[str, ...]:
        return ("seed", "--size", str(number), "--seed", str(which), "--json", str(seeds))

    told = {
        "name": name,
        "migrate_s": manage(name, "migrate", "--database", "owner", "-v", "0"),
        "tiny_s": manage(name, *seed(TINY_SIZE, 1), "--companies", str(TINY[size])),
        "seed_s": manage(name, *seed(SIZES[size], 7)),
    }
    told["company"] = json.loads(seeds.read_text())["companies"][0]
    seeds.unlink()
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(told, out)
    return told


def exists(name: str) -> bool:
    address = services.database_url("owner", "postgres")
    with psycopg.connect(address, autocommit=True) as server:
        found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None
