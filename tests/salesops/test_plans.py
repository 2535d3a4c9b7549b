"""With many rows no page of every day reads a large table from end to end."""

import json

import pytest

from tests.salesops.test_seed import command
from tests.serving import run

LOOK = """
import json, pathlib
from salesops.bench.plans import wasteful
from salesops.bench.scenarios import Stage
firm = json.loads(pathlib.Path({file!r}).read_text())["companies"][0]
result = wasteful(Stage(firm), is_small={is_small})
"""


def scans(clone_database, tmp_path, size, *, is_small=True):
    clone, file = clone_database(), tmp_path / "seed.json"
    tiny = command(clone, tmp_path, "seed", "--size", "10", "--companies", "3", "--json", str(file))
    assert tiny.returncode == 0, tiny.stderr
    done = command(clone, tmp_path, "seed", "--size", str(size), "--seed", "7", "--json", str(file))
    assert done.returncode == 0, done.stderr
    assert json.loads(file.read_text())["companies"][0]["members"]
    return run(clone, LOOK.format(file=str(file), is_small=is_small))


def test_no_page_walks_through_10_000_customers(clone_database, tmp_path):
    assert scans(clone_database, tmp_path, 10_000) == []


@pytest.mark.nightly
def test_no_page_walks_through_100_000_customers(clone_database, tmp_path):
    assert scans(clone_database, tmp_path, 100_000, is_small=False) == []
