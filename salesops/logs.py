"""Log lines as JSON without anything personal: what is written is chosen here, not filtered.

A line of ours carries the fields of `FIELDS` alone. Of other libraries' lines the text is kept and,
of its values, only numbers; of an exception its kind and the places it passed, never its message.
"""

import json
import logging
import time
import traceback
from typing import Any

from gunicorn.glogging import Logger

FIELDS = (
    "request", "company", "member", "method", "path", "status", "ms", "sql", "db_ms", "api",
    "job", "outcome", "error",
)  # fmt: skip


class Lines(logging.Formatter):
    """One record, one line: JSON escapes every line end."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{record.msecs:03.0f}Z",
            "level": record.levelname,
            "logger": record.name,
            "text": self.text(record),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if hasattr(line.get("request"), "META"):  # Django gives its own lines the whole request
            line["request"] = getattr(line["request"], "reference", "")
        if record.exc_info and record.exc_info[1]:
            line |= fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True)

    @staticmethod
    def converter(seconds: float | None) -> time.struct_time:
        return time.gmtime(seconds)

    @staticmethod
    def text(record: logging.LogRecord) -> str:
        template = str(record.msg)
        if record.name.startswith("django.security"):
            return "refused by Django"  # the text quotes what was sent
        if not isinstance(record.args, tuple):
            return template[:200]
        values = [value if isinstance(value, int | float) else "…" for value in record.args]
        try:
            return (template % tuple(values))[:200] if values else template[:200]
        except (TypeError, ValueError):
            return template[:200]


def fault(error: BaseException) -> dict[str, Any]:
    """Kind and way of an exception; its words may quote what somebody typed."""
    frames = traceback.extract_tb(error.__traceback__)[-12:]
    return {
        "error": kinds(error),
        "way": [f"{place(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }


def kinds(error: BaseException | None) -> str:
    """The exception and what caused it, by class."""
    names = []
    while error is not None and len(names) < 4:
        names.append(type(error).__name__)
        error = error.__cause__ or error.__context__
    return " < ".join(names)


def place(filename: str) -> str:
    """The last folders of a path: enough to find the line."""
    return "/".join(filename.split("/")[-3:])


class Gunicorn(Logger):
    """The web server's own lines in the same form; requests are logged by `salesops.watch`."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(Lines())
