"""Files: tables that people bring in, checked first and then imported whole or not at all."""
