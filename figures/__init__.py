"""Measures that upper floors register, and totals of them by unit, member and month."""
