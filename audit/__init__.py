"""Floor 2: the append-only, hash-chained record of who did what, and the log of refusals."""
