"""`backup DIR`: a copy of the running database and its files; changes follow by themselves."""

import json
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from salesops.backup import take
from salesops.supervisor import Refused


class Command(BaseCommand):
    help = "Takes a base backup into DIR and lets every later change follow into it."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--keep", type=int, default=2, help="bases to keep, 2")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, folder, keep, **options):
        if not settings.EMBEDDED:
            raise Refused("DATABASE_URL is set: back up that server with its own programs"
                          " (docs/operations.md).")  # fmt: skip
        if keep < 1:
            raise Refused("--keep is 1 or more.")
        said = take.tried(folder.absolute(), keep=keep)
        if options["json"]:
            self.stdout.write(json.dumps(said))
            return
        self.stdout.write(
            f"{said['folder']}: base {said['base']}, {said['files']} files, {said['seconds']} s;"
            f" can be restored to any time since {said['restorable_from']}"
        )
