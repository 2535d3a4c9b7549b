"""Keeps the processes of one installation alive: start in order, restart, stop, leave no orphan.

Standard library only, so that it can run before Django is configured.
"""
import contextlib
import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("SALESOPS_DATA", BASE / "var")).absolute()
LINUX = sys.platform.startswith("linux")
MARK = "SALESOPS_INSTANCE"      # in the environment of every child: leftovers are found by it
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36


class Refused(Exception):
    """A sentence for the person at the terminal."""


def say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def die_with_parent(parent: int, number: int) -> None:
    """In the child, after its user was changed (a change of user clears the setting)."""
    if LINUX:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os._exit(0)


class Child:
    """One process, started in a session of its own so that Ctrl-C reaches only the supervisor.

    `command` may be a function: it is asked again and again, and None means not now.
    `last`: it ends after all others, whatever its place.
    """

    def __init__(self, name, command, *, ready=None, stop=signal.SIGTERM, patience=30,
                 user=None, cwd=None, env=None, last=False):
        self.name, self.ready = name, ready
        self.wanted = command if callable(command) else lambda: command
        self.command, self.last = None, last
        self.stop, self.patience = stop, patience
        self.user, self.cwd, self.env = user, cwd, env or {}
        self.process, self.failures, self.next_try, self.started = None, 0, 0.0, 0.0
        self.log = DATA / "log" / f"{name}.log"

    def start(self) -> None:
        self.command = self.wanted()
        if self.command is None:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        parent, stop, who = os.getpid(), self.stop, {}
        if self.user:
            who = {"user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                [str(part) for part in self.command], stdin=subprocess.DEVNULL, stdout=out,
                stderr=out, cwd=self.cwd, env={**os.environ, **self.env, MARK: str(DATA)},
                start_new_session=True, umask=0o077,
                preexec_fn=lambda: die_with_parent(parent, stop), **who)
        self.started = time.monotonic()

    def send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)

    def end(self) -> None:
        if self.process is None:
            return
        self.send(self.stop)
        try:
            self.process.wait(self.patience)
        except subprocess.TimeoutExpired:
            say(f"{self.name} did not stop in {self.patience} s: killed")
        self.send(signal.SIGKILL)           # whatever it left in its process group
        self.process.wait()

    def wait_ready(self, wanted: list[int], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while self.ready and not wanted and not self.ready():
            if self.process.poll() is not None or time.monotonic() > end:
                tail = self.log.read_text(errors="replace").splitlines()[-15:]
                raise Refused(f"{self.name} did not start:\n  " + "\n  ".join(tail))
            time.sleep(0.05)

    def revive(self) -> None:
        """Start it again when it has ended, later and later while it keeps failing."""
        now = time.monotonic()
        if self.command != self.wanted():
            self.end()
            self.process, self.next_try = None, 0.0
            self.start()
        elif self.process is None:
            return
        elif self.process.poll() is None:
            if now - self.started > 60:
                self.failures = 0
        elif self.next_try == 0:
            wait = min(0.5 * 2 ** self.failures, 30)
            self.failures, self.next_try = self.failures + 1, now + wait
            self.send(signal.SIGKILL)       # its own children, if it left some
            say(f"{self.name} ended with {self.process.returncode}:"
                f" again in {wait:g} s (log: {self.log})")
        elif now >= self.next_try:
            self.next_try = 0.0
            self.start()


def lock():
    """One supervisor per data folder; the kernel drops the lock with the process."""
    DATA.mkdir(parents=True, exist_ok=True)
    file = (DATA / "lock").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        number = file.read().strip() or "?"
        file.close()
        raise Refused(f"already running here (process {number}).") from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    os.set_inheritable(file.fileno(), False)
    return file


def supervise(children: list[Child], *, between=None, ready=None, first: int = 2) -> None:
    """Run the children until SIGTERM, SIGINT or SIGHUP; `between` runs once `first` of them answer.

    Main thread only: PR_SET_PDEATHSIG fires when the starting *thread* ends.
    """
    wanted, interruptible = [], False

    def on_signal(number, _frame):
        wanted.append(number)
        if interruptible:                   # a migration or the seed rolls back by itself
            raise KeyboardInterrupt

    for number in SIGNALS:
        signal.signal(number, on_signal)
    adopt()
    started = []
    try:
        for place, child in enumerate(children):
            if place == first and between and not wanted:
                interruptible = True
                between()
                interruptible = False
            if wanted:
                return
            child.start()
            started.append(child)
            child.wait_ready(wanted)
        if ready and not wanted:
            ready()
        keep(children, wanted)
    except KeyboardInterrupt:
        say("interrupted")
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        started.sort(key=lambda child: not child.last)
        for child in reversed(started):
            child.end()
        bury([])
        say("stopped")


def adopt() -> None:
    """Grandchildren whose parent was killed come to us instead of living on."""
    if LINUX:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def keep(children: list[Child], wanted: list[int]) -> None:
    while not wanted:
        for child in children:
            child.revive()
        bury(children)
        time.sleep(0.2)


def bury(children: list[Child]) -> None:
    """Reap adopted grandchildren; our own children are left to their Popen."""
    own = {child.process.pid for child in children if child.process}
    with contextlib.suppress(ChildProcessError):
        while info := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if info.si_pid in own:
                return
            os.waitpid(info.si_pid, os.WNOHANG)


def leftovers(places: set[str]) -> list[int]:
    """Processes of an earlier run (Linux): servers by working folder, others by their mark."""
    found, mark = [], f"{MARK}={DATA}".encode()
    for entry in Path("/proc").glob("[0-9]*") if LINUX else ():
        pid = int(entry.name)
        if pid in {os.getpid(), os.getppid()}:
            continue
        with contextlib.suppress(OSError):
            if (os.readlink(entry / "cwd") in places
                    or mark in (entry / "environ").read_bytes().split(b"\0")):
                found.append(pid)
    return found


def sweep(places: set[str]) -> bool:
    """End what a killed supervisor left behind; False when something of it is still there."""
    for number, seconds in ((signal.SIGINT, 10), (signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        end = time.monotonic() + seconds
        for pid in (rest := leftovers(places)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, number)
        while rest and leftovers(places) and time.monotonic() < end:
            time.sleep(0.1)
    return LINUX and not leftovers(places)
