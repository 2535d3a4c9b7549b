"""Every write of imports and exports."""

from files.actions.exports import expire_export, export, write_export
from files.actions.imports import (
    CHUNK,
    MOST_BYTES,
    MOST_TURNS,
    add_rows,
    cancel,
    check_file,
    clean_name,
    commit,
    commit_rows,
    folder,
    undo,
    upload,
)

__all__ = [
    "CHUNK",
    "MOST_BYTES",
    "MOST_TURNS",
    "add_rows",
    "cancel",
    "check_file",
    "clean_name",
    "commit",
    "commit_rows",
    "expire_export",
    "export",
    "folder",
    "undo",
    "upload",
    "write_export",
]
