"""`create_company`: a new tenant, ready for its first people."""

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from org.models import Role
from salesops.seed.firm import Firm, add_person, add_units, found_company, new_password
from tenancy.context import company
from tenancy.models import Company


class Command(BaseCommand):
    help = (
        "Founds a company with its root unit, tax rates, working days and the chain of contracts."
    )

    def add_arguments(self, parser):
        parser.add_argument("name", help="full name, as it stands in contracts")
        parser.add_argument("slug", help="short name, unique, of letters, digits and hyphens")
        parser.add_argument("--admin", metavar="LOGIN", help="e-mail of the first administrator")
        parser.add_argument("--admin-name", default="", help="name of that person")

    @transaction.atomic
    def handle(self, *args, **options):
        if Company.objects.filter(slug=options["slug"]).exists():
            raise CommandError(f"there is a company {options['slug']} already")
        try:
            firm = Firm(found_company(options["name"], options["slug"]))
            if options["admin"]:
                self.appoint(firm, options["admin"].strip().lower(), options["admin_name"])
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"{firm.company.pk} {firm.company.slug} {firm.company.name}")

    def appoint(self, firm, login, name):
        password = new_password()
        with company(firm.company.pk):
            add_units(firm, {})
            add_person(
                firm, name or login, "root", Role.COMPANY_ADMIN, login=login, password=password,
                hashed=make_password(password), no="",
            )  # fmt: skip
        self.stdout.write(f"{login} {password}")
