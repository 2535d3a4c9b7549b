"""What each word of the product means, in one sentence: every app hands down its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from kit.names import initials


@dataclass(frozen=True, slots=True)
class Term:
    """One word: `label` is a msgid or a lazy text, `sentence` a msgid."""

    key: str
    label: Any
    sentence: str
    group: str
    clause: str = ""

    @property
    def name(self) -> str:
        return _(self.label) if isinstance(self.label, str) else str(self.label)

    @property
    def meaning(self) -> str:
        return _(self.sentence)

    @property
    def letter(self) -> str:
        """Where it stands in the list: by pinyin in Chinese, as it is written elsewhere."""
        first = initials(self.name)[:1].upper()
        return first if first.isascii() and first.isalpha() else "#"


terms: dict[str, Term] = {}
explained: list[tuple[Any, str]] = []
# the address of the page that lists them all; the app that has the page says so
page = ""


def term(group: str, key: str, label: Any, sentence: str, clause: str = "") -> None:
    """Add one word: all texts are msgids, marked where they stand."""
    terms[key] = Term(key, label, sentence, group, clause)


def explain(
    group: str, prefix: str, choices: Any, sentences: Mapping[str, str], clause: str = ""
) -> None:
    """A sentence for each value of an enumeration; a missing or an unknown value is a bug."""
    if wrong := set(choices.values) ^ set(sentences):
        raise ValueError(f"{prefix}: {sorted(wrong)}")
    explained.append((choices, prefix))
    for value, sentence in sentences.items():
        term(group, f"{prefix}.{value}", choices(value).label, sentence, clause)


def found(words: str = "") -> Iterable[Term]:
    """Terms whose name or meaning has the words, in the order of their letters."""
    words = words.strip().lower()
    hits = [t for t in terms.values() if words in f"{t.name} {t.meaning}".lower()]
    return sorted(hits, key=lambda t: (t.letter == "#", t.letter, t.name))
