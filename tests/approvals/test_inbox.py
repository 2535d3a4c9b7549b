"""T18: one list for all that waits, its boxes, decisions in the list, the same cost for 500."""

import gzip

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from approvals import actions
from approvals.models import Case, Decision, Task
from contracts import actions as contracts
from tests.approvals.test_delegation import lend
from tests.conftest import client_of
from tests.contracts.steps import approve


@pytest.fixture
def case(acme, contract):
    contracts.submit(contract, by=acme.east_rep)
    contract.refresh_from_db()
    return contract.case


def page(member, query=""):
    answer = client_of(member).get(f"/approvals/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def copies(case, number):
    """As many waiting documents more, as rows."""
    task = Task.objects.get(case=case, state="open", step__key="regional_manager")
    rows = []
    for n in range(number):
        fields = {f.attname: getattr(case, f.attname) for f in Case._meta.concrete_fields}
        rows.append(
            Case(
                **fields | {"id": None, "object_id": 10**6 + 1000 * number + n, "number": f"N-{n}"}
            )
        )
    for made in Case.objects.bulk_create(rows):
        task.pk, task.case = None, made
        task.save(force_insert=True)


PLUMBING = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "SELECT set_config('app.company'")


def test_five_hundred_waiting_cost_the_statements_of_one(acme, contract, case):
    approve(contract, acme.east_supervisor)
    client = client_of(acme.east_manager)
    asked, sizes = [], []
    for number in (0, 2, 497):
        copies(case, number)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get("/approvals/")
        said = [query["sql"] for query in queries.captured_queries]
        asked.append(sum(not text.startswith(PLUMBING) for text in said))
        sizes.append(len(gzip.compress(answer.content)))
    assert set(asked) == {10}
    assert sizes[-1] <= 6_000
    assert answer.context["total"] == 500
    seen, query = set(), ""
    for sort in ("due", "amount", "newest"):
        first = client.get(f"/approvals/?sort={sort}").context
        query = f"/approvals/?sort={sort}&cursor={first['page'].next}"
        following = client.get(query).context
        seen = {row["case"].pk for row in first["rows"]}
        assert seen.isdisjoint(row["case"].pk for row in following["rows"])
        assert len(seen) == len(following["rows"]) == 25


def test_boxes(acme, contract, case):
    title = contract.title
    lend(acme.east_supervisor, acme.west_supervisor)
    assert title in page(acme.east_supervisor)
    assert "acme.east_supervisor" in page(acme.west_supervisor)
    assert title in page(acme.east_rep, "?box=mine")
    assert title not in page(acme.east_rep, "?box=done")
    actions.copy_to(case, to=acme.secretary, by=acme.east_supervisor)
    assert title in page(acme.secretary, "?box=copied")
    approve(contract, acme.west_supervisor)
    assert title in page(acme.east_supervisor, "?box=lent")
    assert title in page(acme.west_supervisor, "?box=done")
    assert title not in page(acme.east_supervisor)


def test_overdue_stands_with_the_superior(acme, contract, case):
    assert contract.title not in page(acme.east_manager, "?box=late")
    Task.objects.filter(case=case, state="open").update(due_at=timezone.now())
    actions.run_clock()
    shown = page(acme.east_manager, "?box=late")
    assert contract.title in shown
    assert "acme.east_supervisor" in shown


def test_decided_from_the_list_and_ticked_together(acme, contract, case):
    approve(contract, acme.east_supervisor)
    shown = page(acme.east_manager)
    assert f'value="{case.pk}:{case.content_hash}"' in shown
    client = client_of(acme.east_manager)
    picked = {"pick": [f"{case.pk}:{case.content_hash}"]}
    answer = client.post("/approvals/approve/", picked)
    assert answer.status_code == 302
    assert Decision.objects.filter(by=acme.east_manager, verb="approve").count() == 1
    # the same once more does nothing and says so
    client.post("/approvals/approve/", picked)
    assert Decision.objects.filter(by=acme.east_manager, verb="approve").count() == 1


VERBS = [("transfer", {"to": "director", "comment": "请代审"}, "transfer"),
         ("add_signer", {"to": "secretary", "way": "after"}, "add_after"),
         ("copy", {"to": "secretary"}, "copy"),
         ("comment", {"text": "看一下"}, "comment")]  # fmt: skip


@pytest.mark.parametrize(("verb", "said", "logged"), VERBS, ids=[row[0] for row in VERBS])
def test_each_verb_has_its_page_and_its_address_for_programs(acme, case, verb, said, logged):
    body = {k: getattr(acme, v).pk if k == "to" else v for k, v in said.items()}
    client = client_of(acme.east_supervisor)
    assert client.get(f"/approvals/{case.pk}/{verb}/").status_code == 200
    required = "text" if verb == "comment" else "to"
    empty = client.post(f"/approvals/{case.pk}/{verb}/", {**body, required: ""})
    assert empty.status_code == 422
    assert not Decision.objects.filter(verb=logged).exists()
    assert client.post(f"/approvals/{case.pk}/{verb}/", body).status_code == 302
    assert Decision.objects.filter(verb=logged, by=acme.east_supervisor).count() == 1
    if verb == "comment":
        api = f"/api/v1/cases/{case.pk}/{verb}/"
        assert client.post(api, body, content_type="application/json").status_code == 200
        assert Decision.objects.filter(verb=logged).count() == 2


def test_remind_from_the_page_of_the_document(acme, contract, case):
    client = client_of(acme.east_rep)
    assert (
        f"/approvals/{case.pk}/remind/" in client.get(f"/contracts/{contract.pk}/").content.decode()
    )
    client.post(f"/approvals/{case.pk}/remind/")
    client.post(f"/approvals/{case.pk}/remind/")
    assert Decision.objects.filter(verb="remind").count() == 1
    assert "催办过" in page(acme.east_supervisor)


def test_return_to_a_step_from_the_page(acme, contract, case):
    approve(contract, acme.east_supervisor)
    client = client_of(acme.east_manager)
    assert 'name="to"' in client.get(f"/contracts/{contract.pk}/").content.decode()
    words = {"content_hash": case.content_hash, "comment": "请主管再核对", "to": "supervisor"}
    assert client.post(f"/approvals/{case.pk}/return/", words).status_code == 302
    assert Task.objects.get(case=case, state="open").member == acme.east_supervisor
