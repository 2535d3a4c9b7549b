"""Log lines without anything personal, a reference on every answer, figures for the operator."""

import io
import json
import logging

import pytest
from django.db import IntegrityError, OperationalError, connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from salesops import health, services, watch
from salesops.logs import Lines
from salesops.watch import Watched
from tenancy.tasks import run
from tests.conftest import client_of

PHONE, WORDS = "13912345678", "张三的客户"


@pytest.fixture
def lines():
    """What every logger of the process would write."""
    out, root = io.StringIO(), logging.getLogger()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Lines())
    root.addHandler(handler)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.removeHandler(handler)


def test_a_request_is_one_line_with_who_where_and_how_long(acme, lines):
    member = acme.east_rep
    client = client_of(member)
    answer = client.get(
        "/customers/", {"q": f"{WORDS}\r\nlevel=ERROR {PHONE}"},
        headers={"user-agent": f"{PHONE}\r\n{{}}", "x-request-id": "mine\n"},
    )  # fmt: skip
    (line,) = (line for line in lines() if line["logger"] == "salesops.request")
    assert line["request"] == answer["X-Request-Id"]
    assert (line["company"], line["member"]) == (acme.company.pk, member.pk)
    assert (line["method"], line["path"], line["status"]) == ("GET", "customers/", 200)
    assert line["sql"] > 3
    assert line["ms"] >= line["db_ms"] >= 0
    assert set(line) == {
        "at", "level", "logger", "text", "request", "company", "member", "method", "path",
        "status", "sql", "ms", "db_ms",
    }  # fmt: skip
    for secret in (PHONE, WORDS, member.name, member.user.email or PHONE, client.cookies):
        assert str(secret) not in json.dumps(lines(), ensure_ascii=False)


@pytest.mark.parametrize(
    ("path", "status", "route"),
    [
        ("/customers/999999/", 404, "customers/<int:pk>/"),
        ("/nowhere/13912345678/", 404, "(none)"),
        ("/org/enter/verysecrettoken/", 404, "org/enter/<str:token>/"),
        ("/org/company/", 403, "org/company/"),
    ],
)
def test_a_refusal_names_its_pattern_and_carries_its_reference(acme, lines, path, status, route):
    answer = client_of(acme.east_rep).get(path, {"q": PHONE})
    (line,) = (line for line in lines() if line["logger"] == "salesops.request")
    assert answer.status_code == line["status"]
    assert line["path"] == route
    text = json.dumps(lines())
    assert PHONE not in text
    assert "verysecret" not in text
    if answer.status_code == 403:
        assert answer["X-Request-Id"] in answer.content.decode()


def broken(request):
    raise IntegrityError(f"Key (phone)=({PHONE}) already exists for {WORDS}")


def away(request):
    raise OperationalError(f"server at {PHONE} closed the connection") from ConnectionError()


@pytest.mark.parametrize(
    "case",
    [
        (broken, 500, "zh-hans", "系统出了问题"),
        (away, 503, "zh-hans", "系统暂时无法使用"),
        (away, 503, "en", "Please go back and try again"),
    ],
)
def test_what_breaks_leaves_its_way_and_not_its_words(db, lines, monkeypatch, case):
    view, status, language, says = case
    from django.urls import get_resolver

    (entry,) = (e for e in get_resolver().url_patterns if str(e.pattern) == "healthz")
    monkeypatch.setattr(entry, "callback", view)
    client = Client(raise_request_exception=False, headers={"accept-language": language})
    answer = client.get("/healthz")
    page = answer.content.decode()
    assert answer.status_code == status
    assert says in page
    assert answer["X-Request-Id"] in page
    assert "Traceback" not in page
    assert PHONE not in page
    if status == 503:
        assert answer["Retry-After"] == "5"
    (line,) = (line for line in lines() if line["logger"] == "django.request")
    assert line["request"] == answer["X-Request-Id"]
    assert view.__name__ in line["way"][-1]
    assert line["error"].startswith({500: "IntegrityError", 503: "OperationalError"}[status])
    assert PHONE not in json.dumps(lines(), ensure_ascii=False)


def test_a_statement_the_database_refused_is_no_outage():
    import psycopg

    refused = OperationalError()
    refused.__cause__ = psycopg.errors.QueryCanceled()
    assert not health.is_away(refused)
    lost = OperationalError()
    lost.__cause__ = psycopg.errors.AdminShutdown()
    assert health.is_away(lost)
    crossed = OperationalError("deadlock detected")
    crossed.__cause__ = psycopg.errors.DeadlockDetected()
    assert health.is_away(crossed)


def test_lines_of_other_libraries_keep_their_numbers_only(lines):
    logging.getLogger("other").warning("%s did %d things to %s", WORDS, 3, PHONE)
    logging.getLogger("other").warning("one\r\ntwo")
    logging.getLogger("django.security.DisallowedHost").error("Invalid 13912345678")
    try:
        int(PHONE + "x")
    except ValueError:
        logging.getLogger("other").exception("failed")
    texts = [line["text"] for line in lines()]
    assert texts == ["… did 3 things to …", "one\r\ntwo", "refused by Django", "failed"]
    assert lines()[-1]["error"] == "ValueError"
    assert PHONE not in json.dumps(lines())


def test_a_job_is_one_line_when_it_did_something(lines, monkeypatch):
    noted = []
    monkeypatch.setattr(watch, "note", lambda *said: noted.append(said))

    def work(company, _row, _tries):
        if company == 3:
            raise ValueError(PHONE)
        return company == 2

    monkeypatch.setattr("tenancy.tasks.actions.run", work)
    for company in (1, 2):
        run(company, 1, 0)
    with pytest.raises(ValueError, match=PHONE):
        run(3, 1, 0)
    did, failed = (line for line in lines() if line["logger"] == "salesops.job")
    assert (did["job"], did["outcome"], did["company"]) == ("tenancy.run", "done", 2)
    assert (failed["outcome"], failed["error"]) == ("failed", "ValueError")
    assert "ms" in did
    assert PHONE not in json.dumps(lines())
    assert [said[1] for said in noted] == ["done", "done", "failed"]


def test_every_task_is_watched():
    from salesops.celery import app

    app.loader.import_default_modules()
    ours = [task for name, task in app.tasks.items() if not name.startswith("celery.")]
    assert ours
    assert all(isinstance(task, Watched) for task in ours)


def scraped(text):
    return {family.name: family.samples for family in text_string_to_metric_families(text)}


def test_the_figures_need_the_token_and_hold_no_names(acme, settings):
    settings.METRICS_TOKEN = "a token"
    settings.DATABASE_URL = services.database_url("app", connection.settings_dict["NAME"])
    client = client_of(acme.director)
    client.get("/customers/", {"q": PHONE})
    Client().post("/accounts/login/", {"login": PHONE, "password": "wrong"})
    for header in ("", "Bearer wrong", "Token a token", "Bearer "):
        assert client.get("/metrics", headers={"authorization": header}).status_code == 404
    answer = Client().get("/metrics", headers={"authorization": "Bearer a token"})
    assert answer.status_code == 200
    found = scraped(answer.content.decode())
    assert {
        "salesops_requests", "salesops_request_seconds", "salesops_database_seconds",
        "salesops_login_failures", "salesops_outbox_waiting", "salesops_outbox_oldest_seconds",
        "salesops_outbox_given_up", "salesops_approvals_running", "salesops_approvals_overdue",
        "salesops_figures_waiting", "salesops_letters_waiting", "salesops_database_up",
        "salesops_redis_up", "salesops_queue",
    } <= set(found)  # fmt: skip
    assert found["salesops_database_up"][0].value == found["salesops_redis_up"][0].value == 1
    routes = {sample.labels["route"] for sample in found["salesops_requests"]}
    assert "customers/" in routes
    assert PHONE not in answer.content.decode()
    settings.METRICS_TOKEN = ""
    assert Client().get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_servers_that_are_away_are_figures_too(acme, settings, monkeypatch, tmp_path):
    settings.METRICS_TOKEN = "a token"
    settings.DATABASE_URL = f"postgresql://app@/x?host={tmp_path}"
    import redis

    gone = redis.Redis(unix_socket_path=str(tmp_path / "none"))
    monkeypatch.setattr("salesops.metrics.broker", lambda: gone)
    answer = Client().get("/metrics", headers={"authorization": "Bearer a token"})
    found = scraped(answer.content.decode())
    assert found["salesops_database_up"][0].value == found["salesops_redis_up"][0].value == 0


def test_a_run_is_counted_in_redis_and_shown(acme, settings):
    settings.METRICS_TOKEN = "a token"
    watch.broker().delete(watch.JOBS)
    watch.note("tenancy.sweep", "done", 0.5)
    watch.note("tenancy.sweep", "failed", 0.5)
    answer = Client().get("/metrics", headers={"authorization": "Bearer a token"})
    found = scraped(answer.content.decode())
    (age,) = found["salesops_job_last_success_age_seconds"]
    assert age.labels == {"job": "tenancy.sweep"}
    assert 0 <= age.value < 60
    assert {s.labels["outcome"] for s in found["salesops_job_runs"]} == {"done", "failed"}


def test_a_broken_redis_stops_no_job(monkeypatch, tmp_path):
    import redis

    monkeypatch.setattr(watch, "broker", lambda: redis.Redis(unix_socket_path=str(tmp_path)))
    watch.note("tenancy.sweep", "done", 0.1)


def test_the_web_servers_lines_have_the_same_form():
    from gunicorn.config import Config

    from salesops.logs import Gunicorn

    config = Config()
    logger = Gunicorn(config)
    assert all(isinstance(handler.formatter, Lines) for handler in logger.error_log.handlers)
    logger.error_log.handlers.clear()
