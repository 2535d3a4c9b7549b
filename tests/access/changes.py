"""What an act did to the rows of the open company, told without ids, moments and hashes."""

import json
import re

from django.apps import apps
from django.db import connection

from tenancy.models import CompanyModel

OPEN_TABLES = (
    "accounts_user", "accounts_letter", "mfa_authenticator", "tenancy_company", "org_apitoken",
)  # fmt: skip
UNCOUNTED = {"audit_refusal"}
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:[\d.]+(\+\d\d:\d\d)?")
HASH = re.compile(r"[0-9a-f]{32,}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def tables():
    return sorted(
        {m._meta.db_table for m in apps.get_models() if issubclass(m, CompanyModel)}.union(
            OPEN_TABLES
        ).difference(UNCOUNTED)
    )


def dump():
    """{(table, id): row} of the open company, in one statement."""
    text = " UNION ALL ".join(
        # a login of the test's own clients is no act of theirs
        f"SELECT '{name}', id, (to_jsonb(t) - 'last_login')::text FROM \"{name}\" t"
        for name in tables()
    )
    with connection.cursor() as cursor:
        cursor.execute(text)
        return {(name, pk): row for name, pk, row in cursor.fetchall()}


def writes():
    """How many rows were written so far in this transaction, undone ones counted too.

    Where it stands still nothing was written, and the tables need not be read again.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_stat_get_xact_tuples_inserted(oid)"
            " + pg_stat_get_xact_tuples_updated(oid) + pg_stat_get_xact_tuples_deleted(oid))"
            " FROM pg_class WHERE relkind = 'r' AND relname = ANY(%s)",
            [tables()],
        )
        return cursor.fetchone()[0]


def difference(before, after):
    """What an act did, told without ids, moments and hashes: equal acts have equal stories."""
    fresh = {pk for name, pk in after.keys() - before.keys()}
    told = [("-", *key) for key in before.keys() - after.keys() if key[0] != "org_member"]
    for name, pk in sorted(after.keys() - before.keys()):
        told.append(("+", name, plain(json.loads(after[name, pk]), fresh)))
    for key in sorted(before.keys() & after.keys()):
        if before[key] != after[key]:
            old, new = json.loads(before[key]), json.loads(after[key])
            changed = {n: new[n] for n in new if new[n] != old.get(n)}
            told.append(("~", *key, plain(changed, fresh)))
    return sorted(map(str, told))


def plain(value, fresh):
    if isinstance(value, dict):
        return {k: plain(v, fresh) for k, v in sorted(value.items()) if k not in {"seq", "body"}}
    if isinstance(value, list):
        return [plain(v, fresh) for v in value]
    if isinstance(value, int) and not isinstance(value, bool):
        return "new" if value in fresh else value
    if isinstance(value, str):
        text = HASH.sub("hash", MOMENT.sub("moment", value))
        return re.sub(r"/(\d+)/", lambda m: "/new/" if int(m[1]) in fresh else m[0], text)
    return value
