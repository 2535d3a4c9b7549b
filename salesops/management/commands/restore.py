"""`restore DIR [--to TIME] [--into DATA]`: a new installation as it was at a moment."""

import json
import os
import subprocess
import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from salesops.backup.restore import moment, restore
from salesops.supervisor import BASE, DATA


class Command(BaseCommand):
    help = "Makes the cluster and the files of DIR anew, as they were at TIME."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--to", metavar="TIME", default="",
                            help="ISO 8601; without a zone that of the settings; the end if unset")
        parser.add_argument("--into", metavar="DATA", type=Path, default=DATA,
                            help="data folder to make, SALESOPS_DATA if unset")
        parser.add_argument("--over", action="store_true",
                            help="set aside what is there; nothing is deleted")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, folder, to, into, over, **options):
        target = moment(to)
        if into.absolute() != DATA:
            # places and secrets follow from SALESOPS_DATA when the product is loaded
            more = [flag for flag, on in (("--over", over), ("--json", options["json"])) if on]
            done = subprocess.run(
                [sys.executable, "manage.py", "restore", folder.absolute(), "--to", to, *more],
                cwd=BASE, env={**os.environ, "SALESOPS_DATA": str(into.absolute())}, check=False,
            )  # fmt: skip
            raise SystemExit(done.returncode)
        said = restore(folder.absolute(), to=target, over=over)
        if options["json"]:
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            return
        for line in said["notes"]:
            self.stdout.write(line)
        self.stdout.write(f"{said['data']}: restored to {said['reached']}, {said['files']} files,"
                          f" {said['seconds']} s. Audit chains verified: {said['lines']} lines.")
