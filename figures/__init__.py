"""Measures that upper floors register, their rollup, and totals by unit, member and month."""
