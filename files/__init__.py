"""Files: tables that people bring in, whole or not at all, and tables that they take away."""
