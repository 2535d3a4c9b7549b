"""A whole installation under its own supervisor, to kill parts of; clients that never give up."""

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path

from tests.database import BASE
from tests.serving import free_port

# what a client tells apart: an answer of the product, and no answer
AGAIN = {500, 502, 503, 504, 429}


def processes():
    """pid -> (parent, command line), of everything that runs here."""
    found = {}
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent = int((place / "stat").read_text().rsplit(")", 1)[1].split()[1])
            found[int(place.name)] = (parent, (place / "cmdline").read_text().replace("\0", " "))
    return found


class Running:
    """`manage.py start`: PostgreSQL, Redis, web 2×8, worker, beat, all on loopback or sockets."""

    def __init__(self, own):
        self.own, self.port = own, free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = own.data / "start.log"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "start", "--port", str(self.port)],
                cwd=BASE, env=own.env, stdout=out, stderr=out,
            )  # fmt: skip
        self.until_served(180)

    def until_served(self, seconds=60):
        """Seconds until the web and its database answer."""
        began = time.monotonic()
        while time.monotonic() - began < seconds:
            with contextlib.suppress(OSError), urllib.request.urlopen(
                self.address + "/readyz", timeout=30
            ) as answer:
                if answer.status == 200:
                    return time.monotonic() - began
            assert self.process.poll() is None, self.log.read_text()[-3000:]
            time.sleep(0.1)
        raise AssertionError(self.log.read_text()[-3000:])

    MARKS = {"postgres": "pginstall/bin/postgres", "redis": "redis-server", "web": "gunicorn",
             "worker": " worker ", "beat": " beat "}  # fmt: skip

    def main(self, name):
        """The process that the supervisor started, if it lives."""
        for pid, (parent, command) in processes().items():
            if parent == self.process.pid and self.MARKS[name] in command:
                return pid
        return None

    def children(self, name):
        main = self.main(name)
        return [pid for pid, (parent, _command) in processes().items() if parent == main and main]

    def kill(self, name):
        """The whole part, with SIGKILL."""
        pid = self.main(name)
        if pid:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return pid

    def kill_child(self, name):
        if alive := self.children(name):
            with contextlib.suppress(ProcessLookupError):
                os.kill(random.choice(alive), signal.SIGKILL)
        return bool(alive)

    @contextlib.contextmanager
    def held_down(self, name):
        """Killed again as soon as it is started again."""
        over = threading.Event()

        def hold():
            while not over.is_set():
                self.kill(name)
                time.sleep(0.05)

        holder = threading.Thread(target=hold)
        holder.start()
        try:
            yield
        finally:
            over.set()
            holder.join()

    def stop(self):
        self.process.terminate()
        self.process.wait(120)


class Client:
    """Sends one act with one key until it is answered, and remembers what it was told."""

    def __init__(self, address, seconds=180):
        self.address, self.seconds = address, seconds
        self.told, self.pages, self.took, self.tries = [], [], [], 0

    def once(self, path, token, data=None, key=None, method=None):
        headers = {"Authorization": f"Token {token}", "Content-Type": "application/json",
                   "Accept-Language": "zh-hans"}  # fmt: skip
        if key:
            headers["Idempotency-Key"] = key
        body = json.dumps(data).encode() if data is not None else None
        request = urllib.request.Request(self.address + path, body, headers, method=method)
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, text = error.code, error.read()
        except (OSError, http.client.HTTPException):
            return None, None
        self.took.append(time.monotonic() - began)
        if status >= 500:
            self.pages.append((status, text.decode("utf-8", "replace")))
        return status, json.loads(text) if text[:1] in b"{[" else None

    def act(self, path, token, data=None):
        """An unsafe request with one key, again and again until the product has answered."""
        key, end = str(uuid.uuid4()), time.monotonic() + self.seconds
        while time.monotonic() < end:
            self.tries += 1
            status, body = self.once(path, token, data if data is not None else {}, key)
            if status and status not in AGAIN:
                self.told.append((path, status))
                return status, body
            time.sleep(random.uniform(0.05, 0.4))
        raise AssertionError(f"no answer: {path}")

    def read(self, path, token):
        end = time.monotonic() + self.seconds
        while time.monotonic() < end:
            status, body = self.once(path, token)
            if status and status not in AGAIN:
                return body
            time.sleep(random.uniform(0.05, 0.4))
        raise AssertionError(f"no answer: {path}")


def percentile(values, share):
    return round(sorted(values)[min(len(values) - 1, int(len(values) * share))], 2)
