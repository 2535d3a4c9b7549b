"""What `docker compose up` would start: valid, three roles, nobody stronger than needed (H2)."""

import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.database import BASE

APP = {"migrate", "web", "worker", "beat"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((BASE / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


def test_it_follows_the_published_schema(tmp_path):
    def checked(path):
        command = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(path)]
        command = [sys.executable, *command]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    done = checked(BASE / "docker-compose.yml")
    assert done.returncode == 0, done.stdout
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text((BASE / "docker-compose.yml").read_text().replace("ports:", "port:"))
    assert checked(wrong).returncode == 1


def test_the_parts_and_who_waits_for_whom(services):
    assert services.keys() == {"postgres", "redis", *APP}
    assert services["migrate"]["restart"] == "no"
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in ("web", "worker", "beat"):
        waits = services[name]["depends_on"]
        assert waits["migrate"]["condition"] == "service_completed_successfully"
        assert waits["redis"]["condition"] == "service_healthy"
    assert all("healthcheck" in services[name] for name in services.keys() - {"migrate"})
    assert all("container_name" not in service for service in services.values())  # so they scale


def test_nobody_is_root_and_only_the_web_listens_on_this_machine(services):
    for name in APP:
        service = services[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "user" not in service
    stages = (BASE / "Dockerfile").read_text().split("FROM ")[1:]
    assert re.search(r"^USER salesops$", stages[-1], re.MULTILINE)
    assert "USER" not in stages[-1].split("USER salesops")[1]
    assert {name for name, service in services.items() if "ports" in service} == {"web"}
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"])


def test_secrets_come_by_file_and_the_owner_only_migrates(compose, services):
    assert all(entry["file"].startswith("deploy/secrets/") for entry in compose["secrets"].values())
    assert {name for name, s in services.items() if "owner_url" in s.get("secrets", ())} == {
        "migrate"
    }
    ignored = (BASE / ".dockerignore").read_text().splitlines()
    assert {"deploy/secrets", ".git", "var"} <= set(ignored)
    for service in services.values():
        for name, value in (service.get("environment") or {}).items():
            assert name.endswith("_FILE") or not re.search("PASSWORD|SECRET|TOKEN", name)
            assert "@" not in str(value)


def test_what_is_started_exists(services):
    entry = (BASE / "deploy" / "entry.sh").read_text()
    known = set(re.findall(r"^  ([a-z-]+)\)", entry, re.MULTILINE))
    asked = {services[name]["command"][0] for name in APP}
    asked |= {services[name]["healthcheck"]["test"][2] for name in ("worker", "beat")}
    assert asked <= known
    for script in (BASE / "deploy").glob("*.sh"):
        assert script.stat().st_mode & stat.S_IXUSR, script
        assert subprocess.run(["sh", "-n", script], check=False).returncode == 0, script


def test_secrets_are_made_once_and_only_their_owner_gets_in(tmp_path, compose):
    shutil.copy(BASE / "deploy" / "secrets.sh", tmp_path)
    folder = tmp_path / "secrets"

    def made():
        subprocess.run(["sh", tmp_path / "secrets.sh"], check=True)
        return {path.name: path.read_text() for path in folder.iterdir()}

    first = made()
    assert first.keys() == {Path(entry["file"]).name for entry in compose["secrets"].values()}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(set(first.values())) == len(first)
    assert all(len(text) >= 64 for text in first.values())
    assert first["owner_password"] in first["owner_url"]
    assert first["app_password"] in first["app_url"]
    assert made() == first
