"""The sales-management manual: its clauses, what keeps each of them, and why a rule decides."""
