"""The same questions by hand-written SQL without row security: what the database itself costs."""

import statistics
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import connections

ASKED = {
    "S1 director": (
        "SELECT c.*, m.name, u.name FROM customers_customer c "
        "JOIN org_member m ON m.id = c.owner_id JOIN org_unit u ON u.id = c.unit_id "
        "WHERE c.company_id = %(company)s AND c.archived_at IS NULL "
        "ORDER BY c.updated_at DESC, c.id DESC LIMIT 26"
    ),
    "S1 rep": (
        "SELECT c.*, m.name, u.name FROM customers_customer c "
        "JOIN org_member m ON m.id = c.owner_id JOIN org_unit u ON u.id = c.unit_id "
        "WHERE c.owner_id = %(rep)s AND c.archived_at IS NULL "
        "ORDER BY c.updated_at DESC, c.id DESC LIMIT 26"
    ),
    "S4": (
        "SELECT * FROM customers_customer WHERE company_id = %(company)s "
        "AND grams @> %(rare)s AND archived_at IS NULL "
        "ORDER BY updated_at DESC, id DESC LIMIT 26"
    ),
    "S6 contract": (
        "SELECT * FROM contracts_contract c LEFT JOIN contracts_line l ON l.contract_id = c.id "
        "WHERE c.id = %(contract)s"
    ),
    "S6 customer": "SELECT * FROM customers_customer WHERE id = %(customer)s",
    "S9 director": (
        "SELECT measure, month, sum(number) FROM figures_cell WHERE company_id = %(company)s "
        "AND owner_id IS NULL AND month >= date_trunc('month', now()) - interval '23 months' "
        "GROUP BY 1, 2"
    ),
}

# S14: what the close of a month adds up, and nothing else
MONTH = """
SELECT count(*), sum(number) FROM (
SELECT 'visits' AS measure, unit_id, owner_id, count(*)::numeric AS number FROM customers_visit
 WHERE company_id = %(company)s AND status = 'done' AND checked_in_at >= %(first)s
   AND checked_in_at < %(last)s GROUP BY 2, 3
UNION ALL
SELECT 'effective_visits', unit_id, owner_id, count(*)::numeric FROM customers_visit
 WHERE company_id = %(company)s AND status = 'done' AND summary <> '' AND checked_in_at >= %(first)s
   AND checked_in_at < %(last)s GROUP BY 2, 3
UNION ALL
SELECT 'new_customers', unit_id, owner_id, count(*)::numeric FROM customers_customer
 WHERE company_id = %(company)s AND archived_at IS NULL AND created_at >= %(first)s
   AND created_at < %(last)s GROUP BY 2, 3
UNION ALL
SELECT 'contracts', unit_id, owner_id, count(*)::numeric FROM contracts_contract
 WHERE company_id = %(company)s AND status IN ('signed', 'archived')
   AND signed_on >= %(first)s::date AND signed_on < %(last)s::date GROUP BY 2, 3
UNION ALL
SELECT 'signed_amount', unit_id, owner_id, sum(gross_amount) FROM contracts_contract
 WHERE company_id = %(company)s AND status IN ('signed', 'archived')
   AND signed_on >= %(first)s::date AND signed_on < %(last)s::date GROUP BY 2, 3
) summed
"""


def bare(values: Mapping[str, Any], rounds: int) -> dict[str, float]:
    """Median milliseconds of CPU in the owner's connection, for each question."""
    found = {}
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        file = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
        for name, text in ASKED.items():
            spent = []
            for _round in range(rounds):
                before = int(file.read_text().split()[0])
                cursor.execute(text, values)
                cursor.fetchall()
                time.sleep(0.002)  # until the backend is idle and its time is written down
                spent.append((int(file.read_text().split()[0]) - before) / 1e6)
            found[name] = statistics.median(spent)
    return found
