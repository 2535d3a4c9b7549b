"""Floor 5: one engine for every document: chains, cases, decisions and the one inbox."""
