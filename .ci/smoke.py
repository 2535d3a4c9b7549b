"""`make demo` as a newcomer does it: it comes up, logins work, it stops cleanly."""
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from http.cookiejar import CookieJar
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
FIRST, AGAIN = 420, 60          # seconds a start may take


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def demo(copy, port, patience):
    """Start it, wait until it is ready; returns the process and the seconds it took."""
    began = time.monotonic()
    output = (copy.parent / "demo.log").open("ab")
    process = subprocess.Popen(["make", "demo", f"PORT={port}"], cwd=copy, stdout=output,
                               stderr=output, stdin=subprocess.DEVNULL, start_new_session=True)
    while time.monotonic() - began < patience:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as got:
            if got.status == 200:
                return process, time.monotonic() - began
        if process.poll() is not None:
            break
        time.sleep(0.2)
    os.killpg(process.pid, signal.SIGTERM)
    process.wait(60)
    raise SystemExit("smoke: the demo did not come up")


def sign_in(port, row):
    """Where somebody lands who types login and password."""
    jar = CookieJar()
    web = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    address = f"http://127.0.0.1:{port}/accounts/login/"
    web.open(address).read()
    token = next(cookie.value for cookie in jar if cookie.name == "csrftoken")
    form = {"login": row["login"], "password": row["password"], "csrfmiddlewaretoken": token}
    with web.open(address, urllib.parse.urlencode(form).encode()) as got:
        assert got.status == 200, got.status
        assert "/accounts/login/" not in got.url, f"{row['login']} was not let in"
        return got.url


def stop(copy, process):
    began = time.monotonic()
    os.kill(int((copy / "var" / "lock").read_text()), signal.SIGTERM)
    code = process.wait(90)
    assert code == 0, f"make demo ended with {code}"
    left = [entry for entry in Path("/proc").glob("[0-9]*") if belongs(entry, copy)]
    assert not left, f"still running: {[(e / 'cmdline').read_bytes() for e in left]}"
    return time.monotonic() - began


def belongs(entry, copy):
    with suppress(OSError):
        here = (entry / "cwd").readlink()
        mark = f"SALESOPS_INSTANCE={copy / 'var'}".encode()
        return here.is_relative_to(copy) or mark in (entry / "environ").read_bytes()
    return False


def main():
    folder = Path(tempfile.mkdtemp(prefix="smoke-")).resolve()
    folder.chmod(0o755)                 # as root, PostgreSQL runs under another account
    copy, port = folder / "copy", free_port()
    try:
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", HERE, copy], check=True)
        process, first = demo(copy, port, FIRST)
        logins = copy / "var" / "demo-logins.json"
        assert logins.stat().st_mode & 0o777 == 0o600, "demo-logins.json is readable by others"
        rows = json.loads(logins.read_text(encoding="utf-8"))
        for row in (rows[0], rows[-1]):
            sign_in(port, row)
        assert not list((copy / ".venv").glob("lib/*/site-packages/pytest")), "tests leaked in"
        stopped = stop(copy, process)
        process, again = demo(copy, port, AGAIN)
        sign_in(port, rows[0])
        stop(copy, process)
    except BaseException:
        for log in [folder / "demo.log", *sorted((copy / "var" / "log").glob("*.log"))]:
            if log.exists():
                said = log.read_text(errors="replace")[-3000:]
                sys.stderr.write(f"--- {log.name}\n{said}\n")
        raise
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"smoke: first start {first:.0f} s, stop {stopped:.1f} s, second start {again:.1f} s,"
          f" {len(rows)} logins", flush=True)


if __name__ == "__main__":
    main()
