"""`list_endpoints`: every address with its name, its methods and the rule that guards it."""

import json
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand
from django.urls import URLPattern, URLResolver, get_resolver

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Command(BaseCommand):
    help = "Lists every address: pattern, name, methods and rule."

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args, **options):
        rows = list(walk(get_resolver(), "/", ()))
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            self.stdout.write(f"{','.join(row['methods']):24} {row['rule']:32} {row['pattern']}")


def walk(resolver: URLResolver, prefix: str, spaces: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for entry in resolver.url_patterns:
        path = prefix + str(entry.pattern).removeprefix("^")
        if isinstance(entry, URLPattern):
            yield endpoint(entry, path.removesuffix("$").replace("\\Z", ""), spaces)
        else:
            inner = (*spaces, entry.namespace) if entry.namespace else spaces
            yield from walk(entry, path, inner)


def endpoint(entry: URLPattern, path: str, spaces: tuple[str, ...]) -> dict[str, Any]:
    view = entry.callback
    actions: dict[str, str] = getattr(view, "actions", None) or {}
    rules = getattr(getattr(view, "cls", None), "rules", {})
    guard = getattr(view, "guard", None)
    allowed = getattr(getattr(view, "cls", None), "http_method_names", ())
    by_method = {m.upper(): rules.get(name, "") for m, name in actions.items() if m in allowed}
    return {
        "pattern": path,
        "name": ":".join((*spaces, entry.name or "")).rstrip(":"),
        "methods": sorted(by_method) or methods_of(view),
        "rule": guard.rule if guard else " ".join(dict.fromkeys(filter(None, by_method.values()))),
        "rules": by_method,
        "model": guard.model._meta.label if guard and guard.model else "",
    }


def methods_of(view: Any) -> list[str]:
    """What `require_http_methods` allows; it keeps the list in its closure."""
    if cls := getattr(view, "view_class", getattr(view, "cls", None)):
        return [name for name in METHODS if hasattr(cls, name.lower())]
    while view is not None:
        cells = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
        for content in cells:
            if isinstance(content, list | tuple) and content and set(content) <= {*METHODS, "HEAD"}:
                return [name for name in METHODS if name in content]
        view = getattr(view, "__wrapped__", None)
    return ["GET", "POST"]
