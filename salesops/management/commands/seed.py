"""`seed`: a demo to look at, numbered companies with canaries for tools, or one large company."""

import json
import os
import random
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import translation

from salesops.seed import bulk, demo, tools
from tenancy.models import Company

LOGINS = "demo-logins.json"


class Command(BaseCommand):
    help = "Fills an installation: --demo, or --companies K --customers N, or --size N."

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="two believable companies")
        parser.add_argument("--companies", type=int, default=0)
        parser.add_argument("--customers", type=int, default=100, help="in each company")
        parser.add_argument("--size", type=int, default=0, help="customers, by COPY")
        parser.add_argument("--seed", type=int, default=1, help="equal numbers, equal stories")
        parser.add_argument("--json", metavar="FILE", help="where ids, logins and tokens go")

    def handle(self, *args, **options):
        if options["demo"] == bool(options["companies"] or options["size"]):
            raise CommandError("say --demo, or --companies K, or --size N")
        dice = random.Random(options["seed"])  # noqa: S311  a story, not a secret
        with translation.override("zh-hans"):
            if options["demo"]:
                self.demo(dice, options)
            elif options["size"]:
                self.bulk(dice, options)
            else:
                self.tools(dice, options)

    def demo(self, dice, options):
        file = Path(settings.DATA) / LOGINS
        if Company.objects.filter(slug=demo.SLUGS[0]).exists():
            self.stdout.write(f"the demo is here already; its logins are in {file}")
            return
        with transaction.atomic():
            logins = demo.tell(dice)
            write(file, logins)
        if options["verbosity"]:
            self.stdout.write(f"the logins are in {file}")

    def tools(self, dice, options):
        with transaction.atomic():
            found = tools.tell(dice, options["companies"], options["customers"], options["seed"])
        self.give(options, found)

    def bulk(self, dice, options):
        slug = f"b{options['seed']}-{options['size']}"
        found = [
            bulk.tell(dice, f"{slug}-{n}" if n else slug, options["size"])
            for n in range(max(options["companies"], 1))
        ]
        bulk.settle()
        self.give(options, found)

    def give(self, options, found):
        if options["json"]:
            write(Path(options["json"]), {"companies": found})
        else:
            self.stdout.write(json.dumps({"companies": found}, ensure_ascii=False))


def write(file, content):
    """Only its owner may read passwords."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        file.chmod(0o600)
        json.dump(content, out, ensure_ascii=False, indent=1)
