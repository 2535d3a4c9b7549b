"""The same questions by hand-written SQL without row security: what the database itself costs."""

import statistics
import time
from pathlib import Path

from django.db import connections

ASKED = {
    "S1 director": (
        "SELECT c.*, m.name, u.name FROM customers_customer c "
        "JOIN org_member m ON m.id = c.owner_id JOIN org_unit u ON u.id = c.unit_id "
        "WHERE c.company_id = %(company)s AND c.archived_at IS NULL "
        "ORDER BY c.updated_at DESC, c.id DESC LIMIT 26"
    ),
    "S6 customer": "SELECT * FROM customers_customer WHERE id = %(customer)s",
    "S9 director": (
        "SELECT measure, month, sum(number) FROM figures_cell WHERE company_id = %(company)s "
        "AND owner_id IS NULL AND month >= date_trunc('month', now()) - interval '23 months' "
        "GROUP BY 1, 2"
    ),
}


def bare(company: int, customer: int, rounds: int) -> dict[str, float]:
    """Median milliseconds of CPU in the owner's connection, for each question."""
    found = {}
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        file = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
        for name, text in ASKED.items():
            spent = []
            for _round in range(rounds):
                before = int(file.read_text().split()[0])
                cursor.execute(text, {"company": company, "customer": customer})
                cursor.fetchall()
                time.sleep(0.002)  # until the backend is idle and its time is written down
                spent.append((int(file.read_text().split()[0]) - before) / 1e6)
            found[name] = statistics.median(spent)
    return found
