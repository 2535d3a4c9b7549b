"""`messages`: keeps the Chinese catalogues in step with the code, without gettext's programs."""

import ast
import io
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import AppConfig, apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation.template import templatize

from kit.traditional import traditional

LOCALE, CONVERTED = "zh_Hans", "zh_Hant"
ONE, PLURAL = (1,), (1, 2)
CONTEXT, CONTEXT_PLURAL = ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS = {
    **dict.fromkeys(("_", "N_", "gettext", "gettext_lazy", "gettext_noop"), ONE),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), CONTEXT_PLURAL),
}
TEMPLATES = {".html", ".txt", ".xml"}
# Written by hand: the library's own header carries dates, which would change with every run.
HEADER = """msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""

Key = tuple[str | None, str]  # context, singular


@dataclass
class Found:
    """A text for people as it stands in the code, and the files it stands in."""

    context: str | None
    singular: str
    plural: str | None = None
    files: set[str] = field(default_factory=set)

    @property
    def id(self) -> str | tuple[str, str]:
        return (self.singular, self.plural) if self.plural else self.singular


class Command(BaseCommand):
    help = "Collects the texts of the apps into their Chinese catalogues; --compile, --check."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("apps", nargs="*", help="only these; all when none is given")
        parser.add_argument("--compile", action="store_true", help="write the .mo files, no more")
        parser.add_argument(
            "--check", action="store_true", help="change nothing, list what is wrong"
        )

    def handle(self, *, compile, check, **options):  # noqa: A002 - the option's name
        houses = own_apps()
        wanted = options["apps"] or [house.label for house in houses]
        if unknown := set(wanted) - {house.label for house in houses}:
            raise CommandError(f"no such app: {', '.join(sorted(unknown))}")
        chosen = [house for house in houses if house.label in wanted]
        if compile:
            for house in chosen:
                write_compiled(house)
            return
        found = collect(houses)
        if check:
            if wrong := [line for house in chosen for line in faults(house, found[house.label])]:
                raise CommandError("\n".join(wrong))
            return
        known = {key: message for house in houses for key, message in stored(house).items()}
        for house in chosen:
            changed = write_catalogue(house, found[house.label], known | stored(house))
            open_count = sum(not translated(m) for m in stored(house).values())
            if changed or open_count:
                self.stdout.write(f"{house.label}: {len(found[house.label])}, open: {open_count}")


def own_apps() -> list[AppConfig]:
    """Our apps, lowest floor first: settings name them from the top down."""
    own = [app for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE]
    return own[::-1]


def catalogue(app: AppConfig) -> Path:
    return Path(app.path) / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def collect(houses: list[AppConfig]) -> dict[str, dict[Key, Found]]:
    """{app: {key: text}}; a text of several apps belongs to the lowest of them."""
    texts: dict[str, dict[Key, Found]] = {house.label: {} for house in houses}
    home: dict[Key, Found] = {}
    for house in houses:
        for path in sources(house):
            for context, ids in texts_of(path):
                singular, plural = ids if isinstance(ids, tuple) else (ids, None)
                key = (context, singular)
                if key not in home:
                    home[key] = texts[house.label][key] = Found(context, singular)
                home[key].plural = home[key].plural or plural
                home[key].files.add(path.relative_to(settings.BASE).as_posix())
    return texts


def sources(app: AppConfig) -> list[Path]:
    """Code and templates of an app; the kit owns the templates that belong to no app."""
    folder, shared = Path(app.path), settings.BASE / "templates"
    code = [path for path in folder.rglob("*.py") if "migrations" not in path.parts]
    pages = [*(shared / app.label).rglob("*"), *(folder / "templates").rglob("*")]
    if app.label == "kit":
        owners = [path for path in shared.glob("*") if not (settings.BASE / path.name).exists()]
        pages += [page for owner in owners for page in (owner, *owner.rglob("*"))]
    return sorted(code + [page for page in pages if page.suffix in TEMPLATES])


def texts_of(path: Path):
    """Yields (context, text or (singular, plural))."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        refuse_hidden(path, source)
    else:
        # the tokenizer of Python reads what is left of the markup: indentation would confuse it
        lines = templatize(source, origin=str(path)).splitlines()
        source = "\n".join(line.lstrip() for line in lines) + "\n"
    for _line, ids, _notes, context in extract("python", io.BytesIO(source.encode()), KEYWORDS):
        yield context, ids


def refuse_hidden(path: Path, source: str) -> None:
    """A text inside an f-string is found by some versions of Python only: it has to move out."""
    strings = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)]
    for call in (node for string in strings for node in ast.walk(string)):
        is_text = isinstance(call, ast.Call) and getattr(call.func, "id", "") in KEYWORDS
        if is_text and call.args and isinstance(call.args[0], ast.Constant):
            raise CommandError(f"{path}:{call.lineno}: a text inside an f-string")


def stored(app: AppConfig) -> dict[Key, Message]:
    """What the app's catalogue says now."""
    path = catalogue(app)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        messages = read_po(file, locale=LOCALE, charset="utf-8")
    return {(m.context, _singular(m.id)): m for m in messages if m.id}


def _singular(ids: str | tuple[str, str]) -> str:
    return ids if isinstance(ids, str) else ids[0]


def translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(strings) and all(strings)


def write_catalogue(app: AppConfig, texts: dict[Key, Found], known: dict[Key, Message]) -> bool:
    """Writes the texts with the translations known so far; True when the file changed."""
    path = catalogue(app)
    if not texts and not path.exists():
        return False
    catalog = Catalog(locale=LOCALE, fuzzy=False)
    for key, text in texts.items():
        old = known.get(key)
        string = old.string if old else None
        if text.plural:
            string = (string,) if isinstance(string, str) else string
        elif isinstance(string, tuple | list):
            string = string[0]
        flags = {"fuzzy"} if old and old.fuzzy else ()
        places = [(name, None) for name in sorted(text.files)]
        catalog.add(text.id, string, places, flags=flags, context=text.context)
    out = io.BytesIO()
    write_po(out, catalog, width=100, omit_header=True, sort_output=True, include_lineno=False)
    content = HEADER.encode() + out.getvalue().strip() + b"\n"
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def write_compiled(app: AppConfig) -> None:
    """The .mo beside the catalogue, and the converted one, which stands nowhere else."""
    path = catalogue(app)
    if not path.exists():
        return
    with path.open("rb") as file:
        catalog = read_po(file, locale=LOCALE, charset="utf-8")
    write_mo_of(catalog, path.with_suffix(".mo"))
    for message in catalog:
        if isinstance(message.string, tuple | list):
            message.string = tuple(map(traditional, message.string))
        elif message.id:
            message.string = traditional(message.string)
    catalog.locale = CONVERTED
    write_mo_of(catalog, Path(app.path) / "locale" / CONVERTED / "LC_MESSAGES" / "django.mo")


def write_mo_of(catalog: Catalog, path: Path) -> None:
    out = io.BytesIO()
    write_mo(out, catalog)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(out.getvalue())


def faults(app: AppConfig, texts: dict[Key, Found]) -> list[str]:
    """Missing, untranslated, uncertain, forgotten texts; translations with other %(places)s."""
    old = stored(app)
    wrong = [("missing", key) for key in texts if key not in old]
    for key, message in old.items():
        if key not in texts:
            wrong.append(("obsolete", key))
        elif message.fuzzy:
            wrong.append(("fuzzy", key))
        elif not translated(message):
            wrong.append(("untranslated", key))
        elif any(message.check()):
            wrong.append(("other places", key))
    return [f"{app.label}: {why}: {singular!r}" for why, (_context, singular) in wrong]
