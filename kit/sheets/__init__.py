"""Tables in files: reading what people upload, writing what they take away."""

from kit.sheets.reading import EXCEL_FILES, TEXT_FILES, SheetError, Table, read_table
from kit.sheets.writing import escape_formula, unescape_formula, write_csv, write_xlsx

SUFFIXES = frozenset(TEXT_FILES | EXCEL_FILES)

__all__ = [
    "SUFFIXES",
    "SheetError",
    "Table",
    "escape_formula",
    "read_table",
    "unescape_formula",
    "write_csv",
    "write_xlsx",
]
