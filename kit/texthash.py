"""Content hashes: one text for one content, so that equal contents have equal hashes for ever."""

import datetime as dt
import hashlib
import json
from decimal import Decimal
from enum import Enum
from uuid import UUID

VERSION = 1


def canonical(content: object) -> bytes:
    """Canonical JSON in UTF-8: keys sorted, no blanks.

    Decimals become plain text with at least two places (1.5 and 1.500 are both "1.50"), moments
    UTC, dates ISO. TypeError for floats, naive moments, keys that are not text and every other
    type; ValueError for NaN and infinity.
    """
    tree = _plain(content)
    return json.dumps(tree, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(content: object, version: int = VERSION) -> str:
    """`1:` and 64 hex digits of SHA-256 over the canonical text; 1 names the way it was made."""
    if version != VERSION:
        raise ValueError(f"unknown version of content hash: {version}")
    return f"{version}:{hashlib.sha256(canonical(content)).hexdigest()}"


def _plain(value: object) -> object:  # noqa: PLR0911 - one return for each kind of value
    if isinstance(value, Enum):
        return _plain(value.value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, dt.datetime):
        if value.tzinfo is None:
            raise TypeError("a moment needs its zone")
        return value.astimezone(dt.UTC).isoformat(timespec="microseconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("keys must be text")
        return {str(key): _plain(item) for key, item in value.items()}
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise ValueError("NaN and infinity have no canonical form")
    whole, _, places = format(value, "f").partition(".")
    text = f"{whole}.{places.rstrip('0'):0<2}"
    return "0.00" if text == "-0.00" else text
