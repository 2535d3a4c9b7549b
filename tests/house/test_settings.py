"""Every variable of the environment that the settings read is told to whoever runs the product."""

import re
from pathlib import Path

BASE = Path(__file__).resolve().parents[2]
INTERNAL = {"DEBUG", "PLAIN_STATIC"}  # for developing and testing this project itself


def test_every_variable_is_documented():
    code = (BASE / "salesops" / "settings.py").read_text()
    read = set(re.findall(r'(?:read|switch)\("([A-Z_]+)"', code)) - INTERNAL
    readme = (BASE / "README.md").read_text()
    assert {name for name in read if f"`{name}" not in readme} == set()
    assert len(read) >= 5
