"""How the database answers the pages of every day: which tables it reads from end to end.

Of a small company sequential scans are made dear while it is explained: they would be cheaper than
an index that is there, and what is asked is whether there is one. At 100,000 plans are taken as
they are.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import connection

from salesops.bench.scenarios import Stage

BIG = frozenset(
    {
        "approvals_case", "approvals_task", "audit_auditline", "contracts_contract",
        "customers_contact", "customers_customer", "customers_visit", "figures_cell",
    }
)  # fmt: skip
# a scan that a LIMIT stops early is as good as an index
MOST_READ = 8_000


def pages(stage: Stage) -> list[tuple[str, str]]:
    """(role, address) of the readings among S1 to S9."""
    found = [("director", f"/customers/?q={q}") for q in (stage.rare, stage.two, stage.initials)]
    for role in ("director", "regional_manager", "supervisor", "rep"):
        visits = [f"/customers/visits/?who=all&box={box}" for box in ("all", "overdue")]
        lists = ("/customers/", "/contracts/", *visits, "/approvals/")
        found += [(role, path) for path in (*lists, "/figures/", "/", "/api/v1/customers/")]
    found += [("rep", f"/customers/{stage.mine[0].pk}/"), ("rep", f"/contracts/{stage.contract}/")]
    return found


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


def read_whole(plan: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """(table, rows read) of each long walk through one of the big tables."""
    for node in nodes(plan):
        if node["Node Type"].endswith("Seq Scan") and node["Relation Name"] in BIG:
            removed = node.get("Rows Removed by Filter", 0)
            rows = int((node["Actual Rows"] + removed) * node["Actual Loops"])
            if rows > MOST_READ:
                yield node["Relation Name"], rows


def wasteful(stage: Stage, *, is_small: bool = True) -> list[tuple[str, str, str, int, str]]:
    """(role, page, table, rows, statement) of every sequential scan that reads much."""
    found: list[tuple[str, str, str, int, str]] = []
    for role, path in pages(stage):
        with connection.execute_wrapper(partial(looked, found, role, path, is_small)):
            answer = stage.get(role, path)()
        if answer.status_code != 200:
            raise RuntimeError(f"{role} {path}: {answer.status_code}")
    return found


def looked(
    found: list, role: str, path: str, is_small: bool, execute: Callable, *asked: Any
) -> Any:
    """Have a statement explained before it is executed."""
    text, values, *_rest = asked
    # a function of the door is composed by the driver, and closed to us
    if isinstance(text, str) and text.startswith(("SELECT", "(SELECT", "WITH")):
        with connection.connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL enable_seqscan = {'off' if is_small else 'on'}")
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", values)
            plan = cursor.fetchone()[0]
            cursor.execute("SET LOCAL enable_seqscan = on")
        found.extend((role, path, *long, text[:3000]) for long in read_whole(plan[0]["Plan"]))
    return execute(*asked)
