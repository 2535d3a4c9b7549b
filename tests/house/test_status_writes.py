"""Nothing but the engine writes the status of a document or the state of a case."""

import ast
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
ENGINE = {"approvals/actions/case.py", "approvals/actions/document.py"}
# seed rebuilds a year that never ran through the engine; its cases are checked by their own test
HISTORY = {"salesops/seed/history.py"}
APPS = (
    "applications", "approvals", "contracts", "customers", "desk", "files", "figures", "kpi",
    "org", "salesops",
)  # fmt: skip
CALLS = {"update", "create", "update_or_create", "get_or_create"}
NAMES = {"Status", "Case.State"}


def writes(path):
    """Line numbers where a keyword or attribute `status` gets a value of Status."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in CALLS:
                yield from (node.lineno for k in node.keywords if k.arg == "status")
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr == "status":
                    yield node.lineno


def test_only_the_engine_writes_a_status():
    found = {
        f"{path.relative_to(BASE)}:{line}"
        for app in APPS
        for path in (BASE / app).rglob("*.py")
        if (
            "migrations" not in path.parts
            and str(path.relative_to(BASE)) not in ENGINE | HISTORY
            and "import Status" in path.read_text()
        )
        or "approvals.models" in path.read_text()
        for line in writes(path)
        if str(path.relative_to(BASE)) not in ENGINE | HISTORY
    }
    assert found == set()
