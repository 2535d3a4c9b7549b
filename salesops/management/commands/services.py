"""`services up|down|status`: the embedded PostgreSQL and Redis alone, in the background."""
from django.core.management.base import BaseCommand

from salesops import services


class Command(BaseCommand):
    help = "Starts, stops or looks at the embedded PostgreSQL and Redis."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("verb", choices=["up", "down", "status"])
        parser.add_argument("--fast", action="store_true",
                            help="for tests: may lose everything in a power cut")

    def handle(self, *, verb, fast, **_):
        if verb == "up":
            services.up(fast=fast)
            said = "services are up"
        elif verb == "down":
            said = "services are down" if services.down() else "services were not running"
        else:
            said = services.status() or "not running"
        self.stdout.write(said)
