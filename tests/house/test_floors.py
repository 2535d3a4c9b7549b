"""Imports and foreign keys point down only."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

BASE = Path(__file__).resolve().parents[2]
FLOORS = {
    "kit": 0,
    "accounts": 0.5,
    "tenancy": 1,
    "audit": 2,
    "org": 3,
    "files": 4,
    "figures": 4,
    "notices": 4,
    "approvals": 5,
    "applications": 6,
    "handbook": 6,
    "customers": 7,
    "contracts": 8,
    "kpi": 10,
    "desk": 12,
    "salesops": 13,
}
NEIGHBOURS = [{"files", "figures", "notices"}]
# DATA and other settings are read through django.conf; Celery's app is found by name


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


@pytest.mark.parametrize("app", FLOORS)
def test_imports_point_down(app):
    upward = {
        (str(path.relative_to(BASE)), name)
        for path in (BASE / app).rglob("*.py")
        for name in imports(path)
        if name in FLOORS and name != app and FLOORS[name] >= FLOORS[app]
    }
    assert upward == set()


def test_every_app_of_ours_has_a_floor():
    ours = {config.name for config in apps.get_app_configs() if Path(config.path).parent == BASE}
    assert ours == set(FLOORS)


def test_foreign_keys_point_down():
    upward = set()
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.app_label
        if label not in FLOORS:
            continue
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if not field.concrete or not target or target._meta.app_label not in FLOORS:
                continue
            if FLOORS[target._meta.app_label] > FLOORS[label]:
                upward.add((model._meta.label, field.name))
    assert upward == set()
