"""Looking everywhere: what was typed, what was found, and which letters of it were meant."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kit.names import normalise, pattern, query_words, readings, search_text
from kit.registry import Finder, finders

LONGEST = 60
MOST = 8  # of one group


@dataclass(frozen=True, slots=True)
class Sought:
    """What somebody typed: `words` as `kit.names.query_words` reads them, `key` as one code."""

    text: str
    words: tuple[str, ...]
    key: str

    @classmethod
    def of(cls, text: str) -> "Sought":
        text = " ".join(text[:LONGEST].split())
        return cls(text, tuple(query_words(text)), normalise(text))

    @property
    def is_empty(self) -> bool:
        return not self.text

    @property
    def is_short(self) -> bool:
        """Something was typed, but too little to look for."""
        return bool(self.text) and not self.words

    @property
    def digits(self) -> str:
        """The figures, when nothing but a telephone number was typed."""
        return self.key if re.fullmatch(r"[0-9 +()-]{7,}", self.text) else ""

    def fits(self, *names: str) -> bool:
        """Whether every word is found in one of the names, by its letters, pinyin or initials."""
        text = _text_of(*names)
        return all(re.search(pattern(word), text) for word in self.words)


@dataclass(frozen=True, slots=True)
class Found:
    """One hit: what it is called, where it is, and a line about it without anything private."""

    label: str
    url: str
    note: str = ""
    icon: str = ""
    tier: str = ""
    is_exact: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """A hit as the page draws it; parts are (text, whether it was typed)."""

    found: Found
    icon: str
    parts: list[tuple[str, bool]]
    note: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Group:
    """The hits of one kind; `url` leads to all of them where there may be more."""

    key: str
    label: str
    hits: list[Shown]
    url: str = ""


def look(member: Any, sought: Sought) -> list[Group]:
    """Every finder's hits; whatever was meant exactly comes first, in a group of its own."""
    if sought.is_short:
        return []
    exact: list[Shown] = []
    groups = []
    for one in finders:
        hits = [shown(one, found, sought) for found in _first(one.source(member, sought, MOST))]
        exact += [hit for hit in hits if hit.found.is_exact]
        if rest := [hit for hit in hits if not hit.found.is_exact]:
            groups.append(Group(one.key, one.label, rest, one.url if len(hits) == MOST else ""))
    return [Group("exact", "", exact), *groups] if exact else groups


def _first(found: Iterable[Found]) -> list[Found]:
    return [hit for hit, _n in zip(found, range(MOST), strict=False)]


def shown(one: Finder, found: Found, sought: Sought) -> Shown:
    words = sought.words
    icon = found.icon or one.icon
    parts = cut(found.label, words)
    # what was meant stands in the line below only when it is not in the name
    is_named = any(is_meant for _text, is_meant in parts)
    return Shown(found, icon, parts, cut(found.note, () if is_named else words))


def best(labels: Sequence[Any], sought: Sought, name: Any = str) -> list[Any]:
    """The same rows, those first that are or begin with what was typed; the order holds else."""
    first = sought.words[0] if sought.words else ""

    def distance(row: Any) -> int:
        plain = normalise(name(row)).lower()
        if plain == sought.key.lower():
            return 0
        if plain.startswith(first):
            return 1
        return 2 if first in plain else 3

    return sorted(labels, key=distance)


@lru_cache(maxsize=20_000)
def _text_of(*names: str) -> str:
    return search_text(*names)


# --- which letters were meant ---------------------------------------------------------------------


def cut(label: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """The label in pieces; True for those that were typed, in letters, pinyin or initials."""
    meant: set[int] = set()
    for word in words:
        meant |= _places(label, word)
    pieces: list[tuple[str, bool]] = []
    for place, sign in enumerate(label):
        is_meant = place in meant
        if pieces and pieces[-1][1] == is_meant:
            pieces[-1] = (pieces[-1][0] + sign, is_meant)
        else:
            pieces.append((sign, is_meant))
    return pieces


def _places(label: str, word: str) -> set[int]:
    """Positions in the label of the first stretch that the word names."""
    signs = [(n, one.lower()) for n, sign in enumerate(label) for one in normalise(sign)]
    plain = "".join(one for _n, one in signs)
    if (start := plain.find(word)) >= 0:
        return _stretch(signs, start, len(word))
    if not word.isascii():
        return set()
    for syllables in readings(label):
        if len(syllables) != len(signs):
            continue  # a sign that unfolds into several: shown without marks
        for start in range(len(syllables)):
            if length := _spelt(syllables, start, word):
                return _stretch(signs, start, length)
    return set()


def _stretch(signs: Sequence[tuple[int, str]], start: int, length: int) -> set[int]:
    """The places of some signs, and of what stands between them."""
    return set(range(signs[start][0], signs[start + length - 1][0] + 1))


def _spelt(syllables: Sequence[str], start: int, word: str) -> int:
    """How many syllables from `start` on spell the word, each whole or by its first letters."""
    if start >= len(syllables):
        return 0
    syllable = syllables[start]
    for size in range(min(len(syllable), len(word)), 0, -1):
        if syllable[:size] != word[:size]:
            continue
        if size == len(word):
            return 1
        if size in (1, len(syllable)) and (more := _spelt(syllables, start + 1, word[size:])):
            return 1 + more
    return 0
