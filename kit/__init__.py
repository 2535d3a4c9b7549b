"""Floor 0: pure functions and registries, no model and no business word."""
