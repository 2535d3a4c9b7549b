"""Because: the verdict and its reasons come from one function, asked in every way there is."""

import json
import random

import pytest

from approvals.models import Case
from contracts import actions as contracts
from handbook import reasons
from kit.because import Because, Forbidden, Line
from org.access import check, sees
from tests.access import samples
from tests.cast import PEOPLE
from tests.conftest import client_of

NAMES = [name for name in PEOPLE if name != "disabled"]


@pytest.fixture
def records(acme):
    made = samples.build(acme)
    return [made[model] for model in reasons.kinds().values() if model in made]


def get(client, path="", **params):
    answer = client.get(f"/api/v1/why/{path}", params)
    return answer.status_code, json.loads(answer.content)


@pytest.mark.parametrize("cases", [200, pytest.param(2000, marks=pytest.mark.nightly)])
def test_verdict_and_explanation_are_one(acme, records, cases):
    """GOV-3.6: over random people, records and rules, reasons agree with what happens."""
    luck = random.Random(20261122)
    clients = {}
    verdicts = set()
    for case in range(cases):
        name, record = luck.choice(NAMES), luck.choice(records)
        member = getattr(acme, name)
        rule = luck.choice([reasons.SEES, *reasons.rules_of(type(record))])
        because = reasons.Question(member, rule, record).because
        verdicts.add(bool(because))
        told = (name, rule, record._meta.label, case)
        # what is said agrees with what is decided
        assert any(line.ok == because.verdict for line in because.lines), told
        assert Because.from_json(because.as_json()).as_json() == because.as_json(), told
        if not because:
            assert because.clauses, told
        # the list, the check and the guard decide the same
        seen = bool(sees(member, record))
        assert type(record).objects.visible_to(member).filter(pk=record.pk).exists() == seen, told
        if seen and rule != reasons.SEES:
            if because:
                assert check(member, rule, record).lines == because.lines, told
            else:
                with pytest.raises(Forbidden) as refused:
                    check(member, rule, record)
                assert refused.value.because.lines == because.lines, told
        # and so does the API, which keeps silent about what is out of sight
        client = clients.setdefault(name, client_of(member))
        kind = record._meta.label_lower
        status, body = get(client, rule=rule, kind=kind, object=record.pk)
        if not seen:
            assert status == 404, told
        else:
            assert (status, body["because"]["verdict"]) == (200, because.verdict), told
            assert [row["clause"] for row in body["because"]["lines"]] == [
                line.clause for line in because.lines
            ], told
    assert verdicts == {True, False}


def test_only_the_admin_asks_for_others_and_learns_of_sight_alone(acme, records):
    customer = next(r for r in records if r._meta.label_lower == "customers.customer")
    said = {"kind": "customers.customer", "object": customer.pk, "member": acme.west_rep.pk}
    status, body = get(client_of(acme.admin), **said)
    assert (status, body["because"]["verdict"]) == (200, False)
    assert body["because"]["clauses"] == ["ORG-1.6"]
    own = get(client_of(acme.admin), **said | {"member": acme.east_rep.pk})
    assert own[1]["because"]["verdict"] is True
    # a right to ask is no right to read
    assert get(client_of(acme.admin), **said, rule="customers.change")[0] == 404
    assert get(client_of(acme.east_manager), **said)[0] == 403


def test_a_rule_without_a_record_is_asked_too(acme):
    client = client_of(acme.finance)
    assert get(client, rule="customers.create")[1]["because"]["verdict"] is False
    assert get(client, rule="handbook.view")[1]["because"]["verdict"] is True
    assert get(client, rule="no.such")[0] == 404
    assert get(client)[0] == 404


def test_a_record_of_another_company_is_not_there(acme, rival, records):
    from tests.conftest import inside

    with inside(rival):
        client = client_of(rival.director)
    for record in records:
        assert get(client, kind=record._meta.label_lower, object=record.pk)[0] == 404


def test_the_route_says_who_and_why(acme, records):
    contract = next(r for r in records if r._meta.label_lower == "contracts.contract")
    said = {"kind": "contracts.contract", "object": contract.pk}
    status, body = get(client_of(acme.east_supervisor), "route/", **said)
    assert status == 200
    assert [step["clause"] for step in body["steps"]] == ["CTR-1.2", "CTR-1.3", "CTR-2.4"]
    assert [step["state"] for step in body["steps"]] == ["now", "wait", "wait"]
    assert all(step["because"]["lines"] for step in body["steps"])
    assert get(client_of(acme.west_rep), "route/", **said)[0] == 404


def test_the_page_of_a_record_lists_what_one_may_do_there(acme, records):
    contract = next(r for r in records if r._meta.label_lower == "contracts.contract")
    path = f"/handbook/why/?kind=contracts.contract&object={contract.pk}"
    html = client_of(acme.east_rep).get(path).content.decode()
    assert "提交合同审批" in html
    assert "/handbook/CTR-1.4/" in html
    assert client_of(acme.west_rep).get(path).status_code == 404


def test_the_admin_reads_rule_by_rule_what_a_member_may_do(acme, records):
    customer = next(r for r in records if r._meta.label_lower == "customers.customer")
    admin = client_of(acme.admin)
    general = admin.get(f"/handbook/why/?member={acme.finance.pk}").content.decode()
    assert "acme.finance 可以做什么" in general
    assert "/handbook/ORG-1.6/" in general
    # the record is out of the admin's own sight: who sees it, and nothing of what stands in it
    path = f"/handbook/why/?kind=customers.customer&object={customer.pk}"
    for person, word in ((acme.east_rep, "是"), (acme.west_rep, "否")):
        shown = admin.get(f"{path}&member={person.pk}").content.decode()
        assert customer.name not in shown
        assert acme.canary not in shown
        assert shown.count("so-pill ") == 1
        assert f'">{word}</span>' in shown
    # for others it is the administrator's to ask; for oneself everybody's
    other = client_of(acme.east_manager)
    assert other.get(f"/handbook/why/?member={acme.finance.pk}").status_code == 403
    assert other.get("/handbook/why/").status_code == 200
    assert admin.get("/handbook/why/?member=999999999").status_code == 404


def test_the_route_is_told_before_it_is_taken_and_a_warning_names_its_number(acme, records):
    contract = next(r for r in records if r._meta.label_lower == "contracts.contract")
    draft = samples.draft(acme, contract.customer, contract.lines.get().product)
    contracts.change(draft, by=acme.east_rep, header={"payment_terms": "月结"})
    body = get(client_of(acme.east_rep), "route/", kind="contracts.contract", object=draft.pk)[1]
    assert [step["state"] for step in body["steps"]] == ["wait"] * 3
    assert all(step["who"] and step["because"]["lines"] for step in body["steps"])
    Case.objects.filter(pk=contract.case_id).update(
        risks=[
            Line(
                "band", ok=False, text="x", clause="CTR-1.3", ref="contracts.discount_floor"
            ).as_json()
        ]
    )
    said = {"kind": "contracts.contract", "object": contract.pk}
    body = get(client_of(acme.east_supervisor), "route/", **said)[1]
    assert body["risks"][0]["param"]["key"] == "contracts.discount_floor"
    path = f"/handbook/why/?kind=contracts.contract&object={contract.pk}"
    assert "公司参数" in client_of(acme.east_supervisor).get(path).content.decode()
