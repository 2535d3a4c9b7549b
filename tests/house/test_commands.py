"""A1: every command and every task of ours is known, with what it may touch."""

from django.core.management import get_commands

from salesops.celery import app

OURS = {"accounts", "approvals", "audit", "contracts", "customers", "desk", "figures", "files",
        "kit", "kpi", "notices", "org", "salesops", "tenancy"}  # fmt: skip
COMMANDS = {
    "backup": "reads the cluster as its superuser, writes into the folder it is given",
    "bench": "measures, on databases of its own beside the product's",
    "create_company": "a new tenant with its tree's root, tax rates, workdays and chains",
    "list_endpoints": "reads the resolver",
    "messages": "reads and writes catalogues, no database",
    "reconcile": "compares the figures of every company with their rows, and may put them right",
    "restore": "makes a stopped installation from a backup; sets aside, deletes nothing",
    "seed": "sample companies with random passwords, only when asked",
    "services": "the embedded servers",
    "start": "everything under one supervisor",
    "verify_backup": "reads a backup folder, no database",
    "verify_audit": "reads the chains of every company",
}
TASKS = {
    "accounts.send_letters": "letters to logins that are due",
    "accounts.tidy": "old login attempts, letters and devices",
    "approvals.clock": "reminders and what is told upward, company by company",
    "audit.publish_heads": "appends the heads to a file outside the database",
    "contracts.remind": "owners of drafts and contracts to sign, once a working day and company",
    "contracts.tell_ending": "owners of contracts that end soon, once a working day and company",
    "customers.remind": "owners of visits and customers due, once a working day and company",
    "kpi.close": "opens, collects and freezes months, each step once, company by company",
    "notices.mail": "plans and sends mail of what is unread, each once, company by company",
    "notices.tidy": "notices of long ago, once a day and company",
    "figures.fold": "adds waiting changes to the sums, company by company",
    "figures.reconcile": "compares the sums with their rows, once a night and company",
    "tenancy.run": "long work of one outbox row, inside its company",
    "tenancy.sweep": "delivers outbox rows company by company",
    "tenancy.tidy": "old answers and delivered news, once a day and company",
}


def test_every_command_of_ours_is_known():
    assert {name for name, place in get_commands().items() if place in OURS} == set(COMMANDS)


def test_every_task_is_known():
    app.loader.import_default_modules()
    assert {name for name in app.tasks if not name.startswith("celery.")} == set(TASKS)
