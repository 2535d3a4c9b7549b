"""`/metrics` for Prometheus: requests of all web processes, and what waits in the database."""

import os
import secrets
import time
from collections.abc import Iterator

import psycopg
import redis
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector

from kit.pages import public
from salesops.watch import JOBS, broker

PATIENCE = 2  # seconds for a server that does not answer; Prometheus gives up after ten
HELP = {
    "outbox_waiting": "News due and not delivered",
    "outbox_oldest_seconds": "Age of the oldest of them",
    "outbox_given_up": "News given up after eight tries",
    "approvals_running": "Documents in approval",
    "approvals_overdue": "Open steps past their deadline",
    "figures_waiting": "Changes not yet in the sums",
    "letters_waiting": "Letters to be sent",
}


class Facts:
    """Asked anew by every scrape, whichever process answers it."""

    def collect(self) -> Iterator[Metric]:
        try:
            rows = database()
        except psycopg.Error:
            rows = None
        is_up = rows is not None
        yield GaugeMetricFamily("salesops_database_up", "PostgreSQL answers", value=is_up)
        for name, value in rows or ():
            yield GaugeMetricFamily(f"salesops_{name}", HELP.get(name, name), value=value)
        try:
            waiting, said = queue()
        except redis.RedisError:
            yield GaugeMetricFamily("salesops_redis_up", "Redis answers", value=0)
            return
        yield GaugeMetricFamily("salesops_redis_up", "Redis answers", value=1)
        yield GaugeMetricFamily("salesops_queue", "Messages before the workers", value=waiting)
        yield from runs(said)


def database() -> list[tuple[str, float]]:
    """Sums over all companies, by a function that gives nothing else away."""
    with psycopg.connect(settings.DATABASE_URL, connect_timeout=PATIENCE) as link:
        link.execute("SET statement_timeout = '2s'")
        found = link.execute("SELECT name, value FROM operating_figures()").fetchall()
        letters = link.execute("SELECT count(*) FROM accounts_letter WHERE sent_at IS NULL")
        return [*found, ("letters_waiting", letters.fetchone()[0])]


def queue() -> tuple[int, dict[str, float]]:
    with broker().pipeline(transaction=False) as pipe:
        pipe.llen("celery")
        pipe.hgetall(JOBS)
        waiting, said = pipe.execute()
    return waiting, {name.decode(): float(value) for name, value in said.items()}


def runs(said: dict[str, float]) -> Iterator[Metric]:
    ended = CounterMetricFamily("salesops_job_runs", "Runs", labels=["job", "outcome"])
    spent = CounterMetricFamily("salesops_job_seconds", "Time of all runs", labels=["job"])
    ages = GaugeMetricFamily(
        "salesops_job_last_success_age_seconds", "Since the last good run", labels=["job"]
    )
    for name, value in sorted(said.items()):
        kind, *rest = name.split(" ")
        if kind == "runs":
            ended.add_metric([rest[1], rest[0]], value)
        elif kind == "seconds":
            spent.add_metric(rest, value)
        else:
            ages.add_metric(rest, max(0.0, time.time() - value))
    yield from (ended, spent, ages)


@public
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For whoever has the token; for others the address does not exist."""
    token = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if not token or not secrets.compare_digest(given.encode(), token.encode()):
        raise Http404
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)
        text = generate_latest(registry)
    else:
        text = generate_latest(REGISTRY)
    facts = CollectorRegistry()
    facts.register(Facts())
    return HttpResponse(text + generate_latest(facts), content_type=CONTENT_TYPE_LATEST)
