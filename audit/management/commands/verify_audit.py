"""`manage.py verify_audit [--json]`: walks every chain; exit 1 names the first bad line."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.verify import verify
from tenancy.context import company
from tenancy.models import Company


class Command(BaseCommand):
    """Verify the audit chains."""

    help = "Walk every company's audit chain and name the first bad line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        verdicts = []
        for row in Company.objects.order_by("id"):
            with company(row.pk):
                verdicts.append(verify(row.pk))
        if options["json"]:
            self.stdout.write(json.dumps([verdict.as_json() for verdict in verdicts]))
        else:
            for v in verdicts:
                state = "ok" if v.ok else f"BAD at {v.bad}: {v.why}"
                self.stdout.write(f"company {v.company}: {v.lines} lines, {state}")
        if not all(verdict.ok for verdict in verdicts):
            raise CommandError("an audit chain is broken")
