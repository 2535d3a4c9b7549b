"""Tables in files: reading what people upload, writing what they take away."""

from kit.sheets.reading import SheetError, Table, read_table
from kit.sheets.writing import escape_formula, unescape_formula, write_csv, write_xlsx

__all__ = [
    "SheetError",
    "Table",
    "escape_formula",
    "read_table",
    "unescape_formula",
    "write_csv",
    "write_xlsx",
]
