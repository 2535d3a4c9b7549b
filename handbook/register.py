"""The clause register: every clause of the manual, in memory, and what the product does for it."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kit.names import normalise, pattern, query_words, search_text
from kit.registry import Binding, bindings, finished, manual

HERE = Path(__file__).parent
CODE = re.compile(r"\b[A-Z]{2,5}-\d{1,2}\.\d{1,3}\b")
CHINESE = re.compile(r"\s*\([^()]*[\u4e00-\u9fff][^()]*\)")
CHAPTERS = {
    "GOV": _("Purpose, principles and the handbook itself"),
    "ORG": _("Structure of the sales organisation"),
    "ROLE": _("Duties of the posts"),
    "PLAN": _("Sales plans and targets"),
    "CHN": _("Channels"),
    "CUS": _("Customer management"),
    "OPP": _("Opportunities"),
    "CTR": _("Sales contracts"),
    "OSB": _("Order, shipment, balance"),
    "DAT": _("Sales data and forecast"),
    "KPI": _("Performance reviews"),
    "EXP": _("Sales expenses"),
    "TEAM": _("Building the team"),
    "MKT": _("Watching the market"),
    "RPT": _("Reports and meetings"),
}
KINDS = {
    "R": _("Rule"),
    "P": _("Process"),
    "D": _("Reference"),
    "A": _("Aim"),
}
ENFORCING = frozenset({"prevents", "times out"})
# how far the product is with a clause: word and colour
STANDINGS = {
    "enforced": (_("Enforced"), "green"),
    "shown": (_("Measured or shown"), "info"),
    "open": (_("Not yet"), "grey"),
}


@dataclass(frozen=True)
class Clause:
    """One clause; prints as title and first sentence, in the reader's language."""

    code: str
    chapter: str
    kind: str
    source: str
    english: tuple[str, str]
    chinese: tuple[str, str]

    def __str__(self) -> str:
        full_stop = "。" if is_chinese() else ". "
        first = self.text.split(full_stop)[0].rstrip("。.")
        return f"{self.title}: {first}" if not is_chinese() else f"{self.title}：{first}"

    @property
    def words(self) -> tuple[str, str]:
        """Title and text in the reader's language; 繁體 by conversion."""
        if not is_chinese():
            return self.english
        return self.traditional if get_language() == "zh-hant" else self.chinese

    @cached_property
    def traditional(self) -> tuple[str, str]:
        from kit.traditional import traditional  # its tables are read when somebody needs them

        return traditional(self.chinese[0]), traditional(self.chinese[1])

    @property
    def title(self) -> str:
        return self.words[0]

    @property
    def text(self) -> str:
        return self.words[1]

    @property
    def original(self) -> tuple[str, str]:
        """The Chinese words, for readers of another language; empty for readers of Chinese."""
        return ("", "") if is_chinese() else self.chinese

    @property
    def chapter_label(self) -> str | Promise:
        return CHAPTERS[self.chapter]

    @property
    def kind_label(self) -> str | Promise:
        return KINDS[self.kind]

    @cached_property
    def search_text(self) -> str:
        return search_text(self.chinese[0], self.chinese[1], *self.english)

    @property
    def standing(self) -> str:
        return standing_of(bound(self.code))

    @property
    def state(self) -> dict[str, object]:
        label, colour = STANDINGS[self.standing]
        return {"label": label, "colour": colour}

    @property
    def is_finished(self) -> bool:
        return self.code in finished


def is_chinese() -> bool:
    return (get_language() or "").startswith("zh")


def bound(code: str) -> list[Binding]:
    return [binding for binding in bindings.values() if binding.clause == code]


def standing_of(found: Iterable[Binding]) -> str:
    strengths = {binding.strength for binding in found}
    if strengths & ENFORCING:
        return "enforced"
    return "shown" if strengths else "open"


def load() -> dict[str, Clause]:
    """The register from its two tables: the manual's, and the Chinese words of the same clauses."""
    with (HERE / "chinese.csv").open(encoding="utf-8", newline="") as file:
        words = {row["id"]: (row["title"], row["text"]) for row in csv.DictReader(file)}
    with (HERE / "clauses.csv").open(encoding="utf-8", newline="") as file:
        return {clause.code: clause for clause in _read(csv.DictReader(file), words)}


def _read(rows: Iterable[dict[str, str]], words: dict[str, tuple[str, str]]) -> Iterator[Clause]:
    for row in rows:
        title = CHINESE.sub("", row["title"])
        text = row["rule"] if row["rule"] != "—" else title
        yield Clause(
            code=row["id"],
            chapter=row["section"],
            kind=row["kind"],
            source=row["source"],
            english=(title, text),
            chinese=words[row["id"]],
        )


def every() -> list[Clause]:
    return list(manual.values())


def search(q: str) -> list[Clause]:
    """By code (ctr1.4), by words of either language, by pinyin or its initials."""
    wanted = normalise(q).lower()
    by_code = [clause for clause in every() if wanted and wanted == _plain(clause.code)]
    if by_code or not wanted:
        return by_code or every()
    begun = [clause for clause in every() if _plain(clause.code).startswith(wanted)]
    patterns = [re.compile(pattern(word)) for word in query_words(q)]
    if not patterns:
        return begun
    found = [c for c in every() if all(p.search(c.search_text) for p in patterns)]
    return list({clause.code: clause for clause in (*begun, *found)}.values())


def _plain(code: str) -> str:
    return normalise(code).lower()


def neighbours(clause: Clause) -> tuple[Clause | None, Clause | None]:
    clauses = every()
    place = clauses.index(clause)
    before = clauses[place - 1] if place else None
    return before, (clauses[place + 1] if place + 1 < len(clauses) else None)
