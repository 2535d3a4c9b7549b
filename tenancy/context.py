"""The one place that says which company this transaction works for."""

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction


class NoCompany(RuntimeError):
    """A business table was asked outside a company."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a write comes from, for the audit log: the caller's address, `job` or `command`."""

    ip: str | None = None
    channel: str = "web"


_now: ContextVar[int | None] = ContextVar("company", default=None)
_memo: ContextVar[dict[Hashable, Any] | None] = ContextVar("memo", default=None)
_origin: ContextVar[Origin] = ContextVar("origin", default=Origin(channel="command"))  # noqa: B039 frozen


def current() -> int | None:
    """Id of the company of this transaction, or None."""
    return _now.get()


def required() -> int:
    if (pk := _now.get()) is None:
        raise NoCompany("no company is set: open one with tenancy.context.company(id)")
    return pk


def origin() -> Origin:
    return _origin.get()


def memo() -> dict[Hashable, Any]:
    """Values worth reading once in a transaction; thrown away with it."""
    return {} if (store := _memo.get()) is None else store


def _set(pk: int | None) -> None:
    _now.set(pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.company', %s, true)", [str(pk or "")])


@contextmanager
def company(pk: int, *, came: Origin | None = None) -> Iterator[int]:
    """One transaction inside one company; nested calls restore the outer company on the way out.

    The setting is transaction-local, so nothing survives on a pooled connection. The outer value is
    trusted only inside a transaction: a ContextVar left over from an earlier request is not.
    """
    old = _now.get() if connection.in_atomic_block else None
    token = _origin.set(came) if came else None
    kept = _memo.set({})
    try:
        with transaction.atomic():
            _set(pk)
            yield pk
    finally:
        _memo.reset(kept)
        if token:
            _origin.reset(token)
        _now.set(old)
        if connection.in_atomic_block and not connection.needs_rollback:
            _set(old)
