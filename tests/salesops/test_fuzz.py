"""H8, A10: invented requests to every address of the API: no error of ours, answers as described.

The requests come from the description itself (hypothesis draws them from its schemas), with ids of
one's own, of a stranger's and of nobody's. What a request did is undone: each meets the same rows.
"""

import json
import random
from functools import cache
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.access import samples
from tests.conftest import client_of, inside

pytestmark = pytest.mark.django_db
PEOPLE = ("east_rep", "east_supervisor", "director", "finance", "secretary", "admin")
NOBODY = 999_999_999
DEPTH = 12


@cache
def described():
    out = StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=out)
    return json.loads(out.getvalue())


def whole(schema, depth=0):
    """The schema with its references in place; `nullable` as this draft says it."""
    if isinstance(schema, list):
        return [whole(one, depth) for one in schema]
    if not isinstance(schema, dict) or depth > DEPTH:
        return schema
    if name := schema.get("$ref"):
        return whole(described()["components"]["schemas"][name.rsplit("/", 1)[1]], depth + 1)
    found = {key: whole(value, depth + 1) for key, value in schema.items() if key != "nullable"}
    if schema.get("nullable"):
        return {"anyOf": [found, {"type": "null"}]}
    return found


def readings():
    """(method, path, operation) of the whole description."""
    for path, methods in sorted(described()["paths"].items()):
        for method, asked in methods.items():
            if not path.endswith(("/schema/", "/docs/")):
                yield method, path, asked


TEXTS = {
    "date": st.dates().map(str),
    "date-time": st.datetimes().map(lambda at: at.isoformat() + "Z"),
    "time": st.times().map(lambda at: f"{at:%H:%M}"),
    "uuid": st.uuids().map(str),
    "decimal": st.decimals(-9, 10**9, places=2).map(str),
    "email": st.emails(),
}


JUNK = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=20), st.just({}), st.just([])
)


def an_object(schema):
    fields = {name: drawn(one) for name, one in schema.get("properties", {}).items()}
    needed, more = set(schema.get("required", ())), schema.get("additionalProperties")
    if not fields and more:
        return st.dictionaries(st.text(max_size=8), drawn(more), max_size=3)
    return st.fixed_dictionaries(
        {name: fields[name] for name in fields if name in needed},
        optional={name: fields[name] for name in fields if name not in needed},
    )


def a_text(schema):
    most = min(schema.get("maxLength", 60), 60)
    text = st.text(min_size=min(schema.get("minLength", 0), most), max_size=most)
    return st.one_of(TEXTS.get(schema.get("format"), text), text)


def a_number(schema):
    low, high = schema.get("minimum", -(10**10)), schema.get("maximum", 10**10)
    return st.integers(max(low, -(10**10)), max(min(high, 10**10), low))


KINDS = {
    "object": an_object,
    "array": lambda schema: st.lists(drawn(schema.get("items", {})), max_size=3),
    "string": a_text,
    "integer": a_number,
    "number": lambda _schema: st.floats(allow_nan=False),
    "boolean": lambda _schema: st.booleans(),
    "null": lambda _schema: st.none(),
}


def drawn(schema):
    """A strategy of values that the schema describes, and of texts that its format does not."""
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for word in ("anyOf", "oneOf", "allOf"):
        if word in schema:
            return st.one_of([drawn(one) for one in schema[word]])
    make = KINDS.get(schema.get("type"))
    return make(schema) if make else JUNK


@cache
def body_of(method, path):
    asked = described()["paths"][path][method].get("requestBody", {})
    schema = asked.get("content", {}).get("application/json", {}).get("schema")
    return drawn(whole(schema)) if schema else st.none()


@cache
def value_of(shape):
    return drawn(whole(json.loads(shape))) | st.text(max_size=12)


@cache
def check_of(method, path, status):
    """A validator of the answer, None where no JSON is told, False where none is described."""
    said = described()["paths"][path][method]["responses"].get(status)
    if said is None:
        return False
    schema = said.get("content", {}).get("application/json", {}).get("schema")
    return Draft202012Validator(whole(schema)) if schema else None


@st.composite
def requests(draw, sought):
    """One request: an address, a record, words that fit the description or nearly so."""
    method, path, asked = draw(st.sampled_from(sought))
    query = {}
    for one in asked.get("parameters", []):
        if one["in"] == "query" and (one.get("required") or draw(st.integers(0, 5)) == 0):
            value = draw(value_of(json.dumps(one["schema"])))
            query[one["name"]] = value if isinstance(value, list) else str(value)
    body = draw(body_of(method, path)) if method != "get" else None
    if isinstance(body, dict) and body and draw(st.integers(0, 3)) == 0:
        body = body | {draw(st.sampled_from(sorted(body))): draw(JUNK)}
    return method, path, query, body


class World:
    """The clients, and for each address the record that it would open."""

    def __init__(self, acme, rival):
        with inside(rival):
            foreign = samples.build(rival)
        made = samples.build(acme)
        self.acme, self.rival = acme, rival
        self.clients = {name: client_of(getattr(acme, name)) for name in PEOPLE}
        self.ids = {model.__name__: obj.pk for model, obj in made.items()}
        self.foreign = {model.__name__: obj.pk for model, obj in foreign.items()}

    def ask(self, client, method, path, query, body):
        if method == "get":
            return client.get(path, query)
        return client.generic(
            method.upper(), path, json.dumps(body), content_type="application/json",
            query_params=query,
        )  # fmt: skip


MODELS = {
    "applications": "Application", "attachments": "Attachment", "cases": "Case",
    "contacts": "Contact", "contracts": "Contract", "customers": "Customer",
    "delegations": "Delegation", "exports": "ExportJob", "imports": "ImportJob",
    "members": "Member", "notices": "Notice", "posts": "Post", "products": "Product",
    "units": "Unit", "visits": "Visit",
}  # fmt: skip


def model_of(path):
    return MODELS.get(path.removeprefix("/api/v1/").split("/", 1)[0])


def fuzzed(acme, rival, number, begin):
    world, wrong, statuses = World(acme, rival), [], {}
    sought, dice = list(readings()), random.Random(begin)

    @seed(begin)
    @settings(
        max_examples=number, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(requests(sought))
    def once(request):
        method, path, query, body = request
        who = dice.choice(PEOPLE)
        whose, pk = dice.choice(
            [("own", world.ids), ("own", world.ids), ("foreign", world.foreign), ("none", {})]
        )
        place = path.replace("{id}", str(pk.get(model_of(path), NOBODY)))
        client = world.clients[who]
        client.raise_request_exception = False
        with transaction.atomic():
            answer = world.ask(client, method, place, query, body)
            transaction.set_rollback(True)
        status = str(answer.status_code)
        statuses[status] = statuses.get(status, 0) + 1
        said = f"{who} {method} {place} {query} {json.dumps(body)[:300]}: {status}"
        if answer.status_code >= 500:
            wrong.append(said)
            return
        content = b"" if answer.streaming else answer.content
        if rival.canary.encode() in content:
            wrong.append(f"{said} tells of another company")
        if whose != "own" and "{id}" in path and answer.status_code < 400:
            wrong.append(f"{said} though it is not there")
        check = check_of(method, path, status)
        if check is False:
            wrong.append(f"{said} is not described")
        elif check is not None:
            problem = next(check.iter_errors(answer.json()), None)
            if problem:
                wrong.append(f"{said} {problem.message[:200]} at {list(problem.absolute_path)}")

    once()
    return wrong, statuses


@pytest.mark.parametrize(
    "number", [500, pytest.param(20_000, marks=pytest.mark.nightly)], ids=["some", "many"]
)
def test_invented_requests_find_no_error_and_no_surprise(acme, rival, number):
    wrong, statuses = fuzzed(acme, rival, number, begin=20261122)
    assert wrong == [], "\n".join(wrong[:20])
    # the twin: it is no long row of refusals
    assert statuses["200"] > number / 20
    assert sum(statuses.values()) >= number


def test_nobody_outside_is_told_anything():
    """A10: without a token, with an invented one and with half of one: 401 everywhere."""
    for headers in ({}, {"Authorization": "Token x"}, {"Authorization": "Token "}):
        for method, path, _asked in readings():
            answer = Client().generic(
                method.upper(), path.replace("{id}", "1"), "{}", content_type="application/json",
                headers=headers,
            )  # fmt: skip
            assert answer.status_code == 401, (method, path, answer.status_code)
            assert answer.json()["code"] == "not_authenticated"


def test_the_description_has_no_warnings():
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())
