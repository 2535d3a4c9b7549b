"""Floor 10, KPI: the month and its close, what each person and unit reached, and what is said."""
