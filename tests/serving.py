"""The product over real HTTP: gunicorn on a cloned database, for races and for the browser."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

from tests.database import BASE


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def environment(clone, **more):
    import os

    return {**os.environ, **clone.env, "PLAIN_STATIC": "1", "PYTHONPATH": str(BASE), **more}


def run(clone, code):
    """Run Python inside the product on the clone; what it leaves in `result` comes back."""
    script = f"import json, django; django.setup()\n{code}\nprint('RESULT' + json.dumps(result))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(clone, DJANGO_SETTINGS_MODULE="salesops.settings"),
        cwd=BASE, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(done.stderr)
    return json.loads(done.stdout.rsplit("RESULT", 1)[1])


@contextmanager
def serve(clone, log: Path, workers=2):
    """gunicorn gthread 2×8 on the clone; yields its address."""
    port = free_port()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "gunicorn", "--no-control-socket",
                "--worker-class", "gthread", "--workers",
                str(workers), "--threads", "8", "--bind", f"127.0.0.1:{port}",
                "salesops.wsgi:application",
            ],
            env=environment(clone), cwd=BASE, stdout=out, stderr=out,
        )  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address + "/readyz", process, log)
            yield address
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def work(clone, log: Path):
    """The worker and the beat on the clone."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "celery", "-A", "salesops", "worker", "-B", "-c", "1",
                "--loglevel=INFO", "--without-mingle", "--without-gossip", "-s",
                str(log.with_suffix(".beat")),
            ],
            env=environment(clone), cwd=BASE, stdout=out, stderr=out,
        )  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def wait_for(url, process, log, seconds=30):
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            if process.poll() is not None or time.monotonic() > end:
                raise AssertionError(log.read_text()[-3000:]) from None
            time.sleep(0.1)


def ask(address, path, *, token, data=None, key=None, method=None):
    """One API request: (status, body)."""
    headers = {"Authorization": f"Token {token}", "Content-Type": "application/json"}
    if key:
        headers["Idempotency-Key"] = key
    body = json.dumps(data).encode() if data is not None else None
    request = urllib.request.Request(address + path, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read() or b"null")
