"""How fast it is: scenarios on a database of its own, one table, nothing asserted."""
