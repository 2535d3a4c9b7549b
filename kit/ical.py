"""Calendars as text (RFC 5545), of which no word can begin a line of its own."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

WIDTH = 75  # octets of a line; what is longer goes on behind a blank


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `uid` stays the same for ever, `stamp` is when it last changed."""

    uid: str
    stamp: datetime
    start: date | datetime
    summary: str
    url: str = ""
    minutes: int = 0


def plain(text: str) -> str:
    """Ends of lines go; what a calendar would read as a sign of its own is marked."""
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return words.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def folded(line: str) -> str:
    """Pieces of at most 75 octets, never cut inside a character."""
    pieces, size = [""], 0
    for sign in line:
        octets = len(sign.encode())
        if size + octets > WIDTH:
            pieces.append(" ")
            size = 1
        pieces[-1] += sign
        size += octets
    return "\r\n".join(pieces)


def moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def lines_of(entry: Entry) -> Iterable[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{plain(entry.uid)}"
    yield f"DTSTAMP:{moment(entry.stamp)}"
    if isinstance(entry.start, datetime):
        yield f"DTSTART:{moment(entry.start)}"
        yield f"DURATION:PT{entry.minutes}M"
    else:
        yield f"DTSTART;VALUE=DATE:{entry.start:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{entry.start + timedelta(1):%Y%m%d}"
    yield f"SUMMARY:{plain(entry.summary)}"
    if entry.url:
        yield f"URL:{''.join(entry.url.split())}"
    yield "END:VEVENT"


def calendar(name: str, entries: Iterable[Entry]) -> str:
    """The whole text, ready to be sent as text/calendar."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Salesops//Calendar//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{plain(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
    ]
    for entry in entries:
        lines += lines_of(entry)
    return "\r\n".join(map(folded, [*lines, "END:VCALENDAR"])) + "\r\n"
