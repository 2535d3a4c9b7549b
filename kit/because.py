"""A verdict together with its explanation: what every deciding function returns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext, override

VERSION = 1
KINDS = frozenset(
    {"rule", "fact", "grant", "step", "band", "factor", "hold", "clock", "exemption", "conflict"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """One reason. `text` is an English msgid with %(name)s places filled from `values`.

    Values whose name ends in `_label` are msgids themselves and are translated when shown, so that
    a stored explanation reads in the language of whoever opens it.
    """

    kind: str
    ok: bool
    text: str
    values: Mapping[str, Any] = field(default_factory=dict)
    clause: str = ""
    ref: str = ""
    weight: str = ""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of reason: {self.kind}")

    def __str__(self) -> str:
        values = {
            name: gettext(value) if name.endswith("_label") and value else value
            for name, value in self.values.items()
        }
        return gettext(self.text) % values if values else gettext(self.text)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "ok": self.ok,
            "text": self.text,
            "values": {name: str(value) for name, value in self.values.items()},
            "clause": self.clause,
            "ref": self.ref,
            "weight": self.weight,
        }


@dataclass(frozen=True, slots=True)
class Because:
    """Answer to one question: the verdict and the lines that led to it; true as its verdict."""

    question: str
    verdict: bool
    lines: tuple[Line, ...] = ()
    facts_hash: str = ""
    nearest: str = ""
    version: int = VERSION
    as_of: datetime = field(default_factory=timezone.now)

    def __bool__(self) -> bool:
        return self.verdict

    def __str__(self) -> str:
        """The one line that decided: the first that agrees with the verdict."""
        for line in self.lines:
            if line.ok == self.verdict:
                return str(line)
        return str(self.lines[0]) if self.lines else ""

    @property
    def clauses(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(line.clause for line in self.lines if line.clause))

    def citing(self, clause: str) -> "Because":
        """The same answer; a refusal that names no clause names this one where it decides."""
        if self.verdict or not clause or self.clauses:
            return self
        lines = (line if line.ok else replace(line, clause=clause) for line in self.lines)
        return replace(self, lines=tuple(lines))

    def as_json(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "verdict": self.verdict,
            "text": str(self),
            "clauses": list(self.clauses),
            "lines": [line.as_json() | {"text_shown": str(line)} for line in self.lines],
            "facts_hash": self.facts_hash,
            "nearest": self.nearest,
            "version": self.version,
            "as_of": self.as_of.isoformat(),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Because":
        names = ("kind", "ok", "text", "values", "clause", "ref", "weight")
        return cls(
            data["question"],
            data["verdict"],
            tuple(Line(**{name: line[name] for name in names}) for line in data["lines"]),
            data.get("facts_hash", ""),
            data.get("nearest", ""),
            data.get("version", VERSION),
            datetime.fromisoformat(data["as_of"]),
        )


def msgid(text: object) -> str:
    """The untranslated text of a lazy label, to be kept in `values` under a name in `_label`."""
    with override(None):
        return str(text)


def yes(question: str, *lines: Line) -> Because:
    return Because(question, verdict=True, lines=lines)


def no(question: str, *lines: Line) -> Because:
    return Because(question, verdict=False, lines=lines)


def any_of(question: str, reasons: Iterable[Because]) -> Because:
    """The first that holds, else a refusal with the lines of all."""
    seen: list[Line] = []
    for reason in reasons:
        if reason:
            return Because(question, verdict=True, lines=reason.lines)
        seen.extend(reason.lines)
    return Because(question, verdict=False, lines=tuple(seen))


def all_of(question: str, reasons: Iterable[Because]) -> Because:
    """The first that fails, else an agreement with the lines of all."""
    seen: list[Line] = []
    for reason in reasons:
        if not reason:
            return Because(question, verdict=False, lines=reason.lines)
        seen.extend(reason.lines)
    return Because(question, verdict=True, lines=tuple(seen))


class Refused(Exception):
    """A refusal in words for the person who asked: a message on the page, 409 in the API.

    `code` is for programs, `errors` maps field names to sentences, `because` carries the reasons.
    """

    status = 409

    def __init__(
        self,
        detail: object = "",
        *,
        code: str = "refused",
        errors: Mapping[str, Any] | None = None,
        because: Because | None = None,
    ) -> None:
        self.because = because
        # a refusing Because is false: `or` would lose its sentence
        self.detail = str(detail or ("" if because is None else because))
        self.code = code
        self.errors = dict(errors or {})
        super().__init__(self.detail)

    def citing(self, clause: str) -> "Refused":
        """Make sure that reasons are given and that they name a clause."""
        if self.because is None and self.detail and clause:
            line = Line("fact", ok=False, text=self.detail, clause=clause)
            self.because = Because(self.code, verdict=False, lines=(line,))
        elif self.because is not None:
            self.because = self.because.citing(clause)
        return self


class Forbidden(Refused):
    """Seen, but not allowed (403)."""

    status = 403

    def __init__(self, because: Because) -> None:
        super().__init__(because=because, code="forbidden")
