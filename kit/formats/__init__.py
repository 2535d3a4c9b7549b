"""One way to write days and times in every language (FORMAT_MODULE_PATH): 2026-11-21, 16:42."""
