"""Every write of imports, exports and papers."""

from files.actions.exports import (
    consent,
    decline,
    expire_export,
    export,
    name_of_export,
    write_export,
)
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
from files.actions.papers import attach, draw_preview, is_intact, remove, restore, shelf, shelve
from files.actions.pictures import bytes_of, remove_picture, set_picture

__all__ = [
    "CHUNK",
    "MOST_BYTES",
    "MOST_TURNS",
    "add_rows",
    "attach",
    "bytes_of",
    "cancel",
    "check_file",
    "clean_name",
    "commit",
    "commit_rows",
    "consent",
    "decline",
    "draw_preview",
    "expire_export",
    "export",
    "folder",
    "is_intact",
    "name_of_export",
    "remove",
    "remove_picture",
    "restore",
    "set_picture",
    "shelf",
    "shelve",
    "undo",
    "upload",
    "write_export",
]
