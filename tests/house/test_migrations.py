"""The models and the migrations say the same, and each app has one last migration."""

from io import StringIO

from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader


def test_no_migration_is_missing(db):
    out = StringIO()
    call_command("makemigrations", "--check", "--dry-run", stdout=out, verbosity=1)
    assert "No changes detected" in out.getvalue()


def test_every_app_has_one_leaf(db):
    loader = MigrationLoader(None)
    leaves = [app for app, _name in loader.graph.leaf_nodes()]
    assert sorted(leaves) == sorted(set(leaves))
