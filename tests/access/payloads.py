"""What people with bad intent write into text fields; `fill` writes it into every one of them.

Markup carries the attribute MARK, so that an element made of somebody's words can be found.
"""

import json

import psycopg
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from psycopg import sql

from tenancy.models import CompanyModel

MARK = "zq9"
SCRIPTS = [
    "<script zq9>alert(1)</script>",
    '"><script zq9>alert(1)</script>',
    "<script zq9 src=//x.example>",
    "<img zq9 src=x onerror=alert(1)>",
    "<svg zq9 onload=alert(1)>",
    "<svg/zq9/onload=alert(1)>",
    "<body zq9 onload=alert(1)>",
    "<details zq9 open ontoggle=alert(1)>",
    "<a zq9 href=javascript:alert(1)>x",
    "<a zq9 href='&#106;avascript:alert(1)'>x</a>",
    "<iframe zq9 srcdoc='<script>alert(1)</script>'>",
    "<iframe zq9 src=javascript:alert(1)>",
    "<object zq9 data=javascript:alert(1)>",
    "<base zq9 href=//x.example/>",
    "<form zq9 action=javascript:alert(1)><input type=submit>",
    "<button zq9 form=decide formaction=//x.example>",
    "<style zq9>*{background:url(//x.example)}</style>",
    "<link zq9 rel=stylesheet href=//x.example>",
    "<meta zq9 http-equiv=refresh content='0;url=//x.example'>",
    "<input zq9 autofocus onfocus=alert(1)>",
    "'\"--></style></script><svg zq9 onload=alert(1)>",
    "</textarea><script zq9>alert(1)</script>",
    "</title><img zq9 src=x onerror=alert(1)>",
    "</option></select><img zq9 src=x onerror=alert(1)>",
    "</template><img zq9 src=x onerror=alert(1)>",
    "]]></script><img zq9 src=x onerror=alert(1)>",
    '" zq9 onmouseover="alert(1)',
    "' zq9 autofocus onfocus='alert(1)",
    "` zq9 onerror=`alert(1)",
    "x zq9 onfocus=alert(1) autofocus ",
    '" zq9 hx-get="/xss-hit" hx-trigger="load',
    "<b zq9 hx-get=/xss-hit hx-trigger=load>",
    "<b zq9 hx-on::load=alert(1)>",
    "<b zq9 data-so-chart=x data-source=x>",
    "{{ 7|add:7 }}{% debug %}{{zq9}}",
    '{"zq9":"</script><script zq9>alert(1)</script>"}',
    (
        "<math><mtext></form><form><mglyph><svg><textarea>"
        '<path id="</textarea><img zq9 onerror=alert(1) src=x>'
    ),
    "\u2028<!--<script zq9>alert(1)\x85",
    "%3Cscript zq9%3E&lt;script zq9&gt;&#60;script&#62;",
    "javascript:alert(1)//zq9",
]

# made by programs, looked up by programs, or needed to get in: no person can put a text there
MADE = {
    "org_path", "path", "hash", "previous", "content_hash", "sha256", "archive_sha256", "stored",
    "preview", "ext", "kind", "key", "verb", "channel", "language", "topic", "period", "job",
    "subject", "slug", "zone", "password", "login", "email", "fingerprint", "location",
    "content_type", "datum", "rule", "object_kind", "filters", "role", "method",
}  # fmt: skip
# a sentence of ours; what people wrote stands in its values
SENTENCES = {"notices.Notice.text"}
APART = {"tenancy.IdempotencyKey", "tenancy.Sequence", "tenancy.JobRun", "audit.Head"}
JSON = {
    "files.ImportRow": ("data",),
    "audit.AuditLine": ("before", "after"),
    "notices.Notice": ("values",),
}
LONG = 1000


def text_fields():
    """(model, field) of every text that people write or that shows what they wrote."""
    for model in sorted(apps.get_models(), key=lambda one: one._meta.label):
        label = model._meta.label
        is_ours = issubclass(model, CompanyModel) or label in {"tenancy.Company", "accounts.User"}
        if not is_ours or label in APART:
            continue
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField)
            is_made = field.name in MADE or f"{label}.{field.name}" in SENTENCES
            if is_text and not field.choices and not is_made:
                yield model, field


class Outside:
    """A served clone: the owner writes beside it. Row security lets the owner pass for this."""

    def __init__(self, address):
        self.server = psycopg.connect(address, autocommit=True)
        for name, value in (("app.migrating", "on"), ("app.company", "0")):
            self.server.execute("SELECT set_config(%s, %s, false)", [name, value])

    def execute(self, text, values=()):
        cursor = self.server.execute(text, values)
        return cursor.fetchall() if cursor.description else cursor.rowcount

    def close(self):
        self.server.close()


class Inside:
    """The open transaction of a test, in its company."""

    def execute(self, text, values=()):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(text, values)
            return cursor.fetchall() if cursor.description else cursor.rowcount


def fill(server, texts, turn=0):
    """Each field of each row gets one of the texts, long ones all of them; returns what was filled.

    A row that the database does not let change (an archive), or a word that must be unlike others,
    stays as it is.
    """
    filled = set()
    for place, (model, field) in enumerate(text_fields()):
        table, column = model._meta.db_table, field.column
        size = field.max_length or 10**6
        for row, pk in enumerate(ids(server, table)):
            word = texts[(place + row + turn) % len(texts)]
            value = ("\n".join(texts) if size >= LONG else word)[:size]
            if written(server, table, column, pk, value) or written(
                server, table, column, pk, f"{pk}{value}"[:size]
            ):
                filled.add(f"{model._meta.label}.{field.name}")
    for label, columns in JSON.items():
        table = apps.get_model(label)._meta.db_table
        for column in columns:
            for pk in ids(server, table):
                change_leaves(server, table, column, pk, "\n".join(texts))
    return filled


def ids(server, table):
    text = sql.SQL("SELECT id FROM {}").format(sql.Identifier(table))
    return [pk for (pk,) in server.execute(text)]


def written(server, table, column, pk, value):
    text = sql.SQL("UPDATE {} SET {} = %s WHERE id = %s AND {} IS NOT NULL")
    names = (sql.Identifier(table), sql.Identifier(column), sql.Identifier(column))
    try:
        return server.execute(text.format(*names), [value, pk]) == 1
    except (psycopg.Error, DatabaseError):
        return False


def change_leaves(server, table, column, pk, value):
    place = sql.SQL("SELECT {} FROM {} WHERE id = %s")
    ((old,),) = server.execute(place.format(sql.Identifier(column), sql.Identifier(table)), [pk])
    old = json.loads(old) if isinstance(old, str) else old
    written(server, table, column, pk, json.dumps(leaves(old, value)))


def leaves(value, text):
    if isinstance(value, dict):
        return {name: leaves(one, text) for name, one in value.items()}
    if isinstance(value, list):
        return [leaves(one, text) for one in value]
    return text if isinstance(value, str) else value
