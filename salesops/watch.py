"""Watching: a name for every request, one log line and the figures of it, the same for jobs."""

import contextlib
import functools
import logging
import re
import secrets
import sys
import time
from collections.abc import Callable
from typing import Any

import redis
from celery import Task
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from salesops import services

log = logging.getLogger("salesops.request")
jobs = logging.getLogger("salesops.job")
BUCKETS = (0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30)
REQUESTS = Counter("salesops_requests", "Answers", ["method", "route", "status"])
SECONDS = Histogram(
    "salesops_request_seconds", "Time to the answer", ["method", "route"], buckets=BUCKETS
)
DATABASE = Counter("salesops_database_seconds", "Time in statements", ["route"])
STATEMENTS = Counter("salesops_database_statements", "Statements", ["route"])
REFUSED = Counter("salesops_login_failures", "Refused tries to log in", ["way"])
LOGIN = re.compile(r"accounts/login/(?P<way>\w*)")
QUIET = {"healthz", "readyz", "metrics", "static"}  # asked all the time: figures, but no line
JOBS = "salesops:jobs"  # hash in Redis: runs, seconds and last success of every task


class Spent:
    """Statements of one request and their time."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0

    def __call__(self, execute: Callable, *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - began


class Watch:
    """Outermost of the middlewares: it sees every answer, also those made without a view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.reference = secrets.token_hex(6)
        began, spent = time.perf_counter(), Spent()
        with connection.execute_wrapper(spent):
            response = self.get_response(request)
        response.headers["X-Request-Id"] = request.reference
        seconds = time.perf_counter() - began
        route = route_of(request)
        count(request.method, route, response.status_code, seconds, spent)
        if route not in QUIET:
            log.info("request", extra=said(request, route, response.status_code, seconds, spent))
        return response


def route_of(request: HttpRequest) -> str:
    """The pattern of the address: no number, no name, no link's secret."""
    if found := request.resolver_match:
        return found.route
    return "static" if request.path.startswith(settings.STATIC_URL) else "(none)"


def count(method: str, route: str, status: int, seconds: float, spent: Spent) -> None:
    method = method if method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"} else "other"
    REQUESTS.labels(method, route, status).inc()
    SECONDS.labels(method, route).observe(seconds)
    DATABASE.labels(route).inc(spent.seconds)
    STATEMENTS.labels(route).inc(spent.count)
    if (way := LOGIN.match(route)) and method == "POST" and status >= 400:
        REFUSED.labels(way["way"] or "password").inc()


def said(
    request: HttpRequest, route: str, status: int, seconds: float, spent: Spent
) -> dict[str, Any]:
    member = getattr(request, "member", None)
    fields = {
        "request": request.reference, "method": request.method[:10], "path": route,
        "status": status, "ms": round(seconds * 1000), "sql": spent.count,
        "db_ms": round(spent.seconds * 1000),
    }  # fmt: skip
    if member is not None:
        fields |= {"company": member.company_id, "member": member.pk}
    if getattr(request, "is_token", False):
        fields["api"] = True
    return fields


@functools.cache
def broker() -> redis.Redis:
    """Redis for figures alone: when it is away they are missing, and nothing else."""
    url = services.redis_url() if settings.EMBEDDED else settings.REDIS_URL
    url = re.sub(r"^redis\+socket://(.*?)\?virtual_host=", r"unix://\1?db=", url)
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)


class Watched(Task):
    """Base of every task: one line for a run that did something, figures for each."""

    abstract = True

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        began, done = time.perf_counter(), None
        try:
            done = super().__call__(*arguments, **named)
        finally:
            seconds, error, extra = time.perf_counter() - began, sys.exc_info()[0], {}
            outcome = "failed" if error else "done"
            if error:
                extra["error"] = error.__name__
            if self.name == "tenancy.run" and arguments:
                extra["company"] = arguments[0]
            if done or outcome == "failed" or seconds > 1:
                fields = {"job": self.name, "outcome": outcome, "ms": round(seconds * 1000)}
                jobs.info("job", extra=fields | extra)
            note(self.name, outcome, seconds)
        return done


def note(job: str, outcome: str, seconds: float) -> None:
    with contextlib.suppress(redis.RedisError), broker().pipeline(transaction=False) as pipe:
        pipe.hincrby(JOBS, f"runs {outcome} {job}", 1)
        pipe.hincrbyfloat(JOBS, f"seconds {job}", seconds)
        if outcome == "done":
            pipe.hset(JOBS, f"last {job}", time.time())
        pipe.execute()
