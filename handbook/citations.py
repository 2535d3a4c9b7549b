"""Where sources name a clause: sentences of explanations, and whether each clause exists."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from handbook.register import CODE
from kit.registry import bindings, finished, manual

CHIP = re.compile(r'{%\s*clause\s+"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Citation:
    """A sentence (a msgid) that names a clause in an explanation, or a template with its chip."""

    clause: str
    text: str
    place: str


def sources() -> Iterator[Path]:
    for config in apps.get_app_configs():
        if Path(config.path).parent == settings.BASE:
            for path in sorted(Path(config.path).rglob("*.py")):
                if "migrations" not in path.parts:
                    yield path


@cache
def citations() -> tuple[Citation, ...]:
    """Read once a process, when somebody first asks."""
    found = [citation for path in sources() for citation in _in_code(path)]
    for path in sorted((settings.BASE / "templates").rglob("*.html")):
        place = str(path.relative_to(settings.BASE))
        found += [Citation(code, "", place) for code in CHIP.findall(path.read_text("utf-8"))]
    return tuple(found)


def _in_code(path: Path) -> Iterator[Citation]:
    """Calls with `clause="…"`, with the sentence they are given or the one named before them."""
    source = path.read_text("utf-8")
    if "clause=" not in source:
        return
    place = str(path.relative_to(settings.BASE))
    named: dict[str, list[tuple[int, str]]] = {}
    calls = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            if sentence := _sentence(node.value):
                named.setdefault(node.targets[0].id, []).append((node.lineno, sentence))
        elif isinstance(node, ast.Call):
            calls.append(node)
    for call in calls:
        given = {word.arg: word.value for word in call.keywords}
        code = given.get("clause")
        if not (isinstance(code, ast.Constant) and CODE.fullmatch(str(code.value))):
            continue
        text = given.get("text")
        sentence = _sentence(text) if text else ""
        if isinstance(text, ast.Name):
            before = [said for line, said in named.get(text.id, []) if line <= call.lineno]
            sentence = before[-1] if before else ""
        yield Citation(code.value, sentence, place)


def _sentence(node: Any) -> str:
    """What stands in N_("…")."""
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "N_" and node.args:
        value = getattr(node.args[0], "value", "")
        return value if isinstance(value, str) else ""
    return ""


def unknown() -> dict[str, set[str]]:
    """Codes that stand somewhere and are no clause of the manual, with where they stand."""
    chapters = {code.partition("-")[0] for code in manual}
    found: dict[str, set[str]] = {}
    for binding in bindings.values():
        if binding.clause not in manual:
            found.setdefault(binding.clause, set()).add(f"{binding.kind} {binding.target}")
    for code in finished - manual.keys():
        found.setdefault(code, set()).add("finished")
    for path in (*sources(), *(settings.BASE / "templates").rglob("*.html")):
        for code in CODE.findall(path.read_text("utf-8")):
            if code not in manual and code.partition("-")[0] in chapters:
                found.setdefault(code, set()).add(str(path.relative_to(settings.BASE)))
    return found


@register
def check_citations(**_options: Any) -> list[CheckMessage]:
    """Whoever cites a clause that does not exist is told at start-up."""
    return [
        Error(f"{code} is no clause of the manual: {', '.join(sorted(places))}", id="handbook.E001")
        for code, places in sorted(unknown().items())
    ]
