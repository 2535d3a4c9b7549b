"""`services up|down|status`: the embedded PostgreSQL and Redis alone, in the background."""
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress

from django.core.management.base import BaseCommand

from salesops import services
from salesops.supervisor import BASE, DATA, Refused, lock, supervise


class Command(BaseCommand):
    help = "Starts, stops or looks at the embedded PostgreSQL and Redis."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("verb", choices=["up", "down", "status", "run"])
        parser.add_argument("--fast", action="store_true",
                            help="for tests: may lose everything in a power cut")
        parser.add_argument("--pipe", type=int, help="used by `up`: where `run` says it is ready")

    def handle(self, *, verb, fast, pipe, **_):
        if verb == "run":
            return self.run(fast, pipe)
        return {"up": lambda: self.up(fast), "down": self.down, "status": self.status}[verb]()

    def up(self, fast):
        """Leave a supervisor behind: the servers die with the process that started them."""
        (DATA / "log").mkdir(parents=True, exist_ok=True)
        read, write = os.pipe()
        command = [sys.executable, BASE / "manage.py", "services", "run", f"--pipe={write}",
                   *(["--fast"] if fast else [])]
        with (DATA / "log" / "services.log").open("ab") as log:
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                             pass_fds=[write], start_new_session=True)
        os.close(write)
        with open(read, "rb") as answer:
            said = answer.read().decode()
        if said != "ready":
            raise Refused(said or f"the services did not start, see {DATA}/log/services.log")
        self.stdout.write("services are up")

    def run(self, fast, pipe):
        def tell(text):
            if pipe is not None:
                os.write(pipe, text.encode())
                os.close(pipe)

        if pipe is not None:
            os.set_inheritable(pipe, False)
        try:
            with lock():
                supervise(services.services(fast=fast), ready=lambda: tell("ready"))
        except Refused as reason:
            with suppress(OSError):         # it had been ready before
                tell(str(reason))
            raise

    def down(self):
        try:
            lock().close()
        except Refused:
            os.kill(int((DATA / "lock").read_text()), signal.SIGTERM)
            end = time.monotonic() + 120
            while time.monotonic() < end:
                time.sleep(0.1)
                with suppress(Refused):
                    lock().close()
                    self.stdout.write("services are down")
                    return
            raise Refused("the services did not stop in two minutes.") from None
        self.stdout.write("services were not running")

    def status(self):
        try:
            lock().close()
        except Refused as reason:
            self.stdout.write(str(reason))
        else:
            self.stdout.write("not running")
