"""H2, H11: a fresh installation is closed: no debugging, a secret of its own, no known login."""

import os
import stat
import subprocess
import sys

from tests.database import BASE

KEY = "0123456789abcdef" * 4


def manage(*arguments, **environment):
    names = ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", "HTTPS")
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    inherited.pop("PLAIN_STATIC", None)
    return subprocess.run(
        [sys.executable, *arguments], cwd=BASE, capture_output=True, text=True, check=False,
        env={**inherited, **environment},
    )  # fmt: skip


def production(tmp_path, **more):
    """The environment of docker-compose.yml, by file."""
    files = {"DATABASE_URL": "postgresql://app:x@postgres/salesops", "SECRET_KEY": KEY}
    for name, text in files.items():
        (tmp_path / name).write_text(f"{text}\n")
    given = {f"{name}_FILE": str(tmp_path / name) for name in files}
    return given | {
        "REDIS_URL": "redis://redis:6379/0", "HOSTS": "sales.example.com", "HTTPS": "1",
        "SALESOPS_DATA": str(tmp_path / "data"), **more,
    }  # fmt: skip


CHECK = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")


def test_check_deploy_is_clean_behind_tls(tmp_path):
    done = manage(*CHECK, **production(tmp_path))
    assert done.returncode == 0, done.stderr
    without = manage(*CHECK, **production(tmp_path, HTTPS="0"))
    assert without.returncode == 1
    assert "SECURE_SSL_REDIRECT" in without.stderr


SHOW = """
import django, json
from django.conf import settings
django.setup()
print(json.dumps([settings.DEBUG, settings.SECRET_KEY, settings.SESSION_COOKIE_SECURE,
                  settings.CSRF_COOKIE_SECURE, settings.SECURE_HSTS_SECONDS > 0]))
"""


def settings_of(**environment):
    import json

    done = manage("-c", SHOW, DJANGO_SETTINGS_MODULE="salesops.settings", **environment)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_one_switch_makes_it_https(tmp_path):
    assert settings_of(**production(tmp_path)) == [False, KEY, True, True, True]
    assert settings_of(**production(tmp_path, HTTPS="0"))[2:] == [False, False, False]


def test_every_installation_has_a_secret_of_its_own(tmp_path):
    keys = []
    for name in ("a", "b"):
        data = tmp_path / name
        debug, key, *_rest = settings_of(SALESOPS_DATA=str(data))
        assert debug is False
        assert len(key) >= 50
        path = data / "secrets" / "django"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert settings_of(SALESOPS_DATA=str(data))[1] == key
        keys.append(key)
    assert keys[0] != keys[1]


def test_a_missing_or_odd_variable_is_an_error_not_a_default(tmp_path):
    for name in ("SECRET_KEY_FILE", "REDIS_URL", "HOSTS"):
        given = production(tmp_path)
        del given[name]
        done = manage("-c", SHOW, DJANGO_SETTINGS_MODULE="salesops.settings", **given)
        assert name.removesuffix("_FILE") in done.stderr.splitlines()[-1]
    done = manage("-c", SHOW, DJANGO_SETTINGS_MODULE="salesops.settings",
                  **production(tmp_path, HTTPS="yes"))  # fmt: skip
    assert "HTTPS is 0 or 1" in done.stderr
