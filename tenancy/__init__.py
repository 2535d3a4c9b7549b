"""Floor 1: the company as tenant, row security, and the plumbing every company needs."""
