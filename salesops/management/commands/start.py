"""`start --port N`: everything of one installation in the foreground, until Ctrl-C."""
import json
import os
import shutil
import socket
import sys
import unicodedata
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from salesops import services
from salesops.supervisor import BASE, DATA, Child, Refused, lock, say, supervise

HEALTH = b"GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n"


class Command(BaseCommand):
    help = "Starts PostgreSQL, Redis, web, worker and beat; prepares and fills the database first."
    requires_system_checks = ()         # they run once the database answers

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *, port, **_):
        with lock():
            refuse_taken(port)
            say("starting PostgreSQL and Redis")
            supervise([*services.services(), *processes(port)], between=self.prepare,
                      ready=lambda: self.announce(port))

    def prepare(self):
        self.check()
        if unapplied():
            say("preparing the database")
            call_command("migrate", database="owner", interactive=False, verbosity=0)
        if not apps.get_model("tenancy", "Company").objects.exists():
            say("making the sample companies")
            call_command("seed", demo=True, verbosity=0)     # announce() says the logins
        collect()
        shutil.rmtree(DATA / "metrics", ignore_errors=True)     # figures of web processes of then
        (DATA / "metrics").mkdir(mode=0o700)
        for connection in connections.all():    # children are forked from here
            connection.close()
            connection.close_pool()
        say("starting web, worker and beat")

    def announce(self, port):
        self.stdout.write("")
        logins = DATA / "demo-logins.json"
        if logins.exists():
            self.stdout.write(table(json.loads(logins.read_text(encoding="utf-8"))))
        self.stdout.write(f"\n打开 / open  http://127.0.0.1:{port}/     (Ctrl-C: stop)\n")
        self.stdout.flush()


def processes(port: int) -> list[Child]:
    """Web, worker and beat; also named in docker-compose.yml."""
    site = os.environ.get("SITE_URL") or f"http://127.0.0.1:{port}"
    run, env = [sys.executable, "-m"], {"SALESOPS_DATA": str(DATA), "SITE_URL": site}
    celery = [*run, "celery", "-A", "salesops", "--quiet"]
    return [
        Child("web",
              [*run, "gunicorn", "--worker-class", "gthread", "--workers", 2, "--threads", 8,
               "--graceful-timeout", 5, "--no-control-socket", "--bind", f"127.0.0.1:{port}",
               "--logger-class", "salesops.logs.Gunicorn", "salesops.wsgi:application"],
              env=env | {"PROMETHEUS_MULTIPROC_DIR": str(DATA / "metrics")}, cwd=BASE, patience=10,
              ready=lambda: services.answers(("127.0.0.1", port), HEALTH, b" 200 ")),
        Child("worker",
              [*celery, "worker", "-c", 2, "--loglevel", "INFO", "--without-mingle",
               "--without-gossip"],
              env=env, cwd=BASE),
        Child("beat",
              [*celery, "beat", "--pidfile=", "--schedule", DATA / "beat-schedule",
               "--loglevel", "WARNING"],
              env=env, cwd=BASE),
    ]


def refuse_taken(port: int) -> None:
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", port))
        except OverflowError:
            raise Refused(f"{port} is no port.") from None
        except PermissionError:
            raise Refused(f"port {port} is reserved for root: make demo PORT=8000.") from None
        except OSError:
            raise Refused(f"port {port} is taken by another program:"
                          f" make demo PORT={port + 1}.") from None


def unapplied() -> bool:
    executor = MigrationExecutor(connections["owner"])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def collect() -> None:
    """Copy and compress the static files when one of them is newer than the last copy."""
    stamp = Path(settings.STATIC_ROOT) / ".collected"
    newest = max((os.stat(storage.path(name)).st_mtime
                  for finder in get_finders() for name, storage in finder.list([])), default=0)
    if not stamp.exists() or stamp.stat().st_mtime < newest:
        say("collecting static files")
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.touch()


def table(rows: list[dict]) -> str:
    """The logins as a table; Chinese characters are two columns wide."""
    heads = {"company": "公司", "role": "角色", "name": "姓名", "login": "登录名",
             "password": "密码"}
    rows = [heads, *rows]
    widths = {key: max(width(row[key]) for row in rows) for key in heads}
    return "\n".join(
        "  ".join(row[key] + " " * (widths[key] - width(row[key])) for key in heads).rstrip()
        for row in rows)


def width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
