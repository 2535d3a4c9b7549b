"""`manage.py reconcile [--repair] [--json]`: every kept sum against the rows it stands for."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from figures.actions import reconcile
from tenancy.context import company
from tenancy.models import Company


class Command(BaseCommand):
    """Compare the figures with their rows."""

    help = "Compare every kept sum with its rows; exit 1 when one differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="put right what differs")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        found = {}
        for pk in Company.objects.order_by("id").values_list("pk", flat=True):
            with company(pk):
                found[pk] = [one.as_json() for one in reconcile(is_repair=options["repair"])]
        if options["json"]:
            rows = [{"company": pk, "differences": some} for pk, some in found.items()]
            self.stdout.write(json.dumps(rows))
        else:
            for pk, some in found.items():
                self.stdout.write(f"company {pk}: {len(some)} differences")
        if any(found.values()) and not options["repair"]:
            raise CommandError("figures differ from their rows")
