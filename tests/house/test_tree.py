"""What may stand in the tree: readable sources of our own, locked dependencies that are used."""

import json
import re
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

BASE = Path(__file__).resolve().parents[2]
SOURCES = {".py", ".html", ".css", ".js", ".mjs"}
WRITTEN = {"package-lock.json"}  # by a program
LINES, PICTURE = 600, 400_000
WIDTH = {".html": 900}  # a table's cell in one line; else 240

# put together, so that this file does not speak of what it looks for
INDEX = "|".join(
    [
        *(r"pypi\." + "org", "python" + "hosted"),
        *(r"registry\." + "npm", "npm" + "mirror", "_auth" + "Token"),
    ]
)
MACHINE = "|".join(f"(?<![\\w.{{}}$])/{name}/" for name in ("work", "root", "home", "Users"))
# the loader of a page or a picture from elsewhere
ELSEWHERE = r"""(?:src|href|url)\s*[=(]\s*["']?(?:https?:)?//(?!127\.0\.0\.1)"""
FORBIDDEN = {
    "a package index": INDEX,
    "a path of one machine": MACHINE,
    "a foreign server": ELSEWHERE,
}

# loaded by others under another name
SILENT = {"psycopg": "Django's driver of PostgreSQL", "drf-spectacular": "drf_spectacular"}


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=BASE, capture_output=True, text=True, check=True
    )
    names = [Path(name) for name in listed.stdout.split("\0") if name]
    return [name for name in names if (BASE / name).is_file()]


@pytest.fixture(scope="module")
def tree():
    """{path: text}; pictures of the documentation are looked at elsewhere."""
    return {path: (BASE / path).read_bytes() for path in tracked()}


def is_picture(path):
    return path.parts[:2] == ("docs", "pictures") and path.suffix == ".png"


def test_only_text(tree):
    binary = {str(path) for path, data in tree.items() if b"\0" in data and not is_picture(path)}
    assert binary == set()
    broken = set()
    for path, data in tree.items():
        if not is_picture(path):
            try:
                data.decode()
            except UnicodeDecodeError:
                broken.add(str(path))
    assert broken == set()


def test_pictures_are_small(tree):
    heavy = {str(p): len(d) for p, d in tree.items() if is_picture(p) and len(d) > PICTURE}
    assert heavy == {}


def test_sources_are_written_by_people(tree):
    """Not minified, not endless."""
    long, wide = {}, {}
    for path, data in tree.items():
        if path.suffix not in SOURCES or "migrations" in path.parts:
            continue
        lines = data.decode().splitlines()
        if len(lines) > LINES:
            long[str(path)] = len(lines)
        if (widest := max(map(len, lines), default=0)) > WIDTH.get(path.suffix, 240):
            wide[str(path)] = widest
    assert long == {}
    assert wide == {}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_points_outside(tree, what):
    pattern = re.compile(FORBIDDEN[what])
    found = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path, data in tree.items()
        if not is_picture(path) and (path.parts[0] != "tests" or what != "a foreign server")
        for number, line in enumerate(data.decode(errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_every_requirement_has_its_hash(tree):
    locks = [path for path in tree if re.fullmatch(r"requirements.*\.txt", str(path))]
    assert len(locks) >= 5
    for lock in locks:
        text = tree[lock].decode().replace("\\\n", " ")
        lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
        assert [line.split()[0] for line in lines if "--hash=sha256:" not in line] == [], lock
        assert all(re.match(r"[\w.-]+(\[[\w,]+\])?==", line) for line in lines), lock


def test_every_asset_has_its_hash(tree):
    lock = json.loads(tree[Path("package-lock.json")])["packages"]
    assert [name for name, package in lock.items() if name and "integrity" not in package] == []
    assert [name for name, package in lock.items() if "resolved" in package] == []


def test_every_dependency_is_used(tree):
    """Each line of runtime.in is imported, named in the settings or started as a command."""
    lines = [line.strip() for line in tree[Path("runtime.in")].decode().splitlines()]
    wanted = [re.match(r"[\w.-]+", line)[0] for line in lines if line and not line.startswith("#")]
    code = "\n".join(
        data.decode()
        for path, data in tree.items()
        if path.suffix == ".py" and path.parts[0] != "tests"
    )
    modules = {}
    for module, distributions in packages_distributions().items():
        for name in distributions:
            modules.setdefault(name.lower().replace("_", "-"), set()).add(module)
    idle = [
        name
        for name in wanted
        if name not in SILENT
        and not any(re.search(rf"\b{module}\b", code) for module in modules[name.lower()])
    ]
    assert idle == []


def test_every_dependency_says_why(tree):
    lines = [line.strip() for line in tree[Path("runtime.in")].decode().splitlines()]
    bare = [
        line
        for before, line in zip(["", *lines], lines, strict=False)
        if line and not line.startswith("#") and not before.startswith("#")
    ]
    assert bare == []
