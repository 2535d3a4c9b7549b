"""`verify_backup DIR [--json]`: reads every file of a backup; exit 1 names the bad ones."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from salesops.backup.check import check


class Command(BaseCommand):
    help = "Reads a whole backup and names every file that is missing or not as it was written."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("folder", metavar="DIR", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *, folder, **options):
        said = check(folder.absolute())
        if options["json"]:
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        else:
            for row in said["problems"]:
                self.stdout.write(f"BAD {row['file']}: {row['problem']}")
            if said["ok"]:
                self.stdout.write(
                    f"ok: {len(said['bases'])} bases, {said['pieces']} pieces of changes;"
                    f" can be restored to any time since {said['restorable_from']}"
                )
        if not said["ok"]:
            raise CommandError("the backup is bad")
